"""The rules as a table somebody wrote by hand: what each person may do under each label."""

from dataclasses import replace

import pytest

from counterpoise.domain.events import Event
from counterpoise.policy import ONLOOKER, Action, Item, Member, decide, knows, policy_version

LABELS = ("RED", "AMBER+STRICT", "AMBER", "GREEN", "CLEAR")
LETTERS = {
    "c": Action.READ_CONTENT,
    "s": Action.READ_SKELETON,
    "a": Action.READ_ATTRIBUTION,
    "w": Action.WIDEN,
    "n": Action.NARROW,
    "e": Action.ERASE,
    "v": Action.VERIFY,
}
CONCERN = Item(
    label="RED",
    pilot="flood",
    owner="aid",
    author="heron",
    recipients=("ibis", "owl"),
    group=("un",),
    clients=("firm",),
)
MANDATE = replace(CONCERN, pilot="")


def person(actor: str, role: str, name: str = "", *, pilot: str = "flood") -> Member:
    return Member(
        id=f"{actor} {role}",
        actor=actor,
        roles={pilot: frozenset({role})},
        pseudonyms={"flood": name, "": name},
    )


PEOPLE = {
    "the author": person("aid", "participant", "heron"),
    "the author, now auditor": person("aid", "auditor", "heron"),
    "the author, gone": replace(person("aid", "participant", "heron"), active=False),
    "the author, off the pilot": replace(person("aid", "participant", "heron"), roles={}),
    "somebody named": person("army", "participant", "ibis"),
    "an auditor named": person("un", "auditor", "owl"),
    "a colleague": person("aid", "participant"),
    "the owner's coordinator": person("aid", "coordinator"),
    "the owner's auditor": person("aid", "auditor"),
    "a participant of the group": person("un", "participant"),
    "a coordinator of the group": person("un", "coordinator"),
    "an auditor of the group": person("un", "auditor"),
    "a participant of the client": person("firm", "participant"),
    "an auditor of the client": person("firm", "auditor"),
    "another participant": person("navy", "participant"),
    "another coordinator": person("navy", "coordinator"),
    "another auditor": person("navy", "auditor"),
    "a colleague on another pilot": person("aid", "coordinator", "heron", pilot="border"),
    "a colleague with no role": Member(id="new", actor="aid", pseudonyms={"flood": "heron", "": "heron"}),
    "the owner's administrator": replace(person("aid", "administrator"), administrator=True),
    "somebody of no organisation": person("", "participant"),
    "an onlooker": ONLOOKER,
    "no member": None,
}

ON_A_PILOT = {
    # who: RED, AMBER+STRICT, AMBER, GREEN, CLEAR, and what may be done
    "the author": ("csa", "csa", "csa", "csa", "csa", "wnev"),
    "the author, now auditor": ("s", "s", "s", "csa", "csa", "v"),
    "the author, gone": ("", "", "", "", "", ""),
    "the author, off the pilot": ("", "", "", "", "cs", ""),
    "somebody named": ("csa", "csa", "csa", "csa", "csa", "v"),
    "an auditor named": ("s", "s", "s", "csa", "csa", "v"),
    "a colleague": ("", "csa", "csa", "csa", "csa", "v"),
    "the owner's coordinator": ("", "csa", "csa", "csa", "csa", "nev"),
    "the owner's auditor": ("s", "s", "s", "csa", "csa", "v"),
    "a participant of the group": ("", "csa", "csa", "csa", "csa", "v"),
    "a coordinator of the group": ("", "csa", "csa", "csa", "csa", "v"),
    "an auditor of the group": ("s", "s", "s", "csa", "csa", "v"),
    "a participant of the client": ("", "s", "csa", "csa", "csa", "v"),
    "an auditor of the client": ("s", "s", "s", "csa", "csa", "v"),
    "another participant": ("", "s", "s", "csa", "csa", "v"),
    "another coordinator": ("", "s", "s", "csa", "csa", "v"),
    "another auditor": ("s", "s", "s", "csa", "csa", "v"),
    "a colleague on another pilot": ("", "", "", "", "cs", ""),
    "a colleague with no role": ("", "", "", "", "cs", ""),
    "the owner's administrator": ("", "", "", "", "cs", ""),
    "somebody of no organisation": ("", "s", "s", "csa", "csa", "v"),
    "an onlooker": ("", "", "", "", "cs", ""),
    "no member": ("", "", "", "", "", ""),
}

