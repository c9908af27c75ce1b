"""A key is of the same objects in the same order, however equal others are."""

from clerestory.kernel.same import Same


def test_a_key_is_of_the_same_objects_in_the_same_order() -> None:
    one, other = ["made up"], ["made up"]
    same = Same((one, other))

    assert (same, hash(same)) == (Same((one, other)), hash(Same((one, other))))
    for parts in ((one,), (one, other, one), (other, one), (one, one), (one, ["made up"])):
        assert same != Same(parts)
    assert same != (one, other)
