"""Which packs come with a pack: what it requires, what that requires, each once and first."""

from collections.abc import Callable, Iterable, Sequence

from clerestory.law.errors import PackFault


def order_required(names: Iterable[str], requires: Callable[[str], Sequence[str]]) -> list[str]:
    """Return the packs named and all that they require, the required ones first.

    The order follows how things are written, so that the same names give the same stack: a pack's
    requirements in the order of its manifest, the packs themselves in the order named.

    Args:
        names: The packs wanted.
        requires: What the pack of a name requires; raises for a pack that is not there.

    Raises:
        PackFault: Packs require each other in a circle, or one is not there.

    >>> order_required(["b", "c"], {"a": [], "b": ["a"], "c": ["a", "b"]}.__getitem__)
    ['a', 'b', 'c']
    """
    ordered: list[str] = []
    for name in names:
        _visit(name, requires, (), ordered)
    return ordered


def _visit(
    name: str,
    requires: Callable[[str], Sequence[str]],
    above: tuple[str, ...],
    ordered: list[str],
) -> None:
    if name in above:
        circle = " > ".join((*above[above.index(name) :], name))
        raise PackFault(
            f"packs require each other in a circle: {circle}",
            code="law-packs-circle",
            todo="take one name out of requires in one of their pack.toml files",
        )
    if name in ordered:
        return
    try:
        needed = requires(name)
    except PackFault as fault:
        if fault.code != "law-no-pack" or not above:
            raise
        raise PackFault(
            f"{fault}, and {above[-1]} requires it", code=fault.code, todo=fault.todo
        ) from fault
    for required in needed:
        _visit(required, requires, (*above, name), ordered)
    ordered.append(name)
