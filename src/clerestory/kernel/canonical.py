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
    kind = type(value)
    if kind is dict:
        for key, item in value.items():  # type: ignore[attr-defined]
            if type(key) is not str:
                raise TypeError(f"a canonical object has text keys: {key!r}")
            if type(item) is not str:
                _check_no_float(item)
    elif kind is list or kind is tuple:
        for item in value:  # type: ignore[attr-defined]
            if type(item) is not str:
                _check_no_float(item)
    elif kind is float:
        raise TypeError(f"a canonical value has no floating point number: {value!r}")
