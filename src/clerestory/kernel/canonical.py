"""One value, one byte string: the form that digests and signatures are taken over."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

# So many values of a long list are written together.
_TOGETHER = 1_000

Json = None | bool | int | str | Sequence["Json"] | Mapping[str, "Json"]


def canonical_bytes(value: Json) -> bytes:
    """Write ``value`` as UTF-8 JSON with sorted keys and no spaces.

    Floating point numbers have no single written form and are refused.

    Raises:
        TypeError: The value holds a float or something that is not JSON.

    >>> canonical_bytes({"b": 1, "a": ["é", None]})
    b'{"a":["\\xc3\\xa9",null],"b":1}'
    """
    _check_no_float(value)
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def digest_of(value: Json) -> str:
    """Return the SHA-256 of the canonical bytes, as 64 hexadecimal digits."""
    return hashlib.sha256(canonical_bytes(value)).hexdigest()


def digest_of_each(values: Iterable[Json]) -> str:
    """Return the digest of the values as one list, of which only a part is held at a time.

    >>> digest_of_each(iter(["a", 1])) == digest_of(["a", 1])
    True
    """
    digest, waiting = hashlib.sha256(b"["), iter(values)
    joint = b""
    while part := list(islice(waiting, _TOGETHER)):
        digest.update(joint + canonical_bytes(part)[1:-1])
        joint = b","
    digest.update(b"]")
    return digest.hexdigest()


def _check_no_float(value: object) -> None:
    if isinstance(value, str):
        return
    if isinstance(value, float):
        raise TypeError(f"a canonical value has no floating point number: {value!r}")
    # The plain kinds first: the test for an abstract kind is ten times slower.
    if type(value) is dict or isinstance(value, Mapping):
        for key, item in value.items():
            if type(key) is not str:
                raise TypeError(f"a canonical object has text keys: {key!r}")
            _check_no_float(item)
    elif isinstance(value, list | tuple):
        for item in value:
            if type(item) is not str:
                _check_no_float(item)
