"""One value has one byte string, and what has no single written form is refused."""

import json
from collections import OrderedDict
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clerestory.kernel import canonical_bytes, digest_of

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


class Word(StrEnum):
    YES = "yes"


def test_keys_are_sorted_and_nothing_is_spaced() -> None:
    assert canonical_bytes({"b": [1, True, None], "a": {"d": "x", "c": -2}}) == (
        b'{"a":{"c":-2,"d":"x"},"b":[1,true,null]}'
    )


def test_text_stays_as_it_is_in_utf_8() -> None:
    assert canonical_bytes(["Müller", "مريم"]) == '["Müller","مريم"]'.encode()


def test_a_tuple_is_written_as_a_list() -> None:
    assert canonical_bytes({"steps": ("a", "b")}) == canonical_bytes({"steps": ["a", "b"]})


def test_a_word_of_a_list_of_words_is_written_as_its_text() -> None:
    assert canonical_bytes([Word.YES]) == b'["yes"]'


@pytest.mark.parametrize(
    "value",
    [
        1.5,
        0.0,
        float("nan"),
        [1, 2.0],
        (1, 2.0),
        {"a": {"b": [0.5]}},
        {"a": ({"b": 0.5},)},
    ],
)
def test_a_floating_point_number_is_refused_at_any_depth(value: Any) -> None:
    with pytest.raises(TypeError, match="floating point"):
        canonical_bytes(value)


def test_a_floating_point_number_in_an_ordered_mapping_is_refused() -> None:
    ordered: Any = OrderedDict(a=0.5)

    with pytest.raises(TypeError, match="floating point"):
        canonical_bytes(ordered)


@pytest.mark.parametrize("value", [{1: "a"}, {None: "a"}, {"a": {2: 1}}])
def test_a_key_that_is_no_text_is_refused(value: Any) -> None:
    with pytest.raises(TypeError, match="text keys"):
        canonical_bytes(value)


@pytest.mark.parametrize("value", [object(), {"a": {1, 2}}, b"bytes"])
def test_what_is_not_json_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        canonical_bytes(value)


def test_half_a_character_is_refused() -> None:
    with pytest.raises(UnicodeEncodeError):
        canonical_bytes("\ud800")


@given(value=VALUES.filter(lambda value: "\ud800" not in repr(value)))
def test_what_was_written_reads_back_and_writes_the_same(value: Any) -> None:
    written = canonical_bytes(value)

    assert json.loads(written) == value
    assert canonical_bytes(json.loads(written)) == written


@given(value=st.dictionaries(st.text(), st.integers()))
def test_the_order_of_keys_does_not_reach_the_digest(value: dict[str, int]) -> None:
    turned = dict(reversed(list(value.items())))

    assert digest_of(turned) == digest_of(value)


def test_the_digest_is_sha_256_of_the_bytes() -> None:
    # The published SHA-256 of the two bytes "{}".
    assert digest_of({}) == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
