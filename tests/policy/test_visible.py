"""What leaves is made by the rules alone, and tells nothing of what was left out."""

import copy
import dataclasses
import pickle
import random
from collections.abc import Callable
from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoise import policy
from counterpoise.policy import Action, Item, Member, Visible, decide, policy_version
from tests.policy.worlds import as_rows, items, members, random_item, random_member

COLLEAGUE = Member(id="m", actor="aid", roles={"flood": frozenset({"participant"})})
STRANGER = Member(id="s", actor="navy", roles={"border": frozenset({"participant"})})
NOTE = Item(label="AMBER+STRICT", pilot="flood", owner="aid", author="heron")

Scored = tuple[Item, int]
scored = st.tuples(items, st.integers(0, 100))


def item_of(thing: Scored) -> Item:
    return thing[0]


def answers(member: Member, things: list[Scored]) -> tuple[object, ...]:
    """Return everything the policy lets out of these things: lists, rows, figures and their basis."""
    seen = policy.filter(member, things, item_of)
    mean = sum(thing.value[1] for thing in seen) / len(seen) if seen else None
    rows = as_rows([item for item, _ in things]).with_columns(
        score=pl.Series([score for _, score in things], dtype=pl.Int64)
    )
    allowed = policy.rows(member, rows)
    total = allowed.value.select(pl.col("score").sum()).collect().item()
    figure = policy.computed(mean, basis=seen)
    return seen, figure, figure.basis, total, policy.computed(total, basis=allowed).basis


@given(member=members, things=st.lists(scored, max_size=8), hidden=scored, other=scored, at=st.integers(0, 8))
def test_what_a_member_may_not_read_changes_nothing_they_see(
    member: Member, things: list[Scored], hidden: Scored, other: Scored, at: int
) -> None:
    unread = [
        [thing] if not decide(member, Action.READ_CONTENT, item_of(thing)).allowed else []
        for thing in (hidden, other)
    ]
    worlds = [things[:at] + difference + things[at:] for difference in (*unread, [])]

    assert answers(member, worlds[0]) == answers(member, worlds[1]) == answers(member, worlds[2])


def test_the_comparison_of_worlds_sees_what_is_aggregated_before_it_is_filtered() -> None:
    chance = random.Random(9)
    member = random_member(chance)
    things = [(random_item(chance), chance.randrange(100)) for _ in range(50)]
    unread = [thing for thing in things if not decide(member, Action.READ_CONTENT, thing[0]).allowed]

    def unfiltered(world: list[Scored]) -> float:
        return sum(score for _, score in world) / len(world)

    assert unread
    assert any(
        unfiltered(things) != unfiltered([thing for thing in things if thing != hidden]) for hidden in unread
    )


@given(member=members, things=st.lists(scored, max_size=8), action=st.sampled_from(policy.READS))
def test_a_list_holds_what_each_thing_alone_would_show(
    member: Member, things: list[Scored], action: Action
) -> None:
    one_by_one = [policy.show(member, thing, thing[0], action=action) for thing in things]

    assert policy.filter(member, things, item_of, action=action) == [one for one in one_by_one if one]


def test_what_may_be_read_is_shown_under_the_version_of_the_rules() -> None:
    shown = policy.show(COLLEAGUE, "Drones over the clinic", NOTE)

    assert shown is not None
    assert (shown.value, shown.version, shown.basis) == ("Drones over the clinic", policy_version(), "")


@pytest.mark.parametrize("who", [STRANGER, None, replace(COLLEAGUE, active=False)])
def test_what_may_not_be_read_is_nothing(who: Member | None) -> None:
    assert policy.show(who, "Drones over the clinic", NOTE) is None
    assert policy.filter(who, ["Drones over the clinic"], lambda _: NOTE) == []


def test_the_skeleton_of_what_may_not_be_read_is_shown_as_one() -> None:
    other = replace(COLLEAGUE, actor="navy")

    assert policy.show(other, "a concern was raised", NOTE) is None
    assert policy.show(other, "a concern was raised", NOTE, action=Action.READ_SKELETON) is not None


@pytest.mark.parametrize("action", [Action.VERIFY, Action.WIDEN, Action.NARROW, Action.ERASE])
def test_nothing_is_shown_for_being_allowed_to_act_on_it(action: Action) -> None:
    with pytest.raises(ValueError, match="not a way of reading"):
        policy.show(COLLEAGUE, "Drones over the clinic", NOTE, action=action)


def test_a_figure_says_how_many_items_it_was_computed_from() -> None:
    seen = policy.filter(COLLEAGUE, [1, 2, 3], lambda _: NOTE)
    rows = policy.rows(COLLEAGUE, as_rows([NOTE, replace(NOTE, pilot="border"), NOTE]))

    assert policy.computed(2.0, basis=seen).basis == "computed from the 3 items you may read"
    assert policy.computed(2.0, basis=rows).basis == "computed from the 2 items you may read"
    assert policy.computed(2.0, basis=rows, items=1).basis == "computed from the 1 item you may read"
    assert policy.computed(None, basis=[]).basis == "computed from the 0 items you may read"


def test_a_figure_is_not_computed_from_what_was_not_filtered() -> None:
    with pytest.raises(TypeError, match="visible already"):
        policy.computed(2.0, basis=[1, 2, 3])  # type: ignore[list-item]  # the point


def test_what_belongs_to_nobody_is_shown_to_all() -> None:
    assert policy.public("How to raise a concern").value == "How to raise a concern"


def dressed_up() -> object:
    return type("Dressed", (Visible,), {})


SHOWN = policy.public("Drones over the clinic")
FORGERIES: dict[str, Callable[[], object]] = {
    "made by hand": lambda: Visible("forged", object()),
    "subclassed": dressed_up,
    "copied": lambda: copy.copy(SHOWN),
    "copied deeply": lambda: copy.deepcopy(SHOWN),
    "pickled": lambda: pickle.dumps(SHOWN),
    "replaced": lambda: dataclasses.replace(SHOWN, _let_out="forged"),  # type: ignore[type-var]  # the point
}


@pytest.mark.parametrize("how", FORGERIES)
def test_a_visible_is_not(how: str) -> None:
    with pytest.raises(TypeError):
        FORGERIES[how]()


@pytest.mark.parametrize("name", ["_let_out", "items", "version", "value", "other"])
def test_a_visible_does_not_change(name: str) -> None:
    with pytest.raises(AttributeError):
        setattr(SHOWN, name, "forged")
    with pytest.raises(AttributeError):
        delattr(SHOWN, name)


def test_an_empty_shell_of_a_visible_shows_nothing() -> None:
    with pytest.raises(AttributeError):
        _ = object.__new__(Visible).value


def test_a_visible_in_a_traceback_does_not_tell_its_value() -> None:
    assert repr(SHOWN) == "<Visible str>"


def test_two_visibles_of_the_same_thing_are_equal() -> None:
    assert policy.public(1) == policy.public(1)
    assert hash(policy.public(1)) == hash(policy.public(1))
    assert policy.public(1) != policy.computed(1, basis=[])
