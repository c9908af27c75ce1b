"""Ways to spoil a file whose form is kept: values of other types, other keys, other shapes."""

import json
import tomllib
from collections.abc import Sequence
from random import Random
from typing import Any

import yaml

from hostile.bytes_of import Spoil

Path_ = tuple[Any, ...]

LONG = "a" * 20_000
HUGE = 10**400


def values(random: Random) -> Any:
    """A value that hardly belongs where it will stand."""
    return random.choice(
        [
            None, True, False, 0, -1, 1, HUGE, -HUGE, 1e308, float("inf"), float("nan"), 0.1,
            "", " ", "null", "yes", "no", "~", "010", "0x1F", "1_000", "1e999", "-0", "٣", "１",
            "0000-00-00", "9999-12-31", "2026-02-30", "2026-13-01", "0001-01-01",
            "2026-03-05T25:61", "10000-01-01", "24/12/2026", "../../escaped", "/etc/passwd",
            "CON", "a\0b", "a\nb",
            "\x1b[31mRELEASE\x1b[0m", "\x9b2J", "\u202eRELEASE", "[bold]x[/y]", "[/]", ":smile:",
            LONG, "😀" * 50, "שלום עולם", "e\u0301" * 20, "S1", "S*", "S1.address", "S1.*", "named",
            "snap", "whole_class", "{}", "${HOME}", "%s", "'; DROP TABLE x; --", "{{7*7}}",
            [], {}, [[]], [None], ["a"] * 10_000, {"a": 1}, {"": ""}, [{"ref": "S1"}] * 3,
            {str(number): number for number in range(10_000)}, deep(random.choice([5, 200, 3_000])),
        ]
    )  # fmt: skip


def deep(levels: int) -> Any:
    """A list in a list in a list."""
    value: Any = "bottom"
    for _ in range(levels):
        value = [value]
    return value


def places(value: Any, at: Path_ = ()) -> list[Path_]:
    """Every place in a tree."""
    found = [at]
    if isinstance(value, dict):
        for key, below in value.items():
            found += places(below, (*at, key))
    elif isinstance(value, list):
        for number, below in enumerate(value):
            found += places(below, (*at, number))
    return found


def spoil_tree(tree: Any, random: Random) -> Any:
    """Change one to three places of a tree."""
    for _ in range(random.choice([1, 1, 2, 3])):
        inner = [at for at in places(tree) if at]
        if not inner or random.random() < 0.03:
            return values(random)
        at = random.choice(inner)
        kind = random.choice(["value", "value", "value", "value", "drop", "rename", "add", "swap"])
        # A copy, so that the seed stays as it is for the next number.
        tree = json.loads(json.dumps(tree, default=str))
        holder, key = tree, at[-1]
        for step in at[:-1]:
            holder = holder[step]
        if kind == "drop":
            del holder[key]
        elif kind == "rename" and isinstance(key, str):
            holder[random.choice(_NAMES)] = holder.pop(key)
        elif kind == "add" and isinstance(key, str):
            holder["extra"] = values(random)
        elif kind == "swap" and isinstance(key, str):
            other = next(iter(holder))
            holder[key], holder[other] = holder[other], holder[key]
        else:
            holder[key] = values(random)
    return tree


_NAMES = ("", "Id", "id ", "__class__", "ref", "x" * 500, "\x1b[1m", "<<")


def spoil_yaml(content: bytes, random: Random) -> bytes:
    """A YAML file with a changed tree, or with what only YAML has."""
    if random.random() < 0.25:
        return _yaml_trick(content, random)
    tree = spoil_tree(yaml.safe_load(content), random)
    try:
        return yaml.safe_dump(tree, sort_keys=False, allow_unicode=True).encode("utf-8", "replace")
    except RecursionError:
        return b"[" * 3_000


