"""Labels: who reads what and who knows that it is there; who may widen and narrow; circumstances that cannot be."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from counterpoise.application.desk import SKEW
from counterpoise.domain.concerns import ConcernAcknowledged, ConcernRaised
from counterpoise.domain.corrections import LabelNarrowed, LabelUnchanged, LabelWidened, NotYours
from counterpoise.domain.events import LABELS
from counterpoise.domain.members import NoSuchMember
from counterpoise.domain.refusals import BadValue, Refusal, UnknownWord
from tests.application.sayings import SAYINGS
from tests.application.world import DAY, HOUR, World, copied, how, plain, refused

CONCERN = SAYINGS["concern"]
PEOPLE = ("ines", "omar", "kurt", "lena", "vera", "wim")
WORDS = "Too close"

Reading = Mapping[str, str | None]
"""What each of the people is told of an item: its words, `skeleton`, or nothing."""


def read_by(*names: str, known_to: tuple[str, ...] = ()) -> Reading:
    """Return a reading in which these read the words, and others know that they are there."""
    return {name: WORDS if name in names else "skeleton" if name in known_to else None for name in PEOPLE}


ON_IT = ("ines", "omar", "kurt", "lena", "vera")
READ: Mapping[str, Reading] = {
    "CLEAR": read_by(*PEOPLE),
    "GREEN": read_by(*ON_IT),
    "AMBER": read_by("ines", "omar", known_to=ON_IT),
    "AMBER+STRICT": read_by("ines", "omar", known_to=ON_IT),
    "RED": read_by("omar", known_to=("vera",)),
}
BRIGADE_TOO = read_by("ines", "omar", "kurt", "lena", known_to=ON_IT)


@dataclass(frozen=True)
class Case:
    """A concern of Omar's under some circumstances, how it is relabelled, by whom, and who reads it then."""

    under: Mapping[str, Any]
    read: Reading
    relabelled: tuple[tuple[str, Mapping[str, Any]], ...] = ()


def red(*names: str) -> dict[str, Any]:
    """Return RED, for these people."""
    return {"label": "RED", "recipients": names}


CASES: Mapping[str, Case] = {
    **{label: Case({"label": label}, READ[label]) for label in LABELS},
    "unlabelled": Case({}, READ["AMBER+STRICT"]),
    "red for two": Case(red("kurt", "ines"), read_by("omar", "kurt", "ines", known_to=("vera",))),
    "strict with a group and clients": Case(
        {"label": "AMBER+STRICT", "group": ("brigade",), "clients": ("firm",)}, BRIGADE_TOO
    ),
    "with a client": Case({"label": "AMBER", "clients": ("brigade",)}, BRIGADE_TOO),
    "its source widens": Case({}, READ["GREEN"], (("omar", {"label": "GREEN"}),)),
    "its source widens to a group": Case(
        {}, BRIGADE_TOO, (("omar", {"label": "AMBER+STRICT", "group": ("brigade",)}),)
    ),
    "its source narrows": Case(
        {"label": "GREEN"}, READ["AMBER+STRICT"], (("omar", {"label": "AMBER+STRICT"}),)
    ),
    "a coordinator of its organisation narrows": Case(
        {"label": "GREEN"}, READ["AMBER+STRICT"], (("ines", {"label": "AMBER+STRICT"}),)
    ),
    "its source narrows to somebody it names": Case(
        {}, read_by("omar", "kurt", known_to=("vera",)), (("omar", red("kurt")),)
    ),
    "a coordinator narrows to who reads it already": Case(
        {}, read_by("omar", "ines", known_to=("vera",)), (("ines", red("ines")),)
    ),
    "narrowed, then widened": Case(
        {"label": "GREEN"}, READ["GREEN"], (("ines", {"label": "AMBER+STRICT"}), ("omar", {"label": "GREEN"}))
    ),
}


