"""Every card, dialog and page keeps Slack's limits, in every language, over the whole seeded history."""

from typing import Any

import pytest

from counterpoise.application.operations_seed import Told
from counterpoise_bot import pilot_steps, round_pages, scan_pages, scan_results, settings_dialog, step_dialogs
from counterpoise_bot.limits import problems
from counterpoise_bot.message import Message
from counterpoise_bot.pilot_cards import everybody
from counterpoise_bot.pilot_steps import Part
from counterpoise_bot.round_pages import Reflecting, Round
from counterpoise_bot.scan_drafts import Answer, ScanDraft
from counterpoise_bot.scan_pages import Scanning
from counterpoise_bot.words import LANGUAGES, of

LONG = "A harbour of many names, in which everybody waits for the tide " * 4
PARTNERS = {f"actor-{number}": f"{LONG}{number}" for number in range(20)}
ROUND = Round("p" * 36, "s" * 36, "after", LONG, LONG)


def wrong(message: Message) -> list[Any]:
    return list(problems({"text": message.text, "blocks": list(message.blocks)}))


@pytest.fixture(scope="module")
def cards(told: Told) -> list[dict[str, Any]]:
    asked = told.application.questions.steps.cards
    return [
        dict(card)
        for pilot in told.cast.pilots.values()
        for card in asked(everybody(pilot), pilot=pilot).value
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_card_of_the_history_is_within_the_limits(cards: list[dict[str, Any]], language: str) -> None:
    words, everything = of(language), Part(actor="", coordinates=True, takes_part=True)

    assert len(cards) >= 20
    for card in cards:
        part = Part(actor=card["owner"], coordinates=True, takes_part=True)
        assert wrong(pilot_steps.face(words, card, web="https://web.example")) == []
        assert wrong(pilot_steps.own_view(words, card, part, head=LONG, web="https://web.example")) == []
        assert wrong(pilot_steps.own_view(words, card, everything)) == []
    assert wrong(pilot_steps.listing(words, cards)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_rounds_of_long_names_are_within_the_limits(language: str) -> None:
    words = of(language)
    asked = Reflecting(
        words=words,
        round=ROUND,
        draft="d",
        label="AMBER+STRICT",
        partners=PARTNERS,
        initial=(LONG, LONG),
        before=(LONG, LONG),
        over=True,
    )

    assert problems(round_pages.reflection(asked)) == []
    assert problems(round_pages.choose(words, [ROUND] * 120, meta="{}")) == []
    assert problems(round_pages.why(words, ROUND.id)) == []
    assert wrong(round_pages.prompt(words, ROUND)) == []
    assert wrong(round_pages.listing(words, [ROUND], [("e", LONG)] * 5, more=9)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_a_scan_is_within_the_limits(told: Told, language: str) -> None:
    vocabulary = told.application.questions.vocabulary
    factors, audiences = vocabulary("factors").value, vocabulary("audiences").value
    draft = ScanDraft(
        id="d",
        pilot="p" * 36,
        member="m",
        stage="framing",
        answers={
            name: Answer(rating=3, doubt="unsure", words=LONG, link="https://x.example") for name in factors
        },
        cares={name: {"brand": 0.5} for name in audiences},
        words=LONG,
    )
    scan = Scanning(of(language), draft, LONG, factors, audiences, "AMBER+STRICT")

    for number in range(1, scan.pages):
        numbered = Scanning(
            of(language), ScanDraft(**{**vars(draft), "page": number}), LONG, factors, audiences, "GREEN"
        )
        assert problems(scan_pages.page(numbered)) == []
        assert len(scan_pages.title(numbered)) <= 24
    assert problems(scan_results.result(scan, balance={}, opened=True, again=True)) == []
    assert problems(scan_pages.evidence(scan, "brand")) == []
    assert problems(scan_pages.cares(scan)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_dialog_is_within_the_limits(told: Told, language: str) -> None:
    words, vocabulary = of(language), told.application.questions.vocabulary
    asked = {"by": LONG, "framing": LONG}
    rules = {"edition": 3, **dict.fromkeys(step_dialogs.RULES, LONG)}
    partners = [
        {"actor": actor, "name": name, "mandate": LONG, "incentives": LONG, "fears": LONG}
        for actor, name in PARTNERS.items()
    ]
    settings = {**settings_dialog.USUAL, "zone": "America/Argentina/ComodRivadavia"}

    dialogs = [
        *(step_dialogs.reason(words, kind, about="a", callback="c") for kind in step_dialogs.REASONS),
        step_dialogs.completed(words, about="a"),
        step_dialogs.tweak(words, "c", about="a", said=LONG),
        step_dialogs.invitation(
            words,
            "p",
            LONG,
            asked,
            factors=vocabulary("factors").value,
            formats=vocabulary("formats").value,
        ),
        step_dialogs.charter(words, "p", LONG, rules),
        step_dialogs.mandates(words, "p", partners),
        settings_dialog.page(words, settings),
    ]
    for dialog in dialogs:
        assert problems(dialog) == []
    assert wrong(settings_dialog.languages(words)) == []
