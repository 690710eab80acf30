"""Concerns are shown with what became of them, as their streams have it."""

from random import Random

import pytest
from hypothesis import given, settings

from counterpoise import frame
from counterpoise.domain import concerns as domain
from counterpoise.domain.events import NOTHING, Act, Event
from counterpoise_projections.concerns import CONCERNS, concerns
from tests.lives import BEGINNING, DAY, Life, Told, frame_of
from tests.pilot_moves import any_life
from tests.projections.references_views import Reference

LATER = BEGINNING / DAY + 4000


def by_hand(life: Life) -> list[tuple[object, ...]]:
    """Return status, owner, tweak, days open and events of each concern, from its stream's state and history."""
    reference, found = Reference(life.told), []
    for raised, event in reference.each(domain.ConcernRaised):
        state = life.state(event.stream)
        after = [told for told in reference.stands
                 if told.event.stream == event.stream and told.position > raised.position
                 and told.event.TOPIC.startswith("concern.")]  # fmt: skip
        ends = [
            t.event for t in after if isinstance(t.event, domain.ConcernResolved | domain.ConcernWithdrawn)
        ]
        until = ends[-1].occurred_at / DAY if ends else LATER
        tweaks = [t.event.tweak for t in after if isinstance(t.event, domain.ConcernAnswered)]
        times = tuple(_at(after, kind) for kind in (domain.ConcernAcknowledged, domain.ConcernResolved))
        found.append(
            (event.occurred_at, event.stream, state.status, state.owner, state.about, state.severity,
             tweaks[-1] if tweaks else "", *times, until - event.occurred_at / DAY,
             [raised.id, *(told.id for told in after)])
        )  # fmt: skip
    return [row[1:] for row in sorted(found, key=lambda row: row[:2])]


def _at(after: list[Told], kind: type[domain.ConcernAcknowledged | domain.ConcernResolved]) -> int | None:
    return next((told.event.occurred_at for told in after if isinstance(told.event, kind)), None)


@settings(max_examples=60)
@given(any_life)
def test_concerns_are_as_their_streams_have_them(life: Life) -> None:
    columns = ("concern", "status", "owner", "about", "severity", "tweak", "acknowledged_at", "resolved_at")

    view = concerns(frame_of(life.told), day=LATER).select(*columns, "days_open", "events").collect()

    assert view.rows() == by_hand(life)


@settings(max_examples=20)
@given(any_life)
def test_concerns_of_then_do_not_know_what_came_later(life: Life) -> None:
    position = len(life.told) // 2
    shuffled = frame_of(Random(5).sample(life.told, len(life.told)))

    before = concerns(shuffled, day=LATER, position=position).collect()

    assert before.equals(concerns(frame_of(life.told[:position]), day=LATER).collect())


def told(*events: Event) -> list[Told]:
    return [Told(place, place, event) for place, event in enumerate(events, 1)]


def test_an_anonymous_concern_has_no_owner() -> None:
    raised = domain.ConcernRaised(
        **Act(at=0, occurred_at=0).on("concern:c1", pilot="ferry"), kind="brand", severity="low",
        words=NOTHING, about="firm", anonymous=True,
    )  # fmt: skip

    (row,) = (
        concerns(frame_of(told(raised)), day=2.0).select("owner", "anonymous", "days_open").collect().rows()
    )

    assert row == ("", True, 2.0)


@pytest.mark.parametrize("position", [None, 0])
def test_an_empty_log_has_no_concerns_in_the_same_columns(position: int | None) -> None:
    view = concerns(frame.empty(), day=0.0, position=position).collect()

    assert view.is_empty()
    assert dict(view.schema) == CONCERNS
