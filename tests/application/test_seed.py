"""The seeded history: the same every time, told through the verbs alone, and rich enough to be learnt from."""

import ast
import dataclasses
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from counterpoise.application import stories
from counterpoise.application.operations_seed import HoldsAHistory, Told, seed
from counterpoise.application.storytelling import Calendar, Story, StoryGoesWrong, Teller
from counterpoise.domain.actors import ActorRegistered
from counterpoise.domain.concerns import ConcernRaised
from counterpoise.domain.corrections import TextErased
from counterpoise.domain.events import Sealed, kind
from counterpoise.domain.gates import GateShut
from counterpoise.domain.keys import KeyErased, KeyMade
from counterpoise.domain.lessons import LessonDrafted
from counterpoise.domain.narratives import NarrativeFirstSighted, NarrativeSighted
from counterpoise.domain.pilots import (
    InvitationAnswered,
    OutcomeStated,
    PilotProposed,
    PositionTaken,
    ScansOpened,
    SignalNoted,
)
from counterpoise.domain.reflections import ReflectionRecorded
from counterpoise.domain.refusals import UnknownWord
from counterpoise.domain.scans import ScanRecorded
from counterpoise.domain.tables import starting_tables
from counterpoise.domain.theatres import TheatreOpened
from counterpoise.domain.vocabulary import VOCABULARY
from counterpoise.policy import Member
from counterpoise.store.log import Recorded
from tests.telling import each, recordings, tell_into

UNTOLD = {
    "theatre.closed": "all three theatres are open at the end",
    "member.linked": "accounts are linked by signing in at a face",
    "member.unlinked": "accounts are linked by signing in at a face",
    "reflection.difference-noted": "a chat shows the mirror, and only to its author",
    "concern.added-to": "who left a concern without a name comes back to it, or does not",
    "interaction.observed": "interactions come from coded event files",
    "consent.source-edited": "a chat tells of it, not a member",
    "consent.source-deleted": "a chat tells of it, not a member",
    "deployment.token-made": "tokens are for programs",
    "deployment.token-revoked": "tokens are for programs",
    "deployment.log-truncated": "it tells of a restore",
}
"""Events that the history does not hold, and why."""

STORIES = sorted(Path(str(stories.__file__)).parent.glob("*.py"))
TABLES = starting_tables()


def test_told_twice_it_is_the_same_history(told: Told, tmp_path: Path) -> None:
    again = tell_into(tmp_path)

    with again.application:
        assert [_told(recorded) for recorded in recordings(again)] == [
            _told(recorded) for recorded in recordings(told)
        ]
        assert again.cast.pilots == told.cast.pilots
        assert [str(refusal) for refusal in again.refusals] == [str(refusal) for refusal in told.refusals]


def test_it_is_about_seven_hundred_events(told: Told) -> None:
    assert 650 <= told.events <= 750
    assert told.events == told.application.log.size()


def test_every_organisation_of_it_lets_what_is_kept_within_it_pass_through_the_chat(told: Told) -> None:
    ceilings = {told.application.chat_ceiling(actor) for actor in told.cast.actors.values()}

    assert ceilings == {"AMBER+STRICT"}
    assert told.counts["actor.chat-ceiling-set"] == len(told.cast.actors)


def test_every_event_that_members_can_cause_is_in_it(told: Told) -> None:
    assert {topic for topic in VOCABULARY if topic not in told.counts} == set(UNTOLD)


def test_it_is_recorded_through_two_years_and_never_goes_back(told: Told) -> None:
    named = [recorded.event.recorded_at for recorded in recordings(told) if not _anonymous(recorded)]

    assert named == sorted(named)
    assert datetime.fromtimestamp(named[0] / 1e6, UTC).strftime("%Y-%m") == "2024-01"
    assert datetime.fromtimestamp(named[-1] / 1e6, UTC).strftime("%Y-%m") == "2025-12"


def test_nothing_in_it_occurred_after_it_was_recorded(told: Told) -> None:
    assert all(recorded.event.occurred_at <= recorded.event.recorded_at for recorded in recordings(told))


def test_some_of_it_was_recorded_days_after_it_occurred(told: Told) -> None:
    late = [
        recorded
        for recorded in recordings(told)
        if recorded.event.recorded_at - recorded.event.occurred_at > 86_400_000_000
    ]

    assert late


def test_its_log_verifies(told: Told) -> None:
    assert told.application.log.verify().sound


