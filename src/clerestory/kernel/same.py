"""Objects as the key of what was made of them."""

from dataclasses import dataclass
from operator import is_
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class Same(Generic[T]):
    """The same objects in the same order: a key for what need not be equal to be looked up.

    A file is read once for each content, so what is the same law is the same object. The key holds
    its objects, so that none of them makes room for another in its place.
    """

    parts: tuple[T, ...]

    def __hash__(self) -> int:
        return hash(tuple(map(id, self.parts)))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Same) or len(self.parts) != len(other.parts):
            return False
        return all(map(is_, self.parts, other.parts))