def _yaml_trick(content: bytes, random: Random) -> bytes:
    text = content.decode("utf-8", "replace")
    lines = text.splitlines()
    at = random.randrange(len(lines) or 1)
    key, _, _ = (lines[at] if lines else "a: b").partition(":")
    trick = random.choice(
        [
            f"{key}: !!python/object/apply:os.system ['true']",
            f"{key}: !!binary AAAA",
            f"{key}: !!timestamp 2026-03-02",
            f"{key}: !!set {{a, b}}",
            f"{key}: !unknown x",
            f"{key}: &a [*a]",
            f"{key}: *nowhere",
            f"{key}: {{<<: *nowhere}}",
            f"{key}: {{<<: {{a: b}}}}",
            f"{key}: [a, b",
            f"{key}: 'open",
            f"{key}: |\n  a\n b",
            f"{key}: 010",
            f"{key}: 1:30:00",
            f"{key}: {{1: a, 1.0: b, true: c, null: d}}",
            f"{key}: {{[a]: b}}",
            f"? {{a: b}}\n: {key}",
            lines[at] if lines else "",
            "\t" + key + ": x",
            "--- a\n--- b",
            "%YAML 9.9\n---\na: b",
            "\n".join(
                ["l0: &l0 [x, x, x, x, x, x, x, x, x]"]
                + [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 9)]
                + [f"{key}: *l8"]
            ),
            f"{key}: " + "[" * 2_000,
            f"{key}: " + "{a: " * 2_000,
            "\n".join(f"k{n}: {n}" for n in range(10_000)),
        ]
    )
    return "\n".join([*lines[:at], *trick.split("\n"), *lines[at + random.randint(0, 1) :]]).encode(
        "utf-8", "replace"
    )


def spoil_json(content: bytes, random: Random) -> bytes:
    """A JSON file with a changed tree, or with what only JSON readers trip over."""
    if random.random() < 0.2:
        text = content.decode()
        return random.choice(
            [
                b"[" * 100_000,
                b'{"a":' * 50_000,
                text.replace('"', '"\\ud800', 1).encode(),
                text.replace(":", ': NaN, "x":', 1).encode(),
                text.replace("{", '{"type": "a", "type": "b", ', 1).encode(),
                text.replace("[", "[1e999, ", 1).encode(),
                b"9" * 5_000,
                text.replace('"', "'").encode(),
                (text + text).encode(),
                text.replace("}", ",}", 1).encode(),
                ("// remark\n" + text).encode(),
            ]
        )
    tree = spoil_tree(json.loads(content), random)
    try:
        return json.dumps(tree, ensure_ascii=random.random() < 0.5).encode("utf-8", "surrogatepass")
    except (RecursionError, ValueError):
        return b"[" * 3_000


def spoil_toml(content: bytes, random: Random) -> bytes:
    """A TOML file with a changed value: written by hand, since nothing here writes TOML."""
    tomllib.loads(content.decode())
    lines = content.decode().splitlines()
    told = [n for n, line in enumerate(lines) if "=" in line and not line.startswith("#")]
    if not told:
        return content
    at = random.choice(told)
    key = lines[at].partition("=")[0]
    lines[at] = f"{key}= " + random.choice(
        [
            "0", "-1", "true", '""', '"a"', "[]", "{}", "inf", "nan", "1979-05-27", "07:32:00",
            f"{HUGE}", f'"{LONG}"', '"\\u001b[31mRELEASE"', '"[/x]"', '"../../escaped"', "[[[[]]]]",
            '["a", "a"]', "{a = 1}", '"""', "'", "1979-13-45", '"\\ud800"', "[" * 2_000, "010",
            '"SELECT 1"', '"a.b.c"', '"a\\u0000b"',
        ]
    )  # fmt: skip
    if random.random() < 0.2:
        lines.insert(at, lines[at])
    if random.random() < 0.2:
        del lines[random.randrange(len(lines))]
    return "\n".join(lines).encode()


TREES: dict[str, Sequence[Spoil]] = {
    "yaml": (spoil_yaml,),
    "json": (spoil_json,),
    "toml": (spoil_toml,),
}
