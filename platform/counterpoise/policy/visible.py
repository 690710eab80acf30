"""The only values that may leave the application: each was allowed by the rules, or belongs to nobody."""

from collections.abc import Callable, Collection, Iterable
from typing import Any, Generic, Never, TypeVar, final

import polars as pl

from counterpoise.policy.columns import readable
from counterpoise.policy.rules import READS, Action, Item, Member, decide, policy_version

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

_MAKING = object()
"""Held by this module alone: without it no Visible is made."""


@final
class Visible(Generic[T_co]):
    """Something its reader may see. Only this module makes one; a face reads `value` and shows it.

    `items` is how many readable items a figure was computed from (None: it is no figure), `version` the
    version of the rules that let it out. It is not changed, copied, pickled or subclassed, and its
    representation does not show the value.
    """

    __slots__ = ("_let_out", "items", "version")

    _let_out: T_co
    items: int | None
    version: str

    def __init__(self, thing: T_co, making: object, *, items: int | None = None) -> None:
        if making is not _MAKING:
            raise TypeError("a Visible is made by policy.show, filter, rows, computed or public")
        object.__setattr__(self, "_let_out", thing)
        object.__setattr__(self, "items", items)
        object.__setattr__(self, "version", policy_version())

    @property
    def value(self) -> T_co:
        """What may be shown."""
        return self._let_out

    @property
    def basis(self) -> str:
        """The sentence a computed figure must carry; empty for anything else."""
        if self.items is None:
            return ""
        noun = "item" if self.items == 1 else "items"
        return f"computed from the {self.items} {noun} you may read"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Visible) and (self._let_out, self.items) == (other._let_out, other.items)

    def __hash__(self) -> int:
        return hash((self._let_out, self.items))

    def __repr__(self) -> str:
        return f"<Visible {type(self._let_out).__name__}>"

    def __setattr__(self, name: str, value: object) -> Never:
        raise AttributeError(f"a Visible does not change: {name}")

    def __delattr__(self, name: str) -> Never:
        raise AttributeError(f"a Visible does not change: {name}")

    def __init_subclass__(cls, **kwargs: object) -> Never:
        raise TypeError("a Visible has no other kinds")

    def __reduce_ex__(self, protocol: object) -> Never:
        raise TypeError("a Visible is not copied or pickled")


def show(
    member: Member | None, thing: T, item: Item, *, action: Action = Action.READ_CONTENT
) -> Visible[T] | None:
    """Return `thing` for the eyes of a member who may read `item`; None is told to everybody else.

    With `action` read_skeleton or read_attribution the thing is the bare skeleton, or the source alone.
    """
    return Visible(thing, _MAKING) if decide(member, _reading(action), item).allowed else None


def filter(  # noqa: A001  read as policy.filter
    member: Member | None,
    things: Iterable[T],
    item_of: Callable[[T], Item],
    *,
    action: Action = Action.READ_CONTENT,
) -> list[Visible[T]]:
    """Return the things whose item the member may read, in their order."""
    reading = _reading(action)
    return [Visible(thing, _MAKING) for thing in things if decide(member, reading, item_of(thing)).allowed]


def rows(
    member: Member | None,
    frame: pl.LazyFrame,
    *,
    action: Action = Action.READ_CONTENT,
    label: str = "label",
) -> Visible[pl.LazyFrame]:
    """Return the rows of a frame that the member may read, before anything is aggregated."""
    return Visible(frame.filter(readable(member, _reading(action), label=label)), _MAKING)


def computed(
    thing: T, *, basis: Visible[pl.LazyFrame] | Collection[Visible[Any]], items: int | None = None
) -> Visible[T]:
    """Return a figure computed from nothing but `basis`, which says how many items that was.

    `items` is how many of them the figure drew on, where that is fewer than all.
    """
    return Visible(thing, _MAKING, items=_count(basis) if items is None else items)


def public(thing: T) -> Visible[T]:
    """Return what belongs to nobody: words of the product itself, or a count of the reader's own things."""
    return Visible(thing, _MAKING)


def _count(basis: Visible[pl.LazyFrame] | Collection[Visible[Any]]) -> int:
    if isinstance(basis, Visible):
        return int(basis.value.select(pl.len()).collect().item())
    if not all(isinstance(part, Visible) for part in basis):
        raise TypeError("a figure is computed from what is visible already")
    return len(basis)


def _reading(action: Action) -> Action:
    if action not in READS:
        raise ValueError(f"{action} is not a way of reading")
    return action
