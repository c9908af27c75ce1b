"""The data that come with the program: packs, profiles, the casebook and the scenarios."""

from pathlib import Path


def installed_data() -> Path:
    """Return the folder that holds them: the checkout's top, or ``_data`` inside the package."""
    package = Path(__file__).resolve().parents[1]
    checkout = package.parents[1]
    return checkout if (checkout / "packs" / "codes.yaml").is_file() else package / "_data"
