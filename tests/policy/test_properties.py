"""What the rules keep in every world, and the proof that each of these tests can see."""

import os
import random
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

import pytest
from hypothesis import given

from counterpoise.domain.events import LABELS
from counterpoise.policy import LAW, READS, ROLES, Action, Item, Member, decide
from tests.policy.worlds import items, members, random_item, random_member

Rules = Callable[[Member | None, Action, Item], bool]
Property = Callable[[Rules, Member, Item], bool]

WORLDS = 1_000_000 if os.environ.get("COUNTERPOISE_TORTURE") else 100_000
POOL = 2_000


def ours(member: Member | None, action: Action, item: Item) -> bool:
    return decide(member, action, item).allowed


@lru_cache(POOL)
def next_looser(item: Item) -> Item:
    return replace(item, label=LABELS[max(0, LABELS.index(item.label) - 1)])


def a_stricter_label_never_widens(rules: Rules, member: Member, item: Item) -> bool:  # P1
    looser = next_looser(item)
    return all(rules(member, read, looser) or not rules(member, read, item) for read in READS)


def content_comes_with_its_skeleton(rules: Rules, member: Member, item: Item) -> bool:  # P2
    return rules(member, Action.READ_SKELETON, item) or not rules(member, Action.READ_CONTENT, item)


def attribution_comes_with_content(rules: Rules, member: Member, item: Item) -> bool:  # P3
    return rules(member, Action.READ_CONTENT, item) or not rules(member, Action.READ_ATTRIBUTION, item)


def off_the_pilot_nothing_above_clear(rules: Rules, member: Member, item: Item) -> bool:  # P4
    if item.label == "CLEAR" or not item.pilot or member.roles.get(item.pilot, frozenset()) & ROLES:
        return True
    return not any(rules(member, action, item) for action in Action)


def administrators_see_nothing_above_clear(rules: Rules, member: Member, item: Item) -> bool:  # P5
    if item.label == "CLEAR" or any(held & ROLES for held in member.roles.values()):
        return True
    return not any(rules(member, action, item) for action in Action)


def the_inactive_may_do_nothing(rules: Rules, member: Member, item: Item) -> bool:  # P6
    return member.active or not any(rules(member, action, item) for action in Action)


def the_erased_is_read_by_nobody(rules: Rules, member: Member, item: Item) -> bool:  # P8
    told = (Action.READ_CONTENT, Action.READ_ATTRIBUTION)
    return not item.erased or not any(rules(member, action, item) for action in told)


def widening_needs_the_source(rules: Rules, member: Member, item: Item) -> bool:  # P9
    name = member.pseudonyms.get(item.pilot)
    source = bool(name) and name == item.author and not item.anonymous
    return source or not rules(member, Action.WIDEN, item)


def whoever_asks(_member: Member | None, _action: Action, _item: Item) -> bool:
    return True


def a_named_auditor_reads(member: Member | None, action: Action, item: Item) -> bool:
    """Lets everyone with a role who is named for RED read: the mistake of a first draft."""
    if ours(member, action, item) or member is None or not member.active:
        return True
    named = member.pseudonyms.get(item.pilot, "") in item.recipients
    return item.label == "RED" and named and "auditor" in member.roles.get(item.pilot, frozenset())


def skeletons_are_hidden(member: Member | None, action: Action, item: Item) -> bool:
    return action is not Action.READ_SKELETON and ours(member, action, item)


def sources_are_told_with_the_skeleton(member: Member | None, action: Action, item: Item) -> bool:
    return ours(member, Action.READ_SKELETON if action is Action.READ_ATTRIBUTION else action, item)


TWINS: dict[Property, Rules] = {
    a_stricter_label_never_widens: a_named_auditor_reads,
    content_comes_with_its_skeleton: skeletons_are_hidden,
    attribution_comes_with_content: sources_are_told_with_the_skeleton,
    off_the_pilot_nothing_above_clear: whoever_asks,
    administrators_see_nothing_above_clear: whoever_asks,
    the_inactive_may_do_nothing: whoever_asks,
    the_erased_is_read_by_nobody: whoever_asks,
    widening_needs_the_source: whoever_asks,
}
"""Each property, and rules that break it."""

known_items = items.filter(lambda item: item.label in LABELS)


def broken(rules: Rules, properties: list[Property], *, worlds: int) -> dict[str, int]:
    """Return how often each property failed in that many random worlds; those that held are left out."""
    chance = random.Random(20_261_122)
    people = [random_member(chance) for _ in range(POOL)]
    things = [random_item(chance) for _ in range(POOL)]
    failures: dict[str, int] = {}
    for _ in range(worlds):
        member, item = chance.choice(people), chance.choice(things)
        for holds in properties:
            if not holds(rules, member, item):
                failures[holds.__name__] = failures.get(holds.__name__, 0) + 1
    return failures


@pytest.mark.parametrize("holds", TWINS)
@given(member=members, item=known_items)
def test_the_rules_keep_each_property(holds: Property, member: Member, item: Item) -> None:
    assert holds(ours, member, item)


def test_the_rules_keep_every_property_in_a_great_many_worlds() -> None:
    assert broken(ours, list(TWINS), worlds=WORLDS) == {}


@pytest.mark.parametrize("holds", TWINS)
def test_each_property_sees_rules_that_break_it(holds: Property) -> None:
    assert broken(TWINS[holds], [holds], worlds=10_000)[holds.__name__] > 10


def test_rules_that_always_say_yes_break_every_property_that_a_yes_can_break() -> None:
    assert broken(whoever_asks, list(TWINS), worlds=1_000).keys() == {
        "off_the_pilot_nothing_above_clear",
        "administrators_see_nothing_above_clear",
        "the_inactive_may_do_nothing",
        "the_erased_is_read_by_nobody",
        "widening_needs_the_source",
    }


@given(item=items)
def test_nobody_at_all_may_do_nothing(item: Item) -> None:
    assert not any(decide(None, action, item).allowed for action in Action)


@given(member=members, item=items)
def test_being_administrator_changes_no_decision(member: Member, item: Item) -> None:
    plain = {pilot: held - {"administrator"} for pilot, held in member.roles.items()}
    plain_member = replace(member, administrator=False, roles=plain)

    assert all(decide(member, action, item) == decide(plain_member, action, item) for action in Action)


def test_the_law_answers_for_every_action_under_every_label() -> None:
    assert set(LAW) == set(Action)
    assert all(set(law) == set(LABELS) for law in LAW.values())
