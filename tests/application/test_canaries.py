"""Nobody is told what they may not read: by any question, before and after it is narrowed, erased or revoked."""

import inspect
import os
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import polars as pl
import pytest

from counterpoise import policy
from counterpoise.domain.deployments import LogTruncated
from counterpoise.domain.events import Event, Sealed
from counterpoise.domain.vocabulary import EVENTS
from counterpoise.policy import Decision, visible
from counterpoise.policy.rules import policy_version
from tests.application.canaries import sing
from tests.application.readers import (
    FOUND,
    READERS,
    answered,
    arguments,
    leaks,
    may,
    questions,
    reader,
    told,
)
from tests.application.world import World, copied, how

EVERY = 1 if os.environ.get("COUNTERPOISE_TORTURE") else 5
"""Everybody asks every so-manieth question, each of them others; and all of them in the long form."""
FEW = 100
"""So many that only what everybody asks is asked."""

NOWHERE = "11111111-2222-4333-8444-555555555555"


@pytest.fixture(scope="module")
def sung(built: World, tmp_path_factory: pytest.TempPathFactory) -> World:
    """Return a world in which everything was said; its store is closed."""
    with copied(built, tmp_path_factory.mktemp("sung")) as world:
        sing(world)
    return world


@pytest.fixture(scope="module")
def before(sung: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with copied(sung, tmp_path_factory.mktemp("before")) as world:
        yield world


@pytest.fixture(scope="module")
def after(sung: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Lend the world once its labels were narrowed, a person was erased, and another lost their role."""
    with copied(sung, tmp_path_factory.mktemp("after")) as world:
        narrowed = (("omar", "agency"), ("kurt", "brigade"))
        for name, actor in narrowed:
            for each in told(world):
                mine = each.event.member == world.by(name).pseudonyms.get(each.event.pilot)
                if mine and each.event.actor == world[actor] and _narrows(each.event):
                    label = "AMBER+STRICT" if each.version % 2 else "RED"
                    who = (world["ines"],) if label == "RED" and each.event.pilot else ()
                    at = f"{each.event.stream}#{each.version}"
                    world.say(name, "records.relabel", how(label=label, recipients=who), event=at)
        world.say("ada", "records.erase", member=world["sol"])
        world.say("ines", "members.revoke", member=world["kurt"], role="participant", pilot=world["ferry"])
        yield world


def _narrows(event: Event) -> bool:
    spoken = (
        "concern.raised",
        "pilot.stance-noted",
        "pilot.position-taken",
        "reflection.recorded",
        "lesson.drafted",
    )
    return event.TOPIC in spoken and event.label in {"CLEAR", "GREEN"}


def words(world: World) -> dict[str, str]:
    """Return every canary that can still be read by whoever holds the keys, and where it stands."""
    return {
        value.text: f"{each.event.TOPIC}.{field.name}"
        for each in told(world)
        for field in fields(each.event)
        if isinstance(value := getattr(each.event, field.name), Sealed)
        and value.text
        and FOUND.search(value.text)
    }


def test_every_private_field_of_every_verb_holds_a_canary(before: World) -> None:
    private = {
        f"{event.TOPIC}.{field.name}"
        for event in EVENTS
        for field in fields(event)
        if field.type in (Sealed, "Sealed")
    }
    no_verb_records = {f"{LogTruncated.TOPIC}.reason"}

    assert private - set(words(before).values()) == no_verb_records


@pytest.mark.parametrize("name", READERS)
def test_everybody_is_told_what_they_may_read(before: World, name: str) -> None:
    who = reader(before, name)
    undone = {each.event.of for each in told(before) if hasattr(each.event, "of")}
    allowed = {
        text
        for each in told(before)
        if may(who, each) == "content"
        and not (each.version in undone and each.event.stream in _undone(before))
        for field in fields(each.event)
        if isinstance(value := getattr(each.event, field.name), Sealed)
        for text in FOUND.findall(value.text or "")
    }

    seen = answered(who, before.application.questions.ledger.events)

    assert {text for text in FOUND.findall(seen) if text.startswith("canary")} >= allowed


def _undone(world: World) -> set[str]:
    return {each.event.stream for each in told(world) if each.event.TOPIC in {"withdrawn", "corrected"}}


@pytest.mark.parametrize("name", READERS)
def test_nobody_is_told_what_they_may_not_read(before: World, name: str) -> None:
    assert leaks(before, name, every=EVERY if EVERY == 1 else FEW) == []


@pytest.mark.parametrize("name", READERS)
def test_nobody_is_told_it_after_it_was_narrowed_erased_or_their_role_revoked(
    before: World, after: World, name: str
) -> None:
    kept = words(after)
    erased = {text: "erased" for text in words(before) if text not in kept}

    assert erased
    assert leaks(after, name, every=EVERY, forbidden=erased) == []


@pytest.mark.parametrize("name", ["kurt", "vera", "onlooker"])
def test_the_matrix_sees_what_leaks_where_everything_is_allowed(
    before: World, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def allowing(*_: object, **__: object) -> Decision:
        return Decision(allowed=True, rule="always", version=policy_version())

    def readable(*_: object, **__: object) -> Any:  # noqa: ANN401  an expression
        return pl.lit(value=True).alias("allowed")

    monkeypatch.setattr(visible, "decide", allowing)
    monkeypatch.setattr(visible, "readable", readable)
    monkeypatch.setattr(policy, "readable", readable)

    found = leaks(before, name, every=FEW)

    assert len({leak.split(" ")[3] for leak in found}) > 50


STRANGERS = ("wim", "pat", "ada", "onlooker")


@pytest.mark.parametrize("name", STRANGERS)
def test_a_pilot_one_does_not_know_of_is_answered_as_one_that_is_not_there(before: World, name: str) -> None:
    who, ferry = reader(before, name), before["ferry"]
    for place, (title, question) in enumerate(questions(before)):
        parameters = inspect.signature(question).parameters
        if "pilot" in parameters and (EVERY == 1 or STRANGERS[place % len(STRANGERS)] == name):
            given = next(arguments(before, parameters))
            there, absent = (answered(who, question, **given | {"pilot": each}) for each in (ferry, NOWHERE))

            assert there.replace(ferry, NOWHERE) == absent, title


@pytest.mark.parametrize("name", ["kurt", "wim"])
def test_an_event_one_does_not_know_of_is_answered_as_one_that_is_not_there(before: World, name: str) -> None:
    who = reader(before, name)
    hidden = next(
        f"{each.event.stream}#{each.version}"
        for each in told(before)
        if each.event.TOPIC == "concern.raised" and may(who, each) == "nothing"
    )
    for title, question in questions(before):
        parameters = inspect.signature(question).parameters
        given = next(arguments(before, parameters))
        for word, absent in (("event", f"concern:{NOWHERE}#1"), ("drop", (f"concern:{NOWHERE}#1",))):
            if word in parameters:
                there = answered(who, question, **given | {word: hidden if word == "event" else (hidden,)})
                missing = answered(who, question, **given | {word: absent})

                assert there.replace(hidden, f"concern:{NOWHERE}#1") == missing, title
