"""Where the law is looked for: what is given, then the environment, then the installation."""

from pathlib import Path

import pytest

from clerestory.audit import installed
from clerestory.cli import places
from clerestory.law.errors import PackFault

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def no_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CLERESTORY_HOME", raising=False)


def test_without_a_word_the_checkout_is_used() -> None:
    assert places.packs_folder() == ROOT / "packs"
    assert places.profiles_folder() == ROOT / "profiles"
    assert places.casebook_folder() == ROOT / "casebook"


def test_the_environment_goes_before_the_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("packs", "profiles", "casebook"):
        (tmp_path / name).mkdir()
    monkeypatch.setenv("CLERESTORY_HOME", str(tmp_path))

    assert places.packs_folder() == tmp_path / "packs"
    assert places.profiles_folder() == tmp_path / "profiles"
    assert places.casebook_folder() == tmp_path / "casebook"


def test_what_is_given_goes_before_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = tmp_path / "given" / "packs"
    given.mkdir(parents=True)
    monkeypatch.setenv("CLERESTORY_HOME", str(tmp_path / "nowhere"))

    assert places.packs_folder(given) == given
    assert places.casebook_folder(given) is None


def test_an_installed_package_uses_its_own_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "site-packages" / "clerestory"
    (package / "_data" / "packs").mkdir(parents=True)
    (package / "audit").mkdir()
    monkeypatch.setattr(installed, "__file__", str(package / "audit" / "installed.py"))

    assert places.packs_folder() == package / "_data" / "packs"


def test_a_folder_that_does_not_exist_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(PackFault, match="there is no folder of profiles") as refused:
        places.profiles_folder(tmp_path / "none")

    assert "CLERESTORY_HOME" in refused.value.todo
