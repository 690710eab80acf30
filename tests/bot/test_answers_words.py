"""Answers about figures, as they are built: what they say, that they keep to the limits, what they never say."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from types import ModuleType
from typing import Any

import pytest

from counterpoise.application.operations_seed import Told
from counterpoise_bot import answers_balance, answers_spillover, answers_trust
from counterpoise_bot.answers_dialogs import buttons, cells, comparison, moment, sending
from counterpoise_bot.answers_form import ROWS, Answer, Figure, Table, message, rating
from counterpoise_bot.answers_native import distinct
from counterpoise_bot.answers_question import BALANCE, SPILLOVER, TRUST, Named, Question, just_before, read
from counterpoise_bot.fitting import payload
from counterpoise_bot.limits import problems
from counterpoise_bot.message import Account, Message, Picture, Place
from counterpoise_bot.people import Person
from counterpoise_bot.words import LANGUAGES, of
from tests.application.canaries import sing
from tests.application.readers import FOUND, reader, secrets
from tests.application.world import World, copied

PLACE = Place("T1", "C1")
ISOLATES = dict.fromkeys((0x2068, 0x2069))
SOON = "2025-09-30"
"""A day after which stories may go on without these tests."""
QUESTIONS = ("balance", "earlier", "trust", "all trust", "spillover")


@dataclass
class Asked:
    """Questions about the seeded history, each asked once and told in any language."""

    told: Told
    known: dict[tuple[str, str], tuple[ModuleType, Question, list[Any]]] = field(default_factory=dict)

    def question(self, name: str) -> tuple[ModuleType, Question]:
        """Return a question of `QUESTIONS`."""
        cast = self.told.cast
        force, kessou = cast.actors["force"], cast.theatres["kessou"]
        return {
            "balance": (answers_balance, Question(BALANCE, pilot=cast.pilots["needs"], as_of=SOON)),
            "earlier": (
                answers_balance,
                Question(
                    BALANCE, pilot=cast.pilots["liaison"], actor=cast.actors["office"], as_of="2024-06-01"
                ),
            ),
            "trust": (answers_trust, Question(TRUST, actor=force, theatre=kessou, as_of=SOON)),
            "all trust": (answers_trust, Question(TRUST)),
            "spillover": (answers_spillover, Question(SPILLOVER, as_of=SOON)),
        }[name]

    def person(self, who: str, language: str = "en") -> Person:
        """Return somebody of the seeded history, in a language."""
        return Person(Account("T1", "U1"), self.told.application.speaker(who), of(language))

    def answers(self, name: str, who: str = "ines", language: str = "en") -> tuple[Answer, Answer, Answer]:
        """Return the answer, why it is so, and how it differs from an earlier moment."""
        if (name, who) not in self.known:
            figures, question = self.question(name)
            asked = self.told.application, self.person(who).member
            found = figures.ask(*asked, question)
            earlier = figures.ask(*asked, question.about(as_of="2024-05-01"))
            self.known[name, who] = (figures, question, [found, earlier, figures.ask_why(*asked, question)])
        figures, question, (found, earlier, reasons) = self.known[name, who]
        person = self.person(who, language)
        return (
            figures.answer(person, found),
            figures.why(person, reasons),
            figures.compared(person, earlier, found),
        )


@pytest.fixture(scope="module")
def asked(told: Told) -> Asked:
    """Lend the questions and what was found."""
    return Asked(told)


def dressed(person: Person, question: Question, answer: Answer) -> Message:
    """Return an answer with everything that can stand on it."""
    words = person.words
    whole = Answer(
        **{
            **vars(answer),
            "elements": buttons(words, question, web="https://scales.example", channel=True),
            "after": (rating(words, question.kind),),
        }
    )
    return message(words, whole, picture=Picture(b"png", "Alt"), sends=sending(words, question))


def forms(first: Message) -> Iterator[Message]:
    form: Message | None = first
    while form is not None:
        yield form
        form = form.plainer


def plain(answer: Answer) -> str:
    """Return its sentences without marks of direction."""
    return "\n".join(answer.sentences).translate(ISOLATES)


def test_a_balance_is_told_in_one_sentence_with_what_is_likely(asked: Asked) -> None:
    first, level, *_, when = plain(asked.answers("balance")[0]).split("\n")

    assert first == (
        "Almadine Relief: gains 1.1 (0.9–1.2) against identity risks 0.4 (0.3–0.6): "  # noqa: RUF001  ranges
        "not decided, association is the likeliest (73%)."
    )
    assert level == (
        "Level advised: coordinate (selective, low profile, technology first), "
        "set by Almadine Relief through Neutrality."
    )
    assert when.startswith("Shared needs assessments and logistics, as of ")


def test_trust_is_told_with_its_interval_and_where_it_is_going(asked: Asked) -> None:
    first = plain(asked.answers("trust")[0]).split("\n")[0]

    assert first == (
        "Trust in Corridor Task Force in Kessou corridor: 0.43 (0.15–0.73), open; "  # noqa: RUF001  a range
        "steady over the last 6 weeks."
    )


def test_spill_over_is_called_association_and_never_cause(asked: Asked) -> None:
    said = plain(asked.answers("spillover")[0])

    assert said.startswith("What happened in Tavai islands goes with 0.1")
    assert "This is association, not cause" in said


def test_why_leads_to_events_by_short_id_organisation_and_day(asked: Asked) -> None:
    said = plain(asked.answers("trust")[1])

    assert re.search(
        r"• pilot:c48ff480#30, Almadine Relief, 14 May 2024: red line crossed; -0\.\d{3} points of trust: "
        r"“A patrol drove into our yard in Dara",
        said,
    )


def test_what_one_members_rating_does_is_told_to_their_own_organisation_alone(asked: Asked) -> None:
    others, own = (plain(asked.answers("balance", who)[1]) for who in ("ines", "amara"))

    rating = "Almadine Relief, 15 November 2024: reflection; "
    assert f"{rating}what one member's rating does is shown to their own organisation alone" in others
    assert f"{rating}-0.0" in own


def test_words_that_are_not_the_readers_are_not_told(asked: Asked) -> None:
    said = plain(asked.answers("balance")[1])

    assert "Almadine Relief, 16 June 2025: scan. Its words are not yours to read." in said


def test_a_scans_words_stay_out_of_slack_for_their_label_is_their_own(asked: Asked) -> None:
    said = plain(asked.answers("earlier")[1])

    assert "Civil-Military Coordination Office, 25 January 2024: scan." in said
    assert "If we fail at this" not in said


def test_words_above_what_an_organisation_lets_through_slack_are_not_told(asked: Asked) -> None:
    figures, question = asked.question("trust")
    person = asked.person("ines")
    reasons = figures.ask_why(asked.told.application, person.member, question)
    strict = {name: {**event, "passes": False} for name, event in reasons.told.items()}
    red = {name: {**event, "label": "RED"} for name, event in reasons.told.items()}

    withheld, unseen = (plain(figures.why(person, replace(reasons, told=events))) for events in (strict, red))

    assert "A patrol drove into our yard" not in withheld
    assert "Its words do not pass through Slack (◔ TLP:GREEN)." in withheld
    assert "pilot:c48ff480#30" not in unseen
    assert "An event under ● TLP:RED is not shown in Slack." in unseen


def test_a_comparison_tells_the_difference_in_words(asked: Asked) -> None:
    said = plain(asked.answers("earlier")[2])

    assert "Gains: 0.75 both times." in said
    assert "Identity risks: 0.54, then 0.58, 0.04 more." in said
    assert "Balance: -0.16 and -0.19, -0.03." in said


@pytest.mark.parametrize("name", QUESTIONS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_form_of_every_answer_keeps_to_the_limits(asked: Asked, language: str, name: str) -> None:
    _, question = asked.question(name)

    for answer in asked.answers(name, language=language):
        for form in forms(dressed(asked.person("ines", language), question, answer)):
            assert problems(payload(form)) == []


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_text_holds_everything_that_the_blocks_do(asked: Asked, name: str) -> None:
    for answer in asked.answers(name):
        text = message(of("en"), answer).text
        for sentence in answer.sentences:
            assert sentence.replace("&", "&amp;") in text
        for row in answer.table.rows if answer.table else ():
            for cell in row:
                assert (cell.text if isinstance(cell, Figure) else cell) in text


def test_an_answer_degrades_from_chart_to_table_with_picture_to_words(asked: Asked) -> None:
    _, question = asked.question("balance")
    whole = dressed(asked.person("ines"), question, asked.answers("balance")[0])

    kinds = [[block["type"] for block in form.blocks] for form in forms(whole)]
    pictures = [form.picture is not None for form in forms(whole)]

    assert kinds == [
        ["section", "data_table", "data_visualization", "context", "actions", "context_actions"],
        ["section", "table", "context", "actions", "context_actions"],
        ["section", "actions", "context_actions"],
    ]
    assert pictures == [False, True, True]


def test_the_label_stands_first_in_text_and_sign(asked: Asked) -> None:
    own = Question(BALANCE, pilot=asked.told.cast.pilots["needs"])
    person = asked.person("kaspar")  # whose organisation has a scan there that is not open yet
    found = answers_balance.ask(asked.told.application, person.member, own)

    shown = message(person.words, answers_balance.answer(person, found))

    assert shown.text.startswith("◕ TLP:AMBER+STRICT ")
    assert shown.blocks[0]["text"]["text"].startswith("◕ TLP:AMBER+STRICT ")


def test_who_is_not_on_a_pilot_is_told_nothing_of_it(asked: Asked) -> None:
    said = message(of("en"), asked.answers("balance", "lani")[0])

    assert "There is no balance of" in said.text
    assert "Almadine" not in json.dumps(said.blocks)


def test_cells_with_next_to_nothing_behind_them_say_so_instead_of_a_figure() -> None:
    words = of("en")
    row = {"items": answers_spillover.ENOUGH - 1, "net": 0.5, "gained": 0.5, "lost": 0.0}

    assert set(answers_spillover.figures(words, row)) == {"too few"}


def test_a_question_travels_in_a_button_and_comes_back() -> None:
    question = Question(TRUST, actor="a", theatre="t", as_of="2025-01-31")

    assert Question.of(json.loads(question.packed())) == question


def test_a_sentence_names_pilot_actor_theatre_and_day() -> None:
    named = Named(
        {"p": "De-confliction liaison cell", "q": "Island network lab"},
        {"a": "Corridor Task Force", "b": "Almadine Relief"},
        {"k": "Kessou corridor", "t": "Tavai islands"},
    )
    friday = date(2025, 11, 21)

    balance = read("liaison cell as of last Friday", BALANCE, named, language="en", today=date(2025, 11, 25))
    trust = read("Almadine Relief in Tavai islands", TRUST, named, language="en", today=friday)

    assert balance == Question(BALANCE, pilot="p", as_of="2025-11-21")
    assert (trust.actor, trust.theatre, trust.as_of) == ("b", "t", "")


def test_the_moment_before_a_step_is_before_it_began() -> None:
    assert just_before(1_731_402_853_000_000) == "2024-11-12T09:14:12+00:00"


def test_names_of_series_are_told_apart_when_they_are_cut() -> None:
    same = "Civil-Military Coordination Office"

    names = distinct([same, same, f"{same} again"])

    assert len(set(names)) == 3
    assert all(len(name) <= 20 for name in names)


def test_what_people_call_things_does_nothing_in_a_message() -> None:
    table = Table("Caption", ("A", "B"), (("<!channel> & <https://x.example|y>", "b"),))
    answer = Answer("GREEN", ("<!channel> said @here",), table)

    shown = message(of("en"), answer)

    assert "<!channel>" not in shown.text
    assert "&lt;!channel&gt;" in shown.blocks[0]["text"]["text"]
    assert "@here" not in shown.text


def test_what_is_too_long_for_paragraphs_stands_in_the_text_alone() -> None:
    rows = tuple((f"Row {number}", "x" * 100) for number in range(200))

    shown = message(of("en"), Answer("GREEN", ("Said.",), Table("Caption", ("A", "B"), rows)))

    assert "Row 199: B x" in shown.text
    assert [problems(payload(form)) for form in forms(shown)] == [[], [], []]


def test_a_long_table_is_cut_to_what_people_look_through() -> None:
    rows = tuple((f"Row {number}", Figure(number, str(number))) for number in range(200))

    shown = message(of("en"), Answer("GREEN", ("Said.",), Table("Caption", ("A", "B"), rows)))

    assert len(shown.blocks[1]["rows"]) == ROWS + 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_dialogs_keep_to_the_limits(asked: Asked, language: str) -> None:
    person, pilot = asked.person("ines", language), asked.told.cast.pilots["needs"]
    questions = asked.told.application.questions
    steps = questions.pilots.steps(person.member, pilot=pilot).value
    actors = questions.names(person.member).value["actor"]
    question = Question(BALANCE, pilot=pilot)

    for view in (
        moment(person.words, question, steps, PLACE),
        comparison(person.words, question, actors, PLACE),
    ):
        assert problems(view) == []


def test_the_menu_of_cells_names_theatres_and_organisation(asked: Asked) -> None:
    person, (_, question) = asked.person("ines"), asked.question("spillover")
    found = answers_spillover.ask(asked.told.application, person.member, question)

    menu: dict[str, Any] = dict(cells(person.words, found.question, answers_spillover.cells(found)))

    assert menu["options"][0]["text"]["text"].startswith("Tavai → Kessou: ")
    assert problems({"text": "x", "blocks": [{"type": "actions", "elements": [menu]}]}) == []


@pytest.fixture(scope="module")
def sung(spoken: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Lend a world in which every private word is a canary."""
    with copied(spoken, tmp_path_factory.mktemp("sung")) as world:
        sing(world)
        yield world


@pytest.mark.parametrize("name", ["omar", "kurt", "vera", "wim"])
def test_nobody_hears_a_canary_that_is_not_theirs(sung: World, name: str) -> None:
    person = Person(Account("T1", "U1"), reader(sung, name), of("en"))
    hidden = secrets(sung, person.member).keys()

    for figures, question in (
        (answers_balance, Question(BALANCE, pilot=sung["ferry"])),
        (answers_trust, Question(TRUST)),
        (answers_spillover, Question(SPILLOVER)),
    ):
        found = figures.ask(sung.application, person.member, question)
        reasons = figures.ask_why(sung.application, person.member, question)
        for answer in (figures.answer(person, found), figures.why(person, reasons)):
            said = json.dumps([payload(form) for form in forms(dressed(person, question, answer))])
            assert set(FOUND.findall(said)) & hidden == set()
