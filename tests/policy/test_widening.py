"""A change that may show anybody more is a widening, and only the source widens."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoise.domain.events import LABELS
from counterpoise.policy import READS, Action, Item, Member, decide, widens
from tests.policy.worlds import items, members, some_actors, some_names

NOTE = Item(label="AMBER", pilot="flood", owner="aid", author="heron", group=("un",), clients=("firm",))
NARROWED = {
    "one label stricter": {"label": "AMBER+STRICT"},
    "to a client who is now of the group": {"label": "AMBER+STRICT", "group": ("un", "firm")},
    "with a client to be, who does not read yet": {"label": "AMBER+STRICT", "clients": ("navy",)},
    "to nobody but the author": {"label": "RED"},
    "to a person who reads already": {"label": "RED", "recipients": ("ibis",)},
    "with the group left out": {"group": ()},
    "with the client left out": {"clients": ()},
    "with its source hidden": {"chatham": True},
    "not at all": {},
}
WIDENED = {
    "one label looser": {"label": "GREEN"},
    "to one more of the group": {"group": ("un", "navy")},
    "to one more client": {"clients": ("firm", "navy")},
    "to one more person": {"recipients": ("owl",)},
    "to a person unknown to read already": {"label": "RED", "recipients": ("owl",)},
    "to another owner": {"owner": "navy"},
    "with its source named to all": {"credited": True},
}

changes = st.fixed_dictionaries(
    {},
    optional={
        "label": st.sampled_from(LABELS),
        "recipients": some_names,
        "group": some_actors,
        "clients": some_actors,
        "chatham": st.booleans(),
        "credited": st.booleans(),
        "unopened": st.booleans(),
        "anonymous": st.booleans(),
        "erased": st.booleans(),
    },
)


@pytest.mark.parametrize("how", NARROWED)
def test_a_change_that_shows_nobody_more_is_no_widening(how: str) -> None:
    assert not widens(NOTE, replace(NOTE, **NARROWED[how]), readers={"ibis"})  # type: ignore[arg-type]  # fields of an Item


@pytest.mark.parametrize("how", WIDENED)
def test_a_change_that_may_show_somebody_more_is_a_widening(how: str) -> None:
    assert widens(NOTE, replace(NOTE, **WIDENED[how]), readers={"ibis"})  # type: ignore[arg-type]  # fields of an Item


@pytest.mark.parametrize("mark", ["anonymous", "chatham", "erased", "unopened"])
def test_lifting_a_mark_is_a_widening(mark: str) -> None:
    assert widens(replace(NOTE, **{mark: True}), NOTE)  # type: ignore[arg-type]  # fields of an Item


@given(member=members, before=items.filter(lambda item: item.label in LABELS), change=changes)
def test_what_is_no_widening_shows_nobody_more(member: Member, before: Item, change: dict[str, bool]) -> None:
    after = replace(before, **change)  # type: ignore[arg-type]  # fields of an Item
    reads = decide(member, Action.READ_CONTENT, before).allowed
    readers = {member.pseudonyms.get(before.pilot, "")} if reads else set()

    gained = [
        read
        for read in READS
        if decide(member, read, after).allowed and not decide(member, read, before).allowed
    ]

    assert not gained or widens(before, after, readers=readers)
