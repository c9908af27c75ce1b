"""One value, one byte string: the form that digests and signatures are taken over."""

import hashlib
import json
from collections.abc import Mapping, Sequence

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
            _check_no_float(item)
