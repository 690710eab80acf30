"""Concerns: raised, taken up, answered and settled by whoever raised them; the anonymous carry nothing."""

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import pytest

from counterpoise.domain import concerns
from counterpoise.domain.concerns import (
    Concern,
    ConcernAcknowledged,
    ConcernAnswered,
    ConcernEnded,
    ConcernExists,
    ConcernRaised,
    ConcernResolved,
    ConcernWithdrawn,
    NoSuchConcern,
    NoSuchTweak,
    OnlyWhoRaisedIt,
)
from counterpoise.domain.events import Event, Sealed
from counterpoise.domain.pilots import NoSuchPilot, PilotIsClosed
from counterpoise.domain.refusals import BadValue, Refusal, UnknownWord
from counterpoise.domain.steps import NoSuchStep
from tests.domain.scene import CLOSED, DAY, FERRY, NOON, TABLES, act, beside, folded, refused, words

STREAM = "concern:c1"
RAISING: dict[str, Any] = {
    "concern_id": "c1",
    "kind": "neutrality",
    "severity": "high",
    "words": "Too close to the base",
    "factor": "neutrality",
    "about": "brigade",
    "step": "scout",
    "anonymous": False,
    "language": "fr",
    "tables": TABLES,
    "act": act(),
}
RAISED = ConcernRaised(
    **beside(STREAM),
    kind="neutrality",
    severity="high",
    words=words("Too close to the base"),
    factor="neutrality",
    about="brigade",
    step="scout",
    anonymous=False,
    language="fr",
)
STANDING = Concern(STREAM, "ferry", "coast", "agency", "brigade", "high", NOON, anonymous=False)
ANONYMOUS = replace(STANDING, owner="", anonymous=True)
TWEAKED = replace(FERRY, tweaks=frozenset({"t1"}))
BY_BRIGADE = act("brigade")


def raised(**said: Any) -> ConcernRaised:  # noqa: ANN401  any of its words
    return concerns.raise_concern(FERRY, None, **RAISING | said)


def test_a_concern_is_raised_about_a_partner() -> None:
    assert raised() == RAISED


def test_a_concern_may_be_about_nobody_and_no_step() -> None:
    bare = raised(about="", factor="", step="")

    assert (bare.about, bare.factor, bare.step) == ("", "", "")


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"words": ""}, BadValue),
        ({"kind": "gossip"}, UnknownWord),
        ({"severity": "huge"}, UnknownWord),
        ({"language": "tlh"}, UnknownWord),
        ({"factor": "luck"}, UnknownWord),
        ({"about": "agency"}, BadValue),
        ({"step": "nowhere"}, NoSuchStep),
    ],
)
def test_a_concern_that_cannot_be_is_refused(said: dict[str, str], refusal: type[Refusal]) -> None:
    with refused(refusal, owner="you"):
        raised(**said)


def test_a_concern_is_raised_once_on_a_pilot_that_runs() -> None:
    with refused(ConcernExists, owner="you"):
        concerns.raise_concern(FERRY, STANDING, **RAISING)
    with refused(NoSuchPilot, owner="coordinator"):
        concerns.raise_concern(None, None, **RAISING)
    with refused(PilotIsClosed, owner="coordinator"):
        concerns.raise_concern(CLOSED, None, **RAISING)


def test_an_anonymous_concern_carries_neither_member_nor_actor_nor_hour() -> None:
    said = act(occurred_at=NOON - DAY)

    unnamed = raised(anonymous=True, act=said)

    day = NOON - DAY // 2
    assert unnamed == replace(
        RAISED,
        member="",
        actor="",
        recorded_at=day,
        occurred_at=day - DAY,
        words=Sealed("Too close to the base", keeper="concern:c1"),
        anonymous=True,
    )


@pytest.mark.parametrize("label", ["GREEN", "RED", "CLEAR"])
def test_nothing_of_an_anonymous_concern_names_its_author_or_their_organisation(label: str) -> None:
    unnamed = raised(anonymous=True, about="", act=act(label=label, group=("agency",), clients=("agency",)))

    said = [getattr(unnamed, field.name) for field in fields(unnamed)]
    assert "agency" not in repr(said)


