"""Recording consent: asked of an author, answered by that author, once."""

from dataclasses import replace
from typing import Any

import pytest

from counterpoise.domain import consents
from counterpoise.domain.consents import (
    MODES,
    Consent,
    ConsentAsked,
    ConsentAskedAlready,
    ConsentGiven,
    ConsentRefused,
    NotTheAuthor,
    SourceDeleted,
    SourceEdited,
)
from counterpoise.domain.events import Sealed
from counterpoise.domain.pilots import NoSuchPilot, PilotIsClosed
from counterpoise.domain.refusals import Refusal, UnknownWord
from tests.domain.scene import CLOSED, FERRY, act, beside, folded, refused

STREAM = "consent:k1"
ASKING: dict[str, Any] = {
    "consent_id": "k1",
    "author": "m-brigade",
    "author_actor": "brigade",
    "message": "C1/42",
    "act": act(),
}
STANDING = Consent(STREAM, "ferry", "coast", "m-brigade", asker="agency")
BY_AUTHOR = act("brigade")
NOTE: dict[str, Any] = {"consent_id": "k1", "record": "concern:c1#1", "act": act()}


def test_an_author_is_asked_under_their_own_key() -> None:
    assert consents.ask(None, FERRY, **ASKING) == ConsentAsked(
        **beside(STREAM), author="m-brigade", message=Sealed("C1/42", keeper="m-brigade")
    )


def test_both_organisations_read_the_request_and_the_answer() -> None:
    within = replace(act(), label="AMBER+STRICT", group=("agency",))
    answering = replace(BY_AUTHOR, label="AMBER+STRICT", group=("brigade",))

    asked = consents.ask(None, FERRY, **ASKING | {"act": within})
    given = consents.give(STANDING, mode="named", act=answering)

    assert asked.group == ("agency", "brigade")
    assert given.group == ("brigade", "agency")


def test_an_author_is_asked_once() -> None:
    with refused(ConsentAskedAlready):
        consents.ask(STANDING, FERRY, **ASKING)


@pytest.mark.parametrize("mode", MODES)
def test_the_author_agrees_named_or_under_a_pseudonym(mode: str) -> None:
    given = consents.give(STANDING, mode=mode, act=BY_AUTHOR)

    assert given == ConsentGiven(**beside(STREAM, BY_AUTHOR), mode=mode)


def test_there_is_no_third_way_to_agree() -> None:
    with refused(UnknownWord):
        consents.give(STANDING, mode="loudly", act=BY_AUTHOR)


def test_the_author_does_not_agree() -> None:
    assert consents.refuse(STANDING, act=BY_AUTHOR) == ConsentRefused(**beside(STREAM, BY_AUTHOR))


@pytest.mark.parametrize(
    "consent", [None, replace(STANDING, answer="named"), replace(STANDING, answer="refused")]
)
def test_what_was_not_asked_or_is_answered_is_not_answered_again(consent: Consent | None) -> None:
    with refused(NotTheAuthor):
        consents.give(consent, mode="named", act=BY_AUTHOR)
    with refused(NotTheAuthor):
        consents.refuse(consent, act=BY_AUTHOR)


def test_nobody_answers_for_the_author() -> None:
    with refused(NotTheAuthor):
        consents.give(STANDING, mode="named", act=act())
    with refused(NotTheAuthor):
        consents.refuse(STANDING, act=act())


def test_an_edit_or_deletion_where_the_words_came_from_is_noted() -> None:
    assert consents.note_edit(FERRY, **NOTE) == SourceEdited(**beside(STREAM), record="concern:c1#1")
    assert consents.note_deletion(FERRY, **NOTE) == SourceDeleted(**beside(STREAM), record="concern:c1#1")


@pytest.mark.parametrize(("pilot", "refusal"), [(None, NoSuchPilot), (CLOSED, PilotIsClosed)])
def test_nobody_is_asked_on_a_pilot_that_does_not_run(pilot: Any, refusal: type[Refusal]) -> None:  # noqa: ANN401
    with refused(refusal, owner="coordinator"):
        consents.ask(None, pilot, **ASKING)
    with refused(refusal, owner="coordinator"):
        consents.note_edit(pilot, **NOTE)
    with refused(refusal, owner="coordinator"):
        consents.note_deletion(pilot, **NOTE)


def test_a_request_stands_with_its_answer() -> None:
    asked = consents.ask(None, FERRY, **ASKING)

    assert folded(asked) == STANDING
    assert folded(asked, consents.give(STANDING, mode="pseudonymous", act=BY_AUTHOR)).answer == "pseudonymous"
    assert folded(asked, consents.refuse(STANDING, act=BY_AUTHOR)).answer == "refused"
