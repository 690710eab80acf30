"""Nobody is told in Slack what they may not read: not by an answer, a button, a dialog, a Home, a channel or a log."""

import asyncio
import logging
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from counterpoise import policy
from counterpoise.application.desk import NoSuchSpeaker
from counterpoise.domain.events import Sealed
from counterpoise.policy import ONLOOKER, Decision, Member, visible
from counterpoise.policy.rules import policy_version
from tests.application.canaries import sing
from tests.application.readers import FOUND, secrets, told
from tests.application.world import World, copied, how
from tests.journeys.office import account, office
from tests.journeys.walking import PLAIN, Transcript, Walker, outward

LINKED = ("ines", "omar", "kurt", "lena", "vera", "sol", "wim", "pat", "ada")
STRANGERS = ("nobody", "guest")
"""One who never linked, and one of another workspace who never did."""
FOREIGN = ("lena", "guest")
PEOPLE = (*LINKED, *STRANGERS)
ROOMS = {
    "C0AGENCY": ("ines", "omar"),
    "C0TEAM": ("ines", "omar", "kurt", "lena", "vera", "sol"),
}
"""Channels of the pilot's, where more may be shown than where strangers listen."""
CANARY = re.compile(r"canary-\d+-")
EVERY = 2 if os.environ.get("COUNTERPOISE_TORTURE") else 10
"""Everybody asks every so-manieth command, each of them others; in the long form three times as many."""
REVOKED = ("kurt", "omar", "sol")
DOUBTED = ("vera", "pat")


@dataclass
class Heard:
    """What a walk left: what reached whom, what they must not be told, every payload, every line of the log."""

    told: Mapping[str, list[str]]
    hidden: Mapping[str, Mapping[str, str]]
    red: frozenset[str]
    sent: list[Any]
    members: tuple[str, ...]
    tokens: tuple[str, ...]
    lines: list[str] = field(default_factory=list)

    def leaks(self, who: str) -> list[str]:
        """Return what somebody was told that they must not be, and by what."""
        hidden = self.hidden[who]
        found = {
            f"{who} is told {each} ({hidden[each]}) by {text.partition(':')[0]}"
            for text in self.told.get(account(who), ())
            for each in set(FOUND.findall(text)) & hidden.keys()
        }
        return sorted(found)


class Lines(logging.Handler):
    """Keeps every line that our own loggers say."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line, and its trace."""
        self.lines.append(logging.Formatter().format(record))


def listened(*names: str) -> Iterator[Lines]:
    """Listen to loggers at their most talkative, until the caller goes on."""
    lines, before = Lines(), {name: logging.getLogger(name).level for name in names}
    for name in names:
        logging.getLogger(name).setLevel(logging.DEBUG)
        logging.getLogger(name).addHandler(lines)
    yield lines
    for name in names:
        logging.getLogger(name).removeHandler(lines)
        logging.getLogger(name).setLevel(before[name])


def narrow(world: World) -> dict[str, str]:
    """Narrow labels, erase a person, take a role away; return the canaries that nobody may read any more."""
    before = _canaries(world)
    for name, actor in (("omar", "agency"), ("kurt", "brigade")):
        for each in told(world):
            mine = each.event.member == world.by(name).pseudonyms.get(each.event.pilot)
            if mine and each.event.actor == world[actor] and each.event.TOPIC in SPOKEN:
                narrower = how(label="AMBER+STRICT")
                if each.event.label in {"CLEAR", "GREEN"}:
                    at = f"{each.event.stream}#{each.version}"
                    world.say(name, "records.relabel", narrower, event=at)
    world.say("ada", "records.erase", member=world["sol"])
    world.say("ines", "members.revoke", member=world["kurt"], role="participant", pilot=world["ferry"])
    return dict.fromkeys(before - _canaries(world), "erased")


SPOKEN = ("concern.raised", "reflection.recorded", "lesson.drafted", "pilot.position-taken")


def _canaries(world: World, *labels: str) -> set[str]:
    """Return the canaries that the log holds, under these labels as they are today, or under all."""
    return {
        text
        for each in told(world)
        if not labels or each.today.label in labels
        for name in fields(each.event)
        if isinstance(value := getattr(each.event, name.name), Sealed)
        for text in CANARY.findall(value.text or "")
    }


def _reader(world: World, who: str) -> Member:
    """Return somebody as they are now; whoever never linked, or was erased, is a stranger."""
    try:
        return ONLOOKER if who in STRANGERS else world.by(world[who])
    except NoSuchSpeaker:
        return ONLOOKER