@pytest.mark.parametrize("label", ["AMBER", "AMBER+STRICT"])
def test_an_anonymous_concern_is_not_kept_within_an_organisation_that_it_does_not_name(label: str) -> None:
    with refused(BadValue, owner="you"):
        raised(anonymous=True, act=act(label=label, group=("agency",)))


def test_a_concern_is_taken_up() -> None:
    acknowledged = concerns.acknowledge(STANDING, words="Heard", act=BY_BRIGADE)

    assert acknowledged == ConcernAcknowledged(**beside(STREAM, BY_BRIGADE), words=words("Heard", "brigade"))


def test_a_concern_is_answered_with_a_tweak_of_its_pilot() -> None:
    answered = concerns.answer(STANDING, TWEAKED, tweak="t1", words="", act=BY_BRIGADE)

    assert answered == ConcernAnswered(**beside(STREAM, BY_BRIGADE), tweak="t1")


def test_a_concern_is_not_answered_with_what_the_pilot_has_not_adopted() -> None:
    with refused(NoSuchTweak, owner="coordinator") as caught:
        concerns.answer(STANDING, TWEAKED, tweak="t2", words="", act=BY_BRIGADE)
    with refused(NoSuchPilot):
        concerns.answer(STANDING, None, tweak="t1", words="", act=BY_BRIGADE)

    assert caught.value.remedy == "Its tweaks: t1."


def test_whoever_raised_it_says_that_a_concern_is_settled() -> None:
    resolved = concerns.resolve(STANDING, words="Thank you", act=act())

    assert resolved == ConcernResolved(
        **beside(STREAM), about="brigade", severity="high", raised_at=NOON, words=words("Thank you")
    )


def test_a_concern_is_settled_after_it_was_raised() -> None:
    with refused(BadValue, owner="you"):
        concerns.resolve(STANDING, words="", act=act(occurred_at=NOON - 1))


def test_whoever_raised_it_takes_a_concern_back() -> None:
    withdrawn = concerns.withdraw(STANDING, reason="Seen wrong", act=act())

    assert withdrawn == ConcernWithdrawn(**beside(STREAM), reason=words("Seen wrong"))


RESOLVE: dict[str, Any] = {"words": ""}
WITHDRAW: dict[str, Any] = {"reason": ""}


@pytest.mark.parametrize(("decide", "said"), [(concerns.resolve, RESOLVE), (concerns.withdraw, WITHDRAW)])
@pytest.mark.parametrize("concern", [STANDING, ANONYMOUS])
def test_nobody_else_settles_a_concern_or_learns_whose_it_is(
    decide: Callable[..., Event], said: dict[str, Any], concern: Concern
) -> None:
    with refused(OnlyWhoRaisedIt, owner="whoever raised it") as caught:
        decide(concern, **said, act=BY_BRIGADE)

    assert "agency" not in f"{caught.value.sentence} {caught.value.remedy}"


@pytest.mark.parametrize(
    ("decide", "said"),
    [
        (concerns.acknowledge, {"words": ""}),
        (concerns.answer, {"pilot": TWEAKED, "tweak": "t1", "words": ""}),
        (concerns.resolve, RESOLVE),
        (concerns.withdraw, WITHDRAW),
    ],
)
def test_what_is_not_there_or_has_ended_goes_no_further(
    decide: Callable[..., Event], said: dict[str, Any]
) -> None:
    with refused(NoSuchConcern, owner="you"):
        decide(None, **said, act=act())
    for status in ("resolved", "withdrawn"):
        with refused(ConcernEnded, owner="you"):
            decide(replace(STANDING, status=status), **said, act=act())


@pytest.mark.parametrize(
    ("event", "status"),
    [
        (concerns.acknowledge(STANDING, words="", act=act()), "acknowledged"),
        (concerns.answer(STANDING, TWEAKED, tweak="t1", words="", act=act()), "answered"),
        (concerns.resolve(STANDING, words="", act=act()), "resolved"),
        (concerns.withdraw(STANDING, reason="", act=act()), "withdrawn"),
    ],
)
def test_a_concern_stands_as_what_last_became_of_it(event: Event, status: str) -> None:
    assert folded(RAISED, event) == replace(STANDING, status=status)
