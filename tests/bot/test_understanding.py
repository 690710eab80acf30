"""Understanding free text: what it gets right, what it asks about, and that it never guesses in silence."""

import time
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoise_bot.understanding import THRESHOLD, Understanding, understood
from counterpoise_bot.understanding.intents import features, hear
from counterpoise_bot.understanding.tables import LANGUAGES, model
from tests.bot.fitting import sentences

PILOTS = {
    "liaison": "De-confliction liaison cell",
    "needs": "Shared needs assessments and logistics",
    "notebooks": "Two notebooks: parallel needs assessments",
    "bridge": "The bridge at Sélou: a table-top in the land of Orvane",
    "teams": "Mixed assessment teams",
    "survey": "Shared logistics and damage survey",
    "lab": "Island network lab",
    "status": "Network status between operators and guard",
    "campaign": "Ready together: a joint communication campaign",
    "dark": "Dark harbour: a war game",
}
ACTORS = {
    "office": "Civil-Military Coordination Office",
    "board": "Independent Review Board",
    "relief": "Almadine Relief",
    "clinics": "Kessou Mobile Clinics",
    "force": "Corridor Task Force",
    "mission": "Joint Mission in Kessou",
    "guard": "Nordmark National Guard",
    "ministry": "Ministry of Civil Protection of Tavai",
    "council": "Skarvik Harbour Council",
    "telecom": "Veidra Telecom",
    "grid": "Skerra Grid",
}
RIGHT, WRONG = 0.9, 0.03
"""Of clear sentences, the share understood without asking; of those acted upon, the share misunderstood."""


def meant(text: str, **given: Any) -> Understanding:  # noqa: ANN401 - passed on
    return understood(text, pilots=PILOTS, actors=ACTORS, **given)


def clear(language: str, *, held: bool) -> list[dict[str, Any]]:
    return [one for one in sentences(language) if one["intent"] != "ask" and one.get("held", False) == held]


def share(told: list[dict[str, Any]], true: Callable[[dict[str, Any], Understanding], bool]) -> float:
    return sum(true(one, meant(one["text"])) for one in told) / len(told)


def rightly(sentence: Mapping[str, Any], found: Understanding) -> bool:
    return not found.asks and found.intent == sentence["intent"]