def circumstances(world: World, said: Mapping[str, Any]) -> Any:  # noqa: ANN401  as `how` gives them
    """Return circumstances with the ids of those they name."""
    named = {word: tuple(world[each] for each in names) for word, names in said.items() if word != "label"}
    return how(**{word: said[word] for word in ("label",) if word in said}, **named)


@pytest.fixture(scope="module")
def labelled(built: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Reading]]:
    """Let every case happen in one world, and read it as each of the people does: by the name of the case."""
    with copied(built, tmp_path_factory.mktemp("labelled")) as world:
        before = {case: raise_it(world, case) for case in CASES}
        size = world.size()
        for case, event in before.items():
            for name, said in CASES[case].relabelled:
                world.say(name, "records.relabel", circumstances(world, said), event=event)
        assert len(world.events(LabelWidened, LabelNarrowed)) == 8
        yield {
            f"{case}{when}": {name: told.get(event) for name, told in by_name.items()}
            for when, by_name in (("", all_read(world)), (", before", all_read(world, as_of=str(size))))
            for case, event in before.items()
        }


def raise_it(world: World, case: str) -> str:
    receipt = CONCERN.say(world, circumstances(world, CASES[case].under))
    return f"concern:{world.remember(case, receipt)}#1"


def all_read(world: World, *, as_of: str = "") -> Mapping[str, Mapping[str, str]]:
    """Return what each of the people reads: event to words, or `skeleton`."""
    ledger = world.application.questions.ledger
    return {
        name: {
            row["event"]: row["fields"].get("words", "") if row["readable"] else "skeleton"
            for row in ledger.events(world.by(name), as_of=as_of).value
        }
        for name in PEOPLE
    }


@pytest.mark.parametrize("case", CASES)
def test_a_label_says_who_reads_what_and_who_knows_that_it_is_there(
    labelled: Mapping[str, Reading], case: str
) -> None:
    assert labelled[case] == CASES[case].read


@pytest.mark.parametrize("case", [case for case in CASES if CASES[case].relabelled])
def test_who_may_read_the_past_is_a_matter_of_today(labelled: Mapping[str, Reading], case: str) -> None:
    assert labelled[f"{case}, before"] == CASES[case].read


def raised(world: World, **said: Any) -> dict[str, Any]:  # noqa: ANN401  any circumstance
    """Return a concern of Omar's as it was recorded under these circumstances."""
    receipt = CONCERN.say(world, how(**said))
    world.remember("concern", receipt)
    (event,) = world.recorded(receipt)
    return plain(event)


def relabel(world: World, name: str, **said: Any) -> None:  # noqa: ANN401  any circumstance
    world.say(name, "records.relabel", how(**said), event=f"concern:{world['concern']}#1")


def test_red_names_pseudonyms_and_strict_amber_no_clients(world: World) -> None:
    named = raised(world, label="RED", recipients=(world["kurt"],))
    shared = raised(world, label="AMBER+STRICT", group=(world["brigade"],), clients=(world["firm"],))

    assert named["recipients"] == (world.name("kurt"),)
    assert (shared["group"], shared["clients"]) == ((world["agency"], world["brigade"]), ())


@pytest.mark.parametrize("name", ["vera", "wim", "pat", "gone", "ada"])
def test_red_names_nobody_who_does_not_take_part(world: World, name: str) -> None:
    with refused(NoSuchMember):
        raised(world, label="RED", recipients=(world[name],))


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"label": "WHITE"}, UnknownWord),
        ({"source": "pigeon"}, UnknownWord),
        ({"recipients": ("nobody",), "label": "RED"}, NoSuchMember),
    ],
)
def test_circumstances_that_cannot_be_are_refused(
    world: World, said: dict[str, Any], refusal: type[Refusal]
) -> None:
    with refused(refusal):
        raised(world, **said)


def test_red_about_no_pilot_names_its_readers(world: World) -> None:
    with refused(BadValue):
        SAYINGS["story"].say(world, how(label="RED"))