@pytest.mark.parametrize("page", STORIES, ids=lambda page: page.stem)
def test_a_story_is_told_by_voices_and_never_reaches_the_log(page: Path) -> None:
    tree = ast.parse(page.read_text(encoding="utf-8"))

    imported = {name for name in _imports(tree) if name.startswith("counterpoise")}
    assert {name for name in imported if not name.startswith(_ROOMS_OF_STORIES)} == set()
    assert not {"application", "log", "keys", "decide", "calendar"} & set(_attributes(tree))


_ROOMS_OF_STORIES = (
    "counterpoise.application.stories",
    "counterpoise.application.storytelling",
    "counterpoise.domain.steps",
)


def test_ten_organisations_of_all_categories_take_part(told: Told) -> None:
    registered = list(each(told, ActorRegistered))

    assert len(registered) >= 10
    assert {category for actor in registered for category in actor.categories} == set(
        TABLES.words("categories")
    )
    assert len([actor for actor in registered if len(actor.categories) > 1]) == 2


def test_three_theatres_hold_ten_pilots_of_every_format_and_visibility(told: Told) -> None:
    proposed = list(each(told, PilotProposed))

    assert len(list(each(told, TheatreOpened))) == 3
    assert len(proposed) == 10
    assert {pilot.theatre for pilot in proposed} == set(told.cast.theatres.values())
    assert {pilot.format for pilot in proposed} == set(TABLES.words("formats"))
    assert {pilot.visibility for pilot in proposed} == set(TABLES.words("visibilities"))


def test_invitations_get_every_reply_and_reasons_with_it(told: Told) -> None:
    answers = list(each(told, InvitationAnswered))

    assert {answer.reply for answer in answers} == set(TABLES.words("replies"))
    assert all(answer.reasons.text for answer in answers)


def test_every_position_phase_outcome_and_stance_is_taken(told: Told) -> None:
    assert {position.position for position in each(told, PositionTaken)} == set(TABLES.words("positions"))
    assert {reflection.phase for reflection in each(told, ReflectionRecorded)} == set(TABLES.words("phases"))
    assert {outcome.outcome for outcome in each(told, OutcomeStated)} == set(TABLES.words("outcomes"))
    assert {signal.stance for signal in each(told, SignalNoted)} == set(TABLES.words("stances"))


def test_people_reflect_in_every_language(told: Told) -> None:
    spoken = {reflection.language for reflection in each(told, ReflectionRecorded)}

    assert spoken == set(TABLES.words("languages"))
    assert any("\u0600" <= letter <= "\u06ff" for letter in _everything_said(told))


def test_concerns_are_of_many_kinds_of_every_severity_and_one_is_nobodys(told: Told) -> None:
    raised = list(each(told, ConcernRaised))

    assert {concern.severity for concern in raised} == set(TABLES.words("severities"))
    assert len({concern.kind for concern in raised}) >= 7
    assert [(each.member, each.actor) for each in raised if each.anonymous] == [("", "")]


def test_every_label_is_used_and_one_concern_is_for_named_people_alone(told: Told) -> None:
    labels = {recorded.event.label for recorded in recordings(told)}
    red = [concern for concern in each(told, ConcernRaised) if concern.label == "RED"]

    assert labels == {"CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED"}
    assert [len(concern.recipients) for concern in red] == [1]


def test_scans_open_together_once_for_a_reason(told: Told) -> None:
    openings = list(each(told, ScansOpened))

    assert [bool(opening.reason.text) for opening in openings if opening.forced] == [True]
    assert all(len(opening.scans) > 1 for opening in openings)


def test_a_stage_still_waits_for_a_scan_at_the_end(told: Told) -> None:
    opened = {scan for opening in each(told, ScansOpened) for scan in opening.scans}
    waiting = {scan.stream for scan in each(told, ScanRecorded)} - opened

    assert len(waiting) == 2


def test_every_kind_of_gate_that_matters_was_shut_once(told: Told) -> None:
    shut = [refusal for refusal in told.refusals if isinstance(refusal, GateShut)]

    rules = {gate.rule.partition("/")[0] for refusal in shut for gate in refusal.shut}
    assert rules >= {"level", "red-line", "invitation", "visibility"}