def wrongly(sentence: Mapping[str, Any], found: Understanding) -> bool:
    return not found.asks and found.intent != sentence["intent"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_a_hundred_sentences_and_half_as_many_held_out(language: str) -> None:
    assert len(clear(language, held=False)) >= 100
    assert len(clear(language, held=True)) >= 50


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("held", [False, True], ids=["tuned", "held out"])
def test_nine_of_ten_sentences_are_understood_without_asking(language: str, *, held: bool) -> None:
    assert share(clear(language, held=held), rightly) >= RIGHT


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("held", [False, True], ids=["tuned", "held out"])
def test_hardly_anything_acted_upon_is_misunderstood(language: str, *, held: bool) -> None:
    assert share(clear(language, held=held), wrongly) <= WRONG


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_unclear_is_never_taken_for_a_concern_or_a_reflection(language: str) -> None:
    unclear = [one["text"] for one in sentences(language) if one["intent"] == "ask"]

    taken = [text for text in unclear if not meant(text).asks and meant(text).intent in model().told]

    assert taken == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("field", ["pilot", "factor", "severity", "about"])
def test_what_is_named_is_found_or_left_open_and_hardly_ever_mistaken(language: str, field: str) -> None:
    told = [one for one in sentences(language) if field in one]
    found = [getattr(meant(one["text"]), field).value for one in told]

    assert sum(value == one[field] for one, value in zip(told, found, strict=True)) >= 0.75 * len(told)
    assert sum(value not in {one[field], ""} for one, value in zip(told, found, strict=True)) <= 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_language_is_told_from_one_sentence(language: str) -> None:
    told = [one["text"] for one in sentences(language) if len(one["text"].split()) > 2]

    assert sum(meant(text).language == language for text in told) >= 0.98 * len(told)


def test_the_reader_s_own_language_decides_where_a_word_is_of_many() -> None:
    assert meant("+1", language_hint="de").language == "de"


@pytest.mark.parametrize("text", ["", "   ", "???", "🙂", "<@U012345>", "ـ", "a" * 5_000, ". " * 2_000])
def test_what_says_nothing_is_asked_about_or_left_alone(text: str) -> None:
    found = meant(text)

    assert found.asks or found.intent == "none"


@given(st.text(max_size=200))
def test_whatever_is_written_is_heard_without_a_fault(text: str) -> None:
    found = meant(text, today=date(2024, 2, 29))

    assert 0 <= found.intent_confidence <= 1
    assert 0 <= found.confidence <= 1


def test_a_concern_that_ends_as_a_question_is_asked_about() -> None:
    assert meant("I am worried about the escorts").intent_confidence >= THRESHOLD
    assert meant("Should I be worried about the escorts?").asks


def test_a_denied_concern_is_not_a_concern() -> None:
    found = meant("We have no concern about the boats")

    assert found.asks or found.intent != "concern"


def test_a_text_that_names_a_pilot_is_never_surely_chat() -> None:
    assert meant("thanks").intent == "none"
    assert not meant("thanks").asks
    assert meant("thanks for Dark harbour").asks


def test_one_wrong_letter_is_seen_through() -> None:
    found = meant("We are very conserned and worrried about the patrols")

    assert (found.intent, found.asks) == ("concern", False)


def test_accents_may_be_left_out() -> None:
    with_accents, without = (
        meant("Je suis inquiète pour la sécurité"),
        meant("je suis inquiete pour la securite"),
    )

    assert (without.intent, without.factor) == (with_accents.intent, with_accents.factor)


def test_arabic_marks_and_letter_forms_do_not_matter() -> None:
    plain, marked = meant("نخشى ان نفقد حيادنا"), meant("نَخشى أنْ نَفقِد حِيادنا")

    assert (plain.intent, plain.factor) == (marked.intent, marked.factor) == ("concern", marked.factor)
    assert marked.factor.value == "neutrality"


def test_a_language_within_another_is_heard_too() -> None:
    assert meant("Bonjour, I am worried about the logo de la force").intent == "concern"


def test_what_slack_writes_between_signs_is_nobody_s_word() -> None:
    found = meant("<@U0BALANCE> :scales: <https://trust.example|trust> I am worried about the drones")

    assert (found.intent, found.asks) == ("concern", False)


def test_a_concern_keeps_its_words_without_its_opening() -> None:
    assert meant("Concern: the minutes name our drivers").remainder == "the minutes name our drivers"


def test_a_search_keeps_the_words_it_is_for() -> None:
    assert meant("What have we learned about armed escorts?").remainder == "armed escorts"


def test_a_balance_may_be_asked_for_a_past_day() -> None:
    found = meant("balance for Dark harbour as of last Friday", today=date(2024, 5, 15))

    assert (found.pilot.value, found.as_of) == ("dark", date(2024, 5, 10))


def test_a_factor_says_its_side_and_kind() -> None:
    found = meant("I am worried about our neutrality")

    assert (found.factor.value, found.side.value, found.kind.value) == ("neutrality", "risk", "neutrality")


def test_a_kind_that_is_said_goes_before_one_that_follows() -> None:
    assert meant("I am worried about data protection and our safety").kind.value == "data"


def test_words_that_fit_several_pilots_name_none() -> None:
    assert not meant("I am worried about the assessments").pilot


def test_a_step_is_named_too() -> None:
    steps = {"boats": "The first boats", "houses": "Damage survey, house by house"}

    assert meant("my reflection on the first boats", steps=steps).step.value == "boats"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_feature_has_its_weight_for_every_intent(language: str) -> None:
    true = features(hear(sentences(language)[0]["text"]))

    assert set(model().feature_weights) == set(model().intents)
    assert all(set(weights) == set(true) for weights in model().feature_weights.values())


def test_a_long_text_is_kept_whole_and_heard_by_its_first_words() -> None:
    long = "Concern: the minutes name our drivers. " + "And so on. " * 1_000

    found = meant(long)

    assert (found.intent, found.asks) == ("concern", False)
    assert found.remainder == long.removeprefix("Concern: ").strip()


def test_hearing_a_text_costs_no_more_for_its_later_words() -> None:
    short, long = "the patrols worry us " * 90, "the patrols worry us " * 2_000
    meant(long)

    assert took(long) < 10 * took(short)


def took(text: str) -> float:
    begun = time.process_time()
    for _ in range(20):
        meant(text)
    return time.process_time() - begun