def test_nothing_is_recorded_that_has_not_occurred_yet(world: World) -> None:
    with refused(BadValue) as caught:
        raised(world, occurred_at=world.clock.now + SKEW + 2_000_000)

    assert caught.value.sentence == "That has not occurred yet."


def test_clocks_may_differ_by_a_little(world: World) -> None:
    said = raised(world, occurred_at=world.clock.now + SKEW)

    assert said["occurred_at"] - said["recorded_at"] <= SKEW


def test_what_occurred_a_while_ago_is_recorded_now(world: World) -> None:
    said = raised(world, occurred_at=world.clock.now - DAY)

    assert said["recorded_at"] == world.clock.now
    assert said["recorded_at"] - said["occurred_at"] == DAY + 1_000_000


def test_a_follow_up_carries_the_time_it_occurred(world: World) -> None:
    raised(world)
    SAYINGS["acknowledge"].say(world, how(occurred_at=world.clock.now - HOUR))

    (event,) = world.events(ConcernAcknowledged)
    (first,) = world.events(ConcernRaised)
    assert event.occurred_at < first.recorded_at < event.recorded_at


def test_follow_ups_go_to_whoever_reads_the_concern_and_to_whoever_raised_it(world: World) -> None:
    raised(world, label="RED", recipients=(world["kurt"],))

    (event,) = world.recorded(SAYINGS["acknowledge"].say(world))

    assert event.label == "RED"
    assert set(event.recipients) == {world.name("kurt"), world.name("omar")}


def test_a_follow_up_of_a_narrowed_concern_is_as_narrow(world: World) -> None:
    raised(world, label="GREEN")
    relabel(world, "omar", label="RED", recipients=(world["kurt"],))

    (event,) = world.recorded(SAYINGS["acknowledge"].say(world))

    assert event.label == "RED"


def test_what_is_narrowed_takes_its_corrections_along(world: World) -> None:
    raised(world, label="GREEN")
    concern = f"concern:{world['concern']}"
    world.say("omar", "records.correct", event=f"{concern}#1", field="words", words="Much", reason="More so")
    relabel(world, "omar", label="RED", recipients=(world["ines"],))

    told = world.application.questions.ledger.events(world.by("kurt")).value

    assert not [row for row in told if row["stream"] == concern]


@pytest.mark.parametrize("name", ["ines", "kurt", "vera"])
def test_nobody_but_its_source_widens_a_label(world: World, name: str) -> None:
    raised(world, label="GREEN")

    with refused(NotYours):
        relabel(world, name, label="CLEAR")


@pytest.mark.parametrize("name", ["kurt", "lena", "vera"])
def test_another_organisation_narrows_nothing(world: World, name: str) -> None:
    raised(world, label="GREEN")

    with refused(NotYours):
        relabel(world, name, label="AMBER+STRICT")


def test_a_coordinator_narrows_to_nobody_new(world: World) -> None:
    raised(world)

    with refused(NotYours):
        relabel(world, "ines", label="RED", recipients=(world["kurt"],))


def test_a_label_that_changes_nothing_is_refused(world: World) -> None:
    raised(world)

    with refused(LabelUnchanged):
        relabel(world, "omar", label="AMBER+STRICT")


def test_a_change_of_label_names_the_label(world: World) -> None:
    raised(world)

    with refused(UnknownWord):
        relabel(world, "omar", recipients=(world["ines"],))


@pytest.mark.parametrize("name", ["stage", "level", "charter"])
def test_a_verb_takes_a_label_of_ones_own_choice(world: World, name: str) -> None:
    (event,) = world.recorded(SAYINGS[name].say(world, how(label="AMBER+STRICT")))

    own = world["brigade" if SAYINGS[name].by == "lena" else "agency"]
    assert (event.label, event.group) == ("AMBER+STRICT", (own,))