async def walked(world: World, *people: str, narrowed: bool = False) -> Heard:
    """Let these people ask everything, one after the other; with `narrowed`, again after labels and roles changed."""
    erased: dict[str, str] = {}
    async with office(world, *PEOPLE, linked=LINKED, foreign=FOREIGN, rooms=ROOMS) as here:
        transcript = Transcript(here)
        rooms = {who: [room for room, inside in ROOMS.items() if who in inside] for who in people}
        walkers = {who: Walker(here, who, transcript, rooms=rooms[who] or ["C0FERRY"]) for who in people}
        for turn, walker in enumerate(walkers.values()):
            await walker.walk(turn=turn, every=EVERY)
        if narrowed:
            erased = await asyncio.to_thread(narrow, world)
            transcript = Transcript(here)
            for turn, who in enumerate(people):
                walker = Walker(here, who, transcript, rooms=rooms[who] or ["C0FERRY"])
                await walker.again()
                await walker.walk(turn=turn, every=EVERY)
        else:
            transcript.look(*PEOPLE)
        tokens = (here.sandbox.bot_token(), here.sandbox.app_token(), here.sandbox.app().signing_secret)
    hidden = {who: secrets(world, _reader(world, who)) | erased for who in PEOPLE}
    red = _canaries(world, "RED") - _canaries(world, "CLEAR", "GREEN", "AMBER", "AMBER+STRICT")
    return Heard(
        transcript.told,
        hidden,
        frozenset(red),
        transcript.sent,
        tuple(world[who] for who in LINKED),
        tokens,
    )


@pytest.fixture(scope="module")
def sung(built: World, tmp_path_factory: pytest.TempPathFactory) -> World:
    """Return a world in which everything was said; its store is closed."""
    with copied(built, tmp_path_factory.mktemp("sung")) as world:
        sing(world)
    return world


@pytest.fixture(scope="module")
def before(sung: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Heard]:
    """Lend what everybody heard who asked everything, with the lines of our loggers."""
    with copied(sung, tmp_path_factory.mktemp("before"), seed=5) as world:
        for lines in listened("counterpoise", "counterpoise_bot"):
            heard = asyncio.run(walked(world, *PEOPLE))
            heard.lines = lines.lines
            yield heard


@pytest.fixture(scope="module")
def after(sung: World, tmp_path_factory: pytest.TempPathFactory) -> Heard:
    """Return what was heard once labels were narrowed, a person was erased, and another lost their role."""
    with copied(sung, tmp_path_factory.mktemp("after"), seed=5) as world:
        return asyncio.run(walked(world, *REVOKED, narrowed=True))


def test_nobody_is_told_in_slack_what_they_may_not_read(before: Heard) -> None:
    assert {who: leaks for who in PEOPLE if (leaks := before.leaks(who))} == {}


def test_nobody_is_told_it_once_it_was_narrowed_erased_or_their_role_revoked(after: Heard) -> None:
    assert {who: leaks for who in REVOKED if (leaks := after.leaks(who))} == {}


def test_members_are_told_what_they_may_read(before: Heard) -> None:
    heard = {who: set(FOUND.findall(str(before.told[account(who)]))) for who in LINKED}
    canaries = {who: {text for text in found if text.startswith("canary")} for who, found in heard.items()}

    assert all(canaries[who] for who in ("ines", "omar", "kurt", "sol"))


def test_strangers_are_answered_and_told_nothing(before: Heard) -> None:
    for who in STRANGERS:
        answers = str(before.told[account(who)])
        assert "/counterpoise link" in answers


def test_what_is_red_passes_through_slack_in_no_payload(before: Heard) -> None:
    sent = str([outward(each) for each in before.sent])

    assert before.red
    assert sorted(set(CANARY.findall(sent)) & before.red) == []


def test_no_line_of_the_log_holds_words_members_or_tokens(before: Heard) -> None:
    private = (PLAIN, *before.tokens, *before.members, *map(account, PEOPLE))
    found = [line for line in before.lines if "canary-" in line or any(word in line for word in private)]

    assert found == []


def test_what_is_carried_unseen_holds_neither_members_nor_words(before: Heard) -> None:
    private = (PLAIN, "canary-", *before.members, *map(account, PEOPLE))
    carried = [text for each in before.sent for text in _unseen(outward(each))]

    assert len(carried) > 100
    assert [text for text in carried if any(word in text for word in private)] == []


UNSEEN = (
    "metadata",
    "value",
    "private_metadata",
    "action_id",
    "block_id",
    "callback_id",
    "external_id",
    "filename",
)
"""What a message or a dialog carries that nobody sees."""


def _unseen(sent: object) -> Iterator[str]:
    if isinstance(sent, dict):
        for name, value in sent.items():
            if name in UNSEEN:
                yield str(value)
            else:
                yield from _unseen(value)
    elif isinstance(sent, list):
        for each in sent:
            yield from _unseen(each)


def test_the_walk_sees_what_leaks_where_everything_is_allowed(
    sung: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def allowing(*_: object, **__: object) -> Decision:
        return Decision(allowed=True, rule="always", version=policy_version())

    def readable(*_: object, **__: object) -> Any:  # noqa: ANN401  an expression
        return pl.lit(value=True).alias("allowed")

    monkeypatch.setattr(visible, "decide", allowing)
    monkeypatch.setattr(visible, "readable", readable)
    monkeypatch.setattr(policy, "readable", readable)
    with copied(sung, tmp_path, seed=5) as world:
        heard = asyncio.run(walked(world, *DOUBTED))

    assert [who for who in DOUBTED if not heard.leaks(who)] == []