ON_NO_PILOT = {
    "the author": ("csa", "csa", "csa", "csa", "csa", "wnev"),
    "the author, now auditor": ("", "", "", "csa", "csa", "v"),
    "the author, gone": ("", "", "", "", "", ""),
    "the author, off the pilot": ("", "", "", "", "cs", ""),
    "somebody named": ("csa", "csa", "csa", "csa", "csa", "v"),
    "an auditor named": ("", "", "", "csa", "csa", "v"),
    "a colleague": ("", "csa", "csa", "csa", "csa", "v"),
    "the owner's coordinator": ("", "csa", "csa", "csa", "csa", "nev"),
    "the owner's auditor": ("", "", "", "csa", "csa", "v"),
    "a participant of the group": ("", "csa", "csa", "csa", "csa", "v"),
    "a coordinator of the group": ("", "csa", "csa", "csa", "csa", "v"),
    "an auditor of the group": ("", "", "", "csa", "csa", "v"),
    "a participant of the client": ("", "", "csa", "csa", "csa", "v"),
    "an auditor of the client": ("", "", "", "csa", "csa", "v"),
    "another participant": ("", "", "", "csa", "csa", "v"),
    "another coordinator": ("", "", "", "csa", "csa", "v"),
    "another auditor": ("", "", "", "csa", "csa", "v"),
    "a colleague on another pilot": ("csa", "csa", "csa", "csa", "csa", "wnev"),
    "a colleague with no role": ("", "", "", "", "cs", ""),
    "the owner's administrator": ("", "", "", "", "cs", ""),
    "somebody of no organisation": ("", "", "", "csa", "csa", "v"),
    "an onlooker": ("", "", "", "", "cs", ""),
    "no member": ("", "", "", "", "", ""),
}

MARKED = {
    # which mark, who: RED, AMBER+STRICT, AMBER, GREEN, CLEAR, and what may be done
    ("erased", "the author"): ("s", "s", "s", "s", "s", "nev"),
    ("erased", "the owner's coordinator"): ("", "s", "s", "s", "s", "nev"),
    ("erased", "another participant"): ("", "s", "s", "s", "s", "v"),
    ("erased", "another auditor"): ("s", "s", "s", "s", "s", "v"),
    ("unopened", "the author"): ("csa", "csa", "csa", "csa", "csa", "wnev"),
    ("unopened", "a colleague"): ("", "csa", "csa", "csa", "csa", "v"),
    ("unopened", "the owner's auditor"): ("", "", "", "", "", "v"),
    ("unopened", "somebody named"): ("", "", "", "", "", "v"),
    ("unopened", "a participant of the group"): ("", "", "", "", "", "v"),
    ("unopened", "another coordinator"): ("", "", "", "", "", "v"),
    ("unopened", "another auditor"): ("", "", "", "", "", "v"),
    ("unopened", "an onlooker"): ("", "", "", "", "", ""),
    ("anonymous", "the author"): ("", "cs", "cs", "cs", "cs", "v"),
    ("anonymous", "somebody named"): ("cs", "cs", "cs", "cs", "cs", "v"),
    ("anonymous", "the owner's coordinator"): ("", "cs", "cs", "cs", "cs", "nev"),
    ("chatham", "the author"): ("cs", "cs", "cs", "cs", "cs", "wnev"),
    ("chatham", "a participant of the group"): ("", "cs", "cs", "cs", "cs", "v"),
    ("credited", "another participant"): ("", "s", "s", "csa", "csa", "v"),
    ("credited", "a colleague on another pilot"): ("", "", "", "", "csa", ""),
    ("credited", "an onlooker"): ("", "", "", "", "csa", ""),
}


