"""Events: what the vocabulary holds, what an act writes on an envelope, and words that do not show."""

import ast
import inspect
from pathlib import Path

import pytest

from counterpoise import domain
from counterpoise.domain.concerns import ConcernRaised
from counterpoise.domain.events import LABELS, NOTHING, Event, Sealed, kind, known_label
from counterpoise.domain.keys import KeyMade, key_made
from counterpoise.domain.refusals import Refusal, UnknownWord
from counterpoise.domain.streams import FOLDS
from counterpoise.domain.vocabulary import EVENTS, VOCABULARY
from tests.domain.scene import act, refused

TOPICS = """
theatre.opened theatre.context-shifted theatre.closed
actor.registered actor.mandate-clarified actor.audiences-set actor.fulcrum-set actor.red-line-declared
actor.red-line-lifted actor.chat-ceiling-set
member.enrolled member.linked member.unlinked member.role-granted member.role-revoked member.left
pilot.proposed pilot.charter-set pilot.charter-accepted pilot.actor-invited pilot.invitation-answered
pilot.actor-withdrew pilot.mandate-acknowledged pilot.stage-entered pilot.scans-opened pilot.level-advised
pilot.level-chosen pilot.visibility-changed pilot.tweak-adopted pilot.signal-noted pilot.stance-noted
pilot.position-taken pilot.outcome-stated pilot.analysis-planned pilot.reading-observed pilot.channel-linked
pilot.channel-unlinked pilot.closed pilot.round-opened pilot.round-closed
pilot.step-planned pilot.step-started pilot.step-paused pilot.step-completed pilot.step-abandoned
pilot.red-line-crossed pilot.red-line-waived pilot.gate-overridden pilot.exception-granted
scan.recorded scan.revised
reflection.recorded reflection.difference-noted
concern.raised concern.added-to concern.acknowledged concern.answered concern.resolved concern.withdrawn
lesson.drafted lesson.consented lesson.released lesson.marked-useful
narrative.first-sighted narrative.sighted narrative.adjusted-to
interaction.observed
consent.asked consent.given consent.refused consent.source-edited consent.source-deleted
key.made key.erased
deployment.policy-changed deployment.token-made deployment.token-revoked deployment.log-truncated
corrected withdrawn label-widened label-narrowed text-erased
""".split()  # noqa: SIM905  read as the streams they are of
"""Written to disk with every event: none of them ever changes or goes. New ones are added here too."""

SECRET = "the ferry sails at night"


def test_the_vocabulary_holds_these_topics_and_no_others() -> None:
    assert list(VOCABULARY) == TOPICS


def test_no_two_events_share_a_topic() -> None:
    assert len(EVENTS) == len(VOCABULARY)


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.TOPIC)
def test_an_event_is_frozen_flat_and_of_a_stream_that_folds(event: type[Event]) -> None:
    assert event.__dataclass_params__.frozen  # type: ignore[attr-defined]  # every dataclass has them
    assert event.__doc__
    assert "." not in event.TOPIC or kind(event.TOPIC.replace(".", ":")) in FOLDS


def test_an_act_writes_who_when_and_under_which_label_on_the_envelope() -> None:
    said = act(
        at=2,
        occurred_at=1,
        label="AMBER",
        recipients=("m1",),
        group=("agency",),
        clients=("firm",),
        source="chat",
    )

    assert said.on("pilot:ferry", theatre="coast", pilot="ferry") == {
        "stream": "pilot:ferry",
        "recorded_at": 2,
        "occurred_at": 1,
        "member": "m-agency",
        "actor": "agency",
        "theatre": "coast",
        "pilot": "ferry",
        "label": "AMBER",
        "recipients": ("m1",),
        "group": ("agency",),
        "clients": ("firm",),
        "source": "chat",
    }


def test_a_members_words_and_an_organisations_documents_have_keys_of_their_own() -> None:
    assert act().words(SECRET) == Sealed(SECRET, keeper="m-agency")
    assert act().document(SECRET) == Sealed(SECRET, keeper="actor:agency")


def test_no_words_need_no_key() -> None:
    assert (act().words(""), act().document("")) == (NOTHING, NOTHING)


@pytest.mark.parametrize(
    "sealed",
    [
        Sealed(SECRET),
        Sealed(SECRET, keeper="m-agency"),
        Sealed(SECRET, keeper="m-agency", box="sealed:1:k1:AAAA"),
    ],
)
def test_sealed_words_never_show(sealed: Sealed) -> None:
    shown = f"{sealed!r} {sealed} {[sealed]} {act().on('x')} {format(sealed)} {sealed!s}"

    assert SECRET not in shown


def test_an_event_does_not_show_its_words_either() -> None:
    raised = ConcernRaised(**act().on("concern:c1"), kind="data", severity="low", words=Sealed(SECRET))

    assert SECRET not in f"{raised!r} {raised}"


def test_a_box_names_the_key_that_opens_it() -> None:
    assert Sealed(None, box="sealed:1:k1:AAAA").key == "k1"
    assert Sealed(SECRET).key == ""


def test_sealed_words_are_equal_by_what_they_say_and_who_keeps_them() -> None:
    assert Sealed(SECRET, keeper="a") == Sealed(SECRET, keeper="a")
    assert Sealed(SECRET, keeper="a") != Sealed(SECRET, keeper="b")
    assert Sealed(SECRET) != SECRET
    assert len({Sealed(SECRET), Sealed(SECRET)}) == 1


def test_a_label_is_one_of_the_five_of_tlp() -> None:
    assert [known_label(label) for label in LABELS] == ["CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED"]
    with refused(UnknownWord, owner="you"):
        known_label("WHITE")


def test_a_key_that_is_made_names_nobody_and_is_shown_to_nobody() -> None:
    made = key_made(key="k1", commitment="c" * 64, pilot="ferry", at=7)

    assert made == KeyMade(
        stream="key:k1",
        recorded_at=7,
        occurred_at=7,
        pilot="ferry",
        label="RED",
        key="k1",
        commitment="c" * 64,
    )


def refusals() -> list[type[Refusal]]:
    """Return every refusal there is in the rooms that were imported."""
    found, waiting = [], [Refusal]
    while waiting:
        children = waiting.pop().__subclasses__()
        found += children
        waiting += children
    return [each for each in found if each.__module__.startswith("counterpoise.domain.")]


def test_every_refusal_keeps_a_rule_of_its_own_and_says_it_in_a_sentence() -> None:
    rules = [refusal.rule for refusal in refusals()]

    assert sorted(set(rules)) == sorted(rules)
    assert all(
        "rule" in vars(refusal) and (inspect.getdoc(refusal) or "").endswith(".") for refusal in refusals()
    )


@pytest.mark.parametrize(
    "path", sorted(Path(next(iter(domain.__path__))).glob("*.py")), ids=lambda path: path.name
)
def test_every_refusal_that_is_raised_says_who_can_satisfy_it_and_how(path: Path) -> None:
    own_words = {"UnknownWord", "GateShut", "TypeError"}  # they find owner and remedy themselves
    raised = [
        node.exc
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call)
    ]

    for call in raised:
        assert isinstance(call.func, ast.Name)
        said = {keyword.arg for keyword in call.keywords}
        assert call.func.id in own_words or said == {"owner", "remedy"}, f"line {call.lineno}"