def test_stories_travel_between_all_theatres(told: Told) -> None:
    sightings = [*each(told, NarrativeFirstSighted), *each(told, NarrativeSighted)]
    photograph = f"narrative:{told.cast.narratives['photograph']}"

    travelled = {sighting.theatre for sighting in sightings if sighting.stream == photograph}
    assert travelled == set(told.cast.theatres.values())


def test_whoever_asked_to_be_forgotten_is(told: Told) -> None:
    gone = told.cast.reflections["three-times"]
    drafted = [lesson for lesson in each(told, LessonDrafted) if lesson.because_of == f"reflection:{gone}"]
    (reflection,) = [each for each in each(told, ReflectionRecorded) if each.stream == f"reflection:{gone}"]

    assert reflection.words.text is None
    assert len(drafted) == 1


def test_the_coordinator_of_all_pilots_sees_every_balance_that_is_open(told: Told) -> None:
    ines = told.application.speaker("ines")

    seen = told.application.questions.balances(ines).value
    assert {row["pilot"] for row in seen} == set(told.cast.pilots.values())


def test_a_coordinator_of_some_pilots_sees_nothing_of_the_others(told: Told) -> None:
    lani = told.application.speaker("lani")

    seen = told.application.questions.balances(lani).value
    assert {row["pilot"] for row in seen} == {told.cast.pilots[name] for name in ("survey", "lab", "teams")}


def test_the_auditor_sees_what_is_shared_with_a_pilot_and_no_words_kept_within_an_organisation(
    told: Told,
) -> None:
    tomas = told.application.speaker("tomas")

    readable = _labels_seen(told, tomas)
    assert readable == {"GREEN", "CLEAR"}


def test_a_reader_without_a_role_sees_what_is_clear_alone(told: Told) -> None:
    wanjiru = told.application.speaker("wanjiru")

    assert _labels_seen(told, wanjiru) == {"CLEAR"}


def test_a_store_that_holds_something_already_is_not_seeded(told: Told) -> None:
    size = told.application.log.size()

    with pytest.raises(HoldsAHistory):
        seed(lambda _clock, _ids: told.application)
    assert told.application.log.size() == size


def test_a_story_that_expects_a_refusal_goes_wrong_without_one(told: Told) -> None:
    tell = Teller(told.application, Calendar(1))

    with pytest.raises(StoryGoesWrong, match="not refused"), tell.refused("level"):
        pass


def test_a_story_that_is_refused_for_another_reason_goes_wrong(told: Told) -> None:
    tell = Teller(told.application, Calendar(1))

    with pytest.raises(StoryGoesWrong, match="unknown-word"), tell.refused("level"):
        raise UnknownWord("levels", "deep", ())


def test_stories_go_on_at_their_dates_whatever_order_they_are_named_in(told: Told) -> None:
    tell = Teller(told.application, Calendar(1))
    heard = []

    def story(*dates: str) -> Story:
        for date in dates:
            yield date
            heard.append(date)

    tell.tell([story("2024-03-01", "2024-05-01"), story("2024-02-01T23:00", "2024-04-01")])

    assert heard == ["2024-02-01T23:00", "2024-03-01", "2024-04-01", "2024-05-01"]


def _labels_seen(told: Told, reader: Member) -> set[str]:
    shown = told.application.questions._shown(reader)
    return set(shown.rows.value.select("label").collect().get_column("label"))


def _told(recorded: Recorded) -> tuple[object, ...]:
    """Return what must come out the same: everything but salts, receipts, keys and boxes."""
    event = recorded.event
    fields = {field.name: _plain(getattr(event, field.name)) for field in dataclasses.fields(event)}
    if isinstance(event, KeyMade | KeyErased):
        fields |= {"stream": kind(event.stream), "key": "", "commitment": ""}
    if isinstance(event, TextErased):
        fields["keys"] = len(event.keys)
    return recorded.position, recorded.version, event.TOPIC, fields


def _plain(value: object) -> object:
    if isinstance(value, Sealed):
        return value.text
    return round(value, 9) if isinstance(value, float) else value


def _anonymous(recorded: Recorded) -> bool:
    """Whether an event gives the day for its hour: an anonymous concern, and the key made for it."""
    return not recorded.event.actor and recorded.event.recorded_at % 86_400_000_000 == 0


def _everything_said(told: Told) -> str:
    return "".join(reflection.words.text or "" for reflection in each(told, ReflectionRecorded))


def _imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            yield node.module or ""


def _attributes(tree: ast.AST) -> Iterator[str]:
    return (node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute))