def letters(who: Member | None, item: Item) -> tuple[str, ...]:
    """Return what `who` may read under each label, and what they may do under all of those above CLEAR."""
    reads = tuple(
        "".join(x for x in "csa" if decide(who, LETTERS[x], replace(item, label=label)).allowed)
        for label in LABELS
    )
    acts = {
        "".join(x for x in "wnev" if decide(who, LETTERS[x], replace(item, label=label)).allowed)
        for label in LABELS
    }
    assert len(acts) == 1, "what may be done does not hang on the label"
    return (*reads, *acts)


@pytest.mark.parametrize("who", PEOPLE)
def test_on_a_pilot_each_person_may_what_the_table_says(who: str) -> None:
    assert letters(PEOPLE[who], CONCERN) == ON_A_PILOT[who]


@pytest.mark.parametrize("who", PEOPLE)
def test_on_no_pilot_each_person_may_what_the_table_says(who: str) -> None:
    assert letters(PEOPLE[who], MANDATE) == ON_NO_PILOT[who]


@pytest.mark.parametrize(("mark", "who"), MARKED)
def test_under_each_mark_a_person_may_what_the_table_says(mark: str, who: str) -> None:
    marked = replace(CONCERN, **{mark: True})  # type: ignore[arg-type]  # each mark is a boolean field

    assert letters(PEOPLE[who], marked) == MARKED[mark, who]


@pytest.mark.parametrize("label", ["", "WHITE", "red", "TLP:GREEN"])
def test_a_label_nobody_knows_lets_nobody_do_anything(label: str) -> None:
    strange = replace(CONCERN, label=label)

    assert not any(decide(who, action, strange).allowed for who in PEOPLE.values() for action in Action)


def test_a_name_that_is_empty_is_nobodys() -> None:
    nameless = person("", "coordinator")
    unowned = replace(CONCERN, owner="", author="", recipients=("",), group=("",), clients=("",))

    assert letters(nameless, unowned) == ON_A_PILOT["another coordinator"]


def test_a_role_held_on_no_pilot_counts_for_items_of_no_pilot_alone() -> None:
    enrolled = person("aid", "participant", pilot="")

    assert decide(enrolled, Action.READ_CONTENT, replace(MANDATE, label="AMBER+STRICT")).allowed
    assert not decide(enrolled, Action.READ_SKELETON, replace(CONCERN, label="GREEN")).allowed


def test_a_pilot_exists_for_those_with_a_role_on_it() -> None:
    aware = {who for who, member in PEOPLE.items() if knows(member, "flood")}

    assert aware == {who for who, row in ON_A_PILOT.items() if "v" in row[-1]}
    assert not knows(person("aid", "participant", pilot=""), "")


def test_a_decision_names_its_rule_and_the_version_of_the_rules() -> None:
    granted = decide(PEOPLE["somebody named"], Action.READ_CONTENT, CONCERN)
    refused = decide(PEOPLE["a colleague"], Action.READ_CONTENT, CONCERN)

    assert (granted.allowed, granted.rule) == (True, "read_content/RED/recipient")
    assert (refused.allowed, refused.rule) == (False, "read_content/RED/nobody-else")
    assert granted.version == refused.version == policy_version()
    assert len(policy_version()) == 12


def test_an_item_is_what_its_event_says() -> None:
    event = Event(
        stream="concern:1",
        recorded_at=0,
        occurred_at=0,
        member="heron",
        actor="aid",
        pilot="flood",
        label="RED",
        recipients=("ibis", "owl"),
        group=("un",),
        clients=("firm",),
    )

    assert Item.of(event) == CONCERN
    assert Item.of(replace(event, member="", actor=""), erased=True, unopened=True) == replace(
        CONCERN, author="", owner="", anonymous=True, erased=True, unopened=True
    )
