"""The directory lists what there is as the streams' own states have it."""

from random import Random
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings

from counterpoise import frame
from counterpoise.domain.actors import RedLine, RedLineDeclared
from counterpoise.domain.members import Member
from counterpoise_projections import directory
from tests.lives import ACTORS, PILOTS, THEATRES, Life, frame_of, replay
from tests.pilot_moves import any_life

VIEWS = {
    directory.actors: directory.ACTORS,
    directory.theatres: directory.THEATRES,
    directory.members: directory.MEMBERS,
    directory.pilots: directory.PILOTS,
    directory.steps: directory.STEPS,
}

some_lives = settings(max_examples=30)


def members(life: Life) -> dict[str, Member]:
    states = {name: life.state(f"member:{name}") for name in ("m1", "m2", "m3")}
    return {name: state for name, state in states.items() if isinstance(state, Member)}


@some_lives
@given(any_life)
def test_actors_are_as_their_streams_have_them(life: Life) -> None:
    columns = ("actor", "categories", "mandate_edition", "fulcrum", "fulcrum_doubt", "audiences", "red_lines")
    view = directory.actors(frame_of(life.told)).select(*columns).collect()

    assert view.rows() == [
        (
            name, list(actor.categories), actor.mandate_edition, actor.fulcrum, actor.fulcrum_doubt,
            [vars(each) for each in actor.audiences],
            [_line(life, name, line) for line in sorted(actor.red_lines.values(), key=lambda each: each.id)],
        )
        for name in ACTORS
        if (actor := life.actor(name))
    ]  # fmt: skip


def _line(life: Life, actor: str, line: RedLine) -> dict[str, str]:
    declared = [
        told.id
        for told in life.told
        if isinstance(told.event, RedLineDeclared)
        and (told.event.actor, told.event.red_line) == (actor, line.id)
    ]
    fields = {"red_line": line.id, "touch": line.touch, "of": line.of, "only_in": line.only_in}
    return {**fields, "event": declared[-1]}


@some_lives
@given(any_life)
def test_theatres_are_as_their_streams_have_them(life: Life) -> None:
    columns = ("theatre", "kinds", "conditions", "audiences", "visibility_cap", "closed")
    view = directory.theatres(frame_of(life.told)).select(*columns).collect()

    assert [_plain(row) for row in view.iter_rows(named=True)] == [
        {
            "theatre": name, "kinds": theatre.kinds, "conditions": theatre.conditions,
            "audiences": list(theatre.audiences), "visibility_cap": theatre.visibility_cap,
            "closed": theatre.closed,
        }
        for name in sorted(THEATRES)
        if (theatre := life.theatre(name))
    ]  # fmt: skip


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    kinds = {each["kind"]: each["share"] for each in row["kinds"]}
    return {
        **row,
        "kinds": kinds,
        "conditions": {each["condition"]: each["value"] for each in row["conditions"]},
    }


@some_lives
@given(any_life)
def test_members_are_as_their_streams_have_them(life: Life) -> None:
    columns = ("member", "actor", "language", "active", "roles")
    view = directory.members(frame_of(life.told)).select(*columns).collect()

    assert view.rows() == [
        (
            name, member.actor, member.language, member.active,
            [{"pilot": pilot, "role": role} for pilot in sorted(member.roles) for role in sorted(member.roles[pilot])],
        )
        for name, member in sorted(members(life).items())
    ]  # fmt: skip


@some_lives
@given(any_life)
def test_pilots_are_as_their_streams_have_them(life: Life) -> None:
    columns = ("pilot", "theatre", "owner", "format", "visibility", "stage", "level", "charter", "joined")
    view = directory.pilots(frame_of(life.told)).select(*columns, "unanswered", "closed").collect()

    assert view.rows() == [
        (
            name, pilot.theatre, pilot.owner, pilot.format, pilot.visibility, pilot.stage, pilot.level,
            pilot.charter, list(pilot.joined), sorted(pilot.invited - set(pilot.joined) - set(pilot.replies)),
            pilot.closed,
        )
        for name in sorted(PILOTS)
        if (pilot := life.pilot(name))
    ]  # fmt: skip


@some_lives
@given(any_life)
def test_steps_are_as_their_pilots_have_them(life: Life) -> None:
    columns = ("pilot", "step", "visibility", "status", "started_at")
    view = directory.steps(frame_of(life.told)).select(*columns).collect()

    assert view.rows() == [
        (name, step.id, step.visibility, step.status, step.started_at)
        for name in sorted(PILOTS)
        if (pilot := life.pilot(name))
        for step in sorted(pilot.steps.values(), key=lambda each: each.id)
    ]


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.__name__)
@settings(max_examples=10)
@given(life=any_life)
def test_the_directory_of_then_does_not_know_what_came_later(view: Any, life: Life) -> None:  # noqa: ANN401
    position = len(life.told) // 2
    shuffled = frame_of(Random(5).sample(life.told, len(life.told)))

    assert (
        view(shuffled, position=position)
        .collect()
        .equals(view(frame_of(replay(life.told[:position]).told)).collect())
    )


@pytest.mark.parametrize(("view", "schema"), VIEWS.items(), ids=lambda each: getattr(each, "__name__", ""))
def test_an_empty_log_has_an_empty_directory_in_the_same_columns(view: Any, schema: dict[str, Any]) -> None:  # noqa: ANN401
    rows: pl.DataFrame = view(frame.empty()).collect()

    assert rows.is_empty()
    assert dict(rows.schema) == schema
