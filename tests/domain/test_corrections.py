"""Corrections: new events that name old ones, typed and checked, by the organisation that recorded them."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from counterpoise.domain import corrections
from counterpoise.domain.concerns import ConcernRaised, ConcernResolved
from counterpoise.domain.corrections import (
    FIXED,
    REVOCABLE,
    Corrected,
    LabelNarrowed,
    LabelUnchanged,
    LabelWidened,
    NothingToCorrect,
    NotYours,
    TextErased,
    Withdrawn,
)
from counterpoise.domain.events import NOTHING, Act, Event, Sealed
from counterpoise.domain.lessons import LessonConsented, LessonDrafted, LessonMarkedUseful
from counterpoise.domain.narratives import NarrativeFirstSighted, NarrativeSighted
from counterpoise.domain.pilots import (
    OutcomeStated,
    PositionTaken,
    ReadingObserved,
    SignalNoted,
    StanceNoted,
    TweakAdopted,
)
from counterpoise.domain.reflections import DifferenceNoted, Rating, ReflectionRecorded
from counterpoise.domain.refusals import BadValue, Refusal, UnknownWord
from counterpoise.domain.scans import ScanRecorded, ScanRevised, Score
from counterpoise.domain.steps import RedLineCrossed, RedLineWaived, StepCompleted
from counterpoise.domain.vocabulary import EVENTS
from tests.domain.scene import NOON, TABLES, act, beside, document, on_ferry, refused, words

WITHIN = act(label="AMBER+STRICT", group=("agency",))
CONCERN = ConcernRaised(
    **beside("concern:c1", WITHIN),
    kind="neutrality",
    severity="low",
    words=words("Too close"),
    about="brigade",
)
REFLECTION = ReflectionRecorded(
    **beside("reflection:f1"),
    step="scout",
    phase="before",
    ratings=(Rating(actor="brigade", rating=4),),
    words=words("Ready"),
)
DIFFERENCE = DifferenceNoted(
    **beside("reflection:f1"), before="reflection:f0", than_expected=-1, words=words("Slower")
)
SCORES = (Score(factor="speed", score=0.5, doubt=0.1), Score(factor="brand", score=0.5, doubt=0.1))
SCAN = ScanRecorded(
    **beside("scan:ferry/agency/framing"), stage="framing", scores=SCORES, fulcrum=2.0, words=words("So")
)
SIGHTED: dict[str, Any] = {"about": ("brigade",), "valence": 0.5, "credibility": 0.5, "reach": "local"}
STORY = beside("narrative:n1", pilot="")
DRAFTED = LessonDrafted(
    **beside("lesson:l1"), title=document("Ask"), words=document("Ask"), because_of="", consent_of=("agency",)
)
SAMPLES: Mapping[type[Event], Event] = {
    type(event): event
    for event in (
        SCAN,
        ScanRevised(**beside("scan:ferry/agency/framing"), stage="framing", scores=SCORES),
        REFLECTION,
        DIFFERENCE,
        CONCERN,
        ConcernResolved(**beside("concern:c1"), about="brigade", severity="low", raised_at=NOON),
        NarrativeFirstSighted(**STORY, **SIGHTED, story=words("In the night")),
        NarrativeSighted(**STORY, **SIGHTED, words=words("In the night")),
        DRAFTED,
        LessonMarkedUseful(**beside("lesson:l1"), useful=True),
        SignalNoted(
            **on_ferry(),
            signal="criticism",
            by="agency",
            towards="brigade",
            stance="dissociation",
            audience="",
        ),
        StanceNoted(**on_ferry(), towards="brigade", stance="association"),
        PositionTaken(**on_ferry(), position="consent", step=""),
        OutcomeStated(**on_ferry(), outcome="partly", step="", words=NOTHING),
        ReadingObserved(**on_ferry(), about="agency", audience="media", expected=0.5, observed=0.5),
        TweakAdopted(**on_ferry(), tweak="t1", because_of="concern:c1", change=document("No flags")),
        StepCompleted(**on_ferry(), step="scout", achieved=0.5, took_part=(), results=()),
        RedLineCrossed(**on_ferry(), red_line="r1", owner="agency", by="brigade", step=""),
        RedLineWaived(**on_ferry(), red_line="r1", step="scout", reason=document("Once")),
    )
}
CHANGES: Mapping[type[Event], tuple[dict[str, Any], dict[str, Any]]] = {
    ScanRecorded: ({"fulcrum": None, "red_line": True}, {"scores": []}),
    ScanRevised: ({"fulcrum": 3}, {"fulcrum": 30.0}),
    ReflectionRecorded: ({"ratings": [{"actor": "brigade", "rating": 2}]}, {"phase": "never"}),
    DifferenceNoted: ({"than_expected": 0}, {"than_expected": 5}),
    ConcernRaised: ({"severity": "high", "about": ""}, {"about": "agency"}),
    ConcernResolved: ({"severity": "high"}, {"severity": "huge"}),
    NarrativeFirstSighted: ({"valence": -1}, {"valence": -2}),
    NarrativeSighted: ({"about": ["firm"]}, {"reach": "galactic"}),
    LessonDrafted: ({"factors": ["speed"]}, {"consent_of": []}),
    LessonMarkedUseful: ({"useful": False}, {"useful": "no"}),
    SignalNoted: ({"audience": "media"}, {"towards": "agency"}),
    StanceNoted: ({"stance": "dissociation"}, {"stance": "aloof"}),
    PositionTaken: ({"position": "abstention"}, {"position": "objection"}),
    OutcomeStated: ({"outcome": "refuted"}, {"outcome": "fine"}),
    ReadingObserved: ({"observed": 1}, {"observed": 1.5}),
    TweakAdopted: ({"safeguards": ["plain clothes"]}, {"because_of": "whim:1"}),
    StepCompleted: ({"achieved": 1.0, "took_part": ["agency"]}, {"achieved": 1.5}),
    RedLineCrossed: ({"by": "firm"}, {"by": "agency"}),
    RedLineWaived: ({"red_line": "r2"}, {"step": "elsewhere"}),
}
"""What a correction may say of each kind, and what it may not."""

KINDS = sorted(REVOCABLE, key=lambda kind: kind.TOPIC)


def correct(*events: Event, of: int = 1, changes: dict[str, Any] | None = None, **said: Any) -> Corrected:  # noqa: ANN401
    plain: dict[str, Any] = {"field": "", "words": "", "reason": "A slip", "tables": TABLES, "act": act()}
    return corrections.correct(events, of=of, changes=changes or {}, **plain | said)


def withdraw(*events: Event, of: int = 1, who: Act | None = None) -> Withdrawn:
    return corrections.withdraw(events, of=of, reason="Not so", act=who or act())


def standing(*events: Event) -> Event | None:
    """Return how the first of these events reads after all of them."""
    return corrections.standing(events)[0]


def test_every_kind_that_can_be_corrected_is_tried() -> None:
    assert set(SAMPLES) == set(CHANGES) == set(REVOCABLE)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.TOPIC)
def test_a_corrected_event_reads_as_the_correction_says(kind: type[Event]) -> None:
    event, (changes, _) = SAMPLES[kind], CHANGES[kind]

    read = standing(event, correct(event, changes=changes))

    assert read is not None
    after = {name: getattr(read, name) for name in changes}
    assert json.loads(json.dumps(after, default=vars)) == changes
    assert replace(read, **{name: getattr(event, name) for name in changes}) == event


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.TOPIC)
def test_what_no_decision_would_record_no_correction_says(kind: type[Event]) -> None:
    with pytest.raises(Refusal):
        correct(SAMPLES[kind], changes=CHANGES[kind][1])


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.TOPIC)
def test_a_withdrawn_event_reads_as_nothing(kind: type[Event]) -> None:
    event = SAMPLES[kind]

    assert standing(event, withdraw(event)) is None


def test_a_correction_names_what_it_corrects_and_keeps_its_label_and_its_people() -> None:
    later = act(at=NOON + 1, label="CLEAR", group=("firm",), source="chat")

    correction = correct(CONCERN, changes={"severity": "high"}, act=later)

    assert correction == Corrected(
        **beside("concern:c1", replace(later, label="AMBER+STRICT", group=("agency",))),
        of=1,
        changes='{"severity": "high"}',
        reason=words("A slip"),
    )


def test_a_withdrawal_names_what_it_withdraws_and_keeps_its_label_and_its_people() -> None:
    assert withdraw(CONCERN, who=act(label="CLEAR")) == Withdrawn(
        **beside("concern:c1", WITHIN), of=1, reason=words("Not so")
    )


def test_words_are_corrected_under_the_correcting_members_key() -> None:
    other = act(member="m-ada")

    read = standing(CONCERN, correct(CONCERN, field="words", words="Close to the base", act=other))

    assert read == replace(CONCERN, words=Sealed("Close to the base", keeper="m-ada"))


def test_a_second_correction_goes_on_from_the_first() -> None:
    first = correct(CONCERN, changes={"severity": "high", "kind": "data"})
    second = correct(CONCERN, first, changes={"severity": "medium"})

    assert standing(CONCERN, first, second) == replace(CONCERN, severity="medium", kind="data")


def test_only_what_was_recorded_before_it_reads_otherwise() -> None:
    first = correct(CONCERN, changes={"severity": "high"})

    assert corrections.standing([CONCERN, first]) == [replace(CONCERN, severity="high"), first]


@pytest.mark.parametrize(
    ("changes", "remedy"),
    [
        ({"colour": "red"}, "Fields: "),
        ({"words": "In the clear"}, "Fields: "),
        ({"label": "CLEAR"}, "Fields: "),
        ({"member": "m-ada"}, "Fields: "),
        ({"severity": 3}, "Give a value of the kind"),
        ({"severity": None}, "Give a value of the kind"),
        ({"about": ["brigade"]}, "Give a value of the kind"),
    ],
)
def test_a_correction_of_the_wrong_field_or_type_says_what_would_fit(
    changes: dict[str, Any], remedy: str
) -> None:
    with refused(BadValue, owner="you") as caught:
        correct(CONCERN, changes=changes)

    assert caught.value.remedy.startswith(remedy)


@pytest.mark.parametrize(
    "changes",
    [
        {"scores": {"speed": 0.5}},
        {"scores": [{"factor": "speed"}]},
        {"scores": [{"factor": "speed", "score": 0.5, "doubt": 0.1, "mood": 1.0}]},
        {"scores": [{"factor": "speed", "score": "high", "doubt": 0.1}]},
        {"scores": [0.5]},
        {"red_line": 1},
        {"fulcrum": True},
        {"fulcrum": "two"},
    ],
)
def test_a_correction_of_the_parts_of_a_field_is_typed_too(changes: dict[str, Any]) -> None:
    with refused(BadValue, owner="you"):
        correct(SCAN, changes=changes)


def test_a_whole_number_does_for_a_fraction() -> None:
    read = standing(SCAN, correct(SCAN, changes={"fulcrum": 3}))

    assert isinstance(read, ScanRecorded)
    assert isinstance(read.fulcrum, float)


@pytest.mark.parametrize("name", sorted(FIXED))
def test_what_an_event_is_of_is_not_corrected(name: str) -> None:
    kind = next(kind for kind in KINDS if name in kind.__dataclass_fields__)

    with refused(BadValue, owner="you"):
        correct(SAMPLES[kind], changes={name: getattr(SAMPLES[kind], name)})


@pytest.mark.parametrize("field", ["severity", "colour", "label"])
def test_only_fields_of_words_take_words(field: str) -> None:
    with refused(BadValue, owner="you"):
        correct(CONCERN, field=field, words="Close")


def test_a_correction_that_changes_nothing_is_refused() -> None:
    with refused(BadValue, owner="you"):
        correct(CONCERN)


@pytest.mark.parametrize(
    "kind", [ConcernRaised, TweakAdopted, RedLineWaived, LessonDrafted, NarrativeFirstSighted]
)
def test_what_must_be_said_is_not_taken_out_by_a_correction(kind: type[Event]) -> None:
    event = SAMPLES[kind]
    field = next(name for name in ("words", "change", "reason", "story") if name in kind.__dataclass_fields__)

    with refused(BadValue, owner="you"):
        correct(event, field=field, words=" ")


def test_a_corrected_word_is_one_of_the_vocabulary() -> None:
    with refused(UnknownWord, owner="you"):
        correct(CONCERN, changes={"severity": "huge"})


CHANGE: dict[str, Any] = {"changes": {"severity": "high"}}


@pytest.mark.parametrize("of", [-1, 0, 2, 99])
def test_what_is_not_there_is_neither_corrected_nor_withdrawn_nor_relabelled(of: int) -> None:
    with refused(NothingToCorrect, owner="you"):
        correct(CONCERN, of=of, **CHANGE)
    with refused(NothingToCorrect, owner="you"):
        withdraw(CONCERN, of=of)
    with refused(NothingToCorrect, owner="you"):
        corrections.widen([CONCERN], of=of, act=act())
    with refused(NothingToCorrect, owner="you"):
        corrections.narrow([CONCERN], of=of, act=act(label="RED"))


def test_what_is_withdrawn_is_gone_for_corrections_too() -> None:
    gone = withdraw(CONCERN)

    with refused(NothingToCorrect, owner="you"):
        correct(CONCERN, gone, **CHANGE)
    with refused(NothingToCorrect, owner="you"):
        withdraw(CONCERN, gone)
    with refused(NothingToCorrect, owner="you"):
        corrections.narrow([CONCERN, gone], of=1, act=act(label="RED"))


def test_a_correction_that_comes_after_a_withdrawal_changes_nothing() -> None:
    assert standing(CONCERN, withdraw(CONCERN), correct(CONCERN, **CHANGE)) is None


@pytest.mark.parametrize("version", [2, 3, 4, 5])
def test_what_undoes_is_not_undone(version: int) -> None:
    events = (
        CONCERN,
        correct(CONCERN, **CHANGE),
        corrections.narrow([CONCERN], of=1, act=act(label="RED")),
        TextErased(**beside("concern:c1"), keys=()),
        withdraw(REFLECTION),
    )

    with refused(NothingToCorrect, owner="you"):
        correct(*events, of=version, changes={"of": 2})


STANDS_FOR_EVER = [kind for kind in EVENTS if kind not in REVOCABLE]


def test_what_is_not_revocable_stands_for_ever() -> None:
    consented = LessonConsented(**beside("lesson:l1"))

    with refused(NothingToCorrect, owner="you") as caught:
        withdraw(consented)

    assert caught.value.sentence == "lesson.consented stands for ever."
    assert len(STANDS_FOR_EVER) == len(EVENTS) - len(REVOCABLE)


def test_another_organisation_neither_corrects_nor_withdraws_nor_learns_whose_it_is() -> None:
    with refused(NotYours, owner="whoever recorded it"):
        correct(CONCERN, **CHANGE, act=act("brigade"))
    with refused(NotYours, owner="whoever recorded it"):
        withdraw(CONCERN, who=act("brigade"))


def test_a_colleague_corrects_what_their_organisation_recorded() -> None:
    assert correct(CONCERN, **CHANGE, act=act(member="m-ada")).member == "m-ada"


def test_nobody_with_a_name_corrects_what_is_anonymous() -> None:
    anonymous = replace(CONCERN, member="", actor="", anonymous=True)

    with refused(NotYours):
        correct(anonymous, **CHANGE)
    with refused(NotYours):
        correct(anonymous, **CHANGE, act=act(actor=""))


def test_a_label_is_widened_to_more_people() -> None:
    wider = act(label="GREEN")

    widened = corrections.widen([CONCERN], of=1, act=wider)

    assert widened == LabelWidened(**beside("concern:c1", wider), of=1)
    assert standing(CONCERN, widened) == replace(CONCERN, label="GREEN", group=())


def test_a_label_may_be_widened_by_people_alone() -> None:
    more = replace(WITHIN, group=("agency", "brigade"))

    assert corrections.widen([CONCERN], of=1, act=more).group == ("agency", "brigade")


def test_a_label_is_narrowed_to_fewer_people() -> None:
    narrowed = corrections.narrow([CONCERN], of=1, act=act(label="RED", recipients=("m-ada",)))

    assert narrowed == LabelNarrowed(**beside("concern:c1", act(label="RED", recipients=("m-ada",))), of=1)
    assert standing(CONCERN, narrowed) == replace(CONCERN, label="RED", recipients=("m-ada",), group=())


def test_a_label_may_be_narrowed_by_people_alone() -> None:
    shared = replace(CONCERN, group=("agency", "brigade"))

    assert corrections.narrow([shared], of=1, act=WITHIN).group == ("agency",)


def test_a_relabelled_item_still_belongs_to_whoever_recorded_it() -> None:
    narrowed = corrections.narrow([CONCERN], of=1, act=act("brigade", label="RED"))

    assert (narrowed.actor, narrowed.member) == ("agency", "m-brigade")


@pytest.mark.parametrize(
    ("change", "circumstances"),
    [
        (corrections.widen, WITHIN),
        (corrections.widen, act(label="RED")),
        (corrections.narrow, WITHIN),
        (corrections.narrow, act(label="GREEN")),
        (corrections.narrow, replace(WITHIN, group=("agency", "brigade"))),
    ],
)
def test_a_label_that_would_not_change_that_way_is_refused(change: Any, circumstances: Act) -> None:  # noqa: ANN401
    with refused(LabelUnchanged, owner="you"):
        change([CONCERN], of=1, act=circumstances)


@pytest.mark.parametrize("change", [corrections.widen, corrections.narrow])
def test_a_label_is_one_of_tlp(change: Any) -> None:  # noqa: ANN401
    with refused(UnknownWord, owner="you"):
        change([CONCERN], of=1, act=act(label="WHITE"))


def test_a_label_is_changed_of_what_stands_for_ever_too() -> None:
    consented = LessonConsented(**beside("lesson:l1"))

    assert corrections.narrow([consented], of=1, act=WITHIN).of == 1
