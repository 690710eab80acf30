"""The scheduler: on the injected clock, sends each person the prompts and digests that are due, once."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from counterpoise.application.faces import Member, Refusal
from counterpoise_bot import round_pages
from counterpoise_bot.chat import Chat
from counterpoise_bot.message import Account
from counterpoise_bot.notices import Notices
from counterpoise_bot.people import People, Person
from counterpoise_bot.prompts import HOUR, MINUTE, Asked, Habits, Prompt, Sent, due
from counterpoise_bot.prompts_kept import Kept, PromptsKept, habits_of
from counterpoise_bot.rounds import in_words
from counterpoise_bot.surroundings import Around

logger = logging.getLogger(__name__)

GONE = frozenset({"not_installed", "account_inactive", "token_revoked", "invalid_auth", "token_expired"})
"""Why nothing can be said in a workspace: the bot is no longer in it."""

Wait = Callable[[], Awaitable[None]]


async def a_second() -> None:
    """Wait before the clock is looked at again."""
    await asyncio.sleep(1.0)


class Scheduler:
    """Asks everybody who takes part in a round, in their own hours.

    What is due follows from the log alone; what was sent is kept, and each prompt has its key in the outbox: a
    restart neither loses nor doubles one. The clock may jump.
    """

    def __init__(
        self, chat: Chat, people: People, around: Around, notices: Notices, *, wait: Wait = a_second
    ) -> None:
        self._chat = chat
        self._people = people
        self._around = around
        self._notices = notices
        self._wait = wait
        self._prompts = PromptsKept(chat)
        self._shut: dict[str, int] = {}
        self._turn = asyncio.Lock()

    async def run(self) -> None:
        """Do what is due whenever the clock has come to another minute, until cancelled."""
        last = -1
        while True:
            now = self._chat.clock()
            if now // MINUTE != last:
                last = now // MINUTE
                try:
                    await self.run_due(now)
                except Exception:
                    logger.exception("the scheduler failed; it goes on in a minute")
            await self._wait()

    async def run_due(self, now: int) -> int:
        """Send what is due at a moment (microseconds UTC), and return how many prompts and digests that was."""
        async with self._turn:
            linked = {
                person: Account(*account)
                for person, account in (
                    await self._chat.inside(self._chat.application.linked_accounts)
                ).items()
                if self._shut.get(account[0], 0) <= now
            }
            rows = await self._rows(linked, now)
            await self._end(rows, now)
            asked = [Asked(_name(row), row["person"], row["since"], answered=row["answered"]) for row in rows]
            sent = await self._unfinished(linked, rows, now)
            waiting = {each.person for each in asked if not each.answered}
            persons = await self._persons(waiting, linked)
            habits = {person: self._habits(each) for person, each in persons.items()}
            known = [each.sent for each in self._prompts.all()]
            for prompt in due([each for each in asked if each.person in persons], habits, known, now):
                sent += await self._send(prompt, persons[prompt.person], habits[prompt.person], now)
            return sent + await self._notices.run_due(linked, now)

    async def _rows(self, linked: Mapping[str, Account], now: int) -> Sequence[Mapping[str, Any]]:
        """Return who is asked about which round, among those who can be written to."""

        def ask() -> Sequence[Mapping[str, Any]]:
            members = [each for person in linked if (each := self._member(person)) is not None]
            return self._chat.application.questions.steps.rounds(members, now=now).value

        return await self._chat.inside(ask)

    def _member(self, person: str) -> Member | None:
        try:
            return self._chat.application.speaker(person)
        except Refusal:
            return None

    async def _persons(self, waiting: set[str], linked: Mapping[str, Account]) -> dict[str, Person]:
        found = {
            person: await self._people.person(linked[person], workspace=linked[person].team)
            for person in sorted(waiting & linked.keys())
        }
        return {person: each for person, each in found.items() if each is not None}

    def _habits(self, person: Person) -> Habits:
        return habits_of(self._chat.kept.get("person", person.member.id), person.zone)

    async def _unfinished(
        self, linked: Mapping[str, Account], rows: Sequence[Mapping[str, Any]], now: int
    ) -> int:
        """Send what was due when the bot was last ended, under the key it had then."""
        begun = [kept for kept in self._prompts.all() if not kept.posted]
        asked = {(_name(row), row["person"]) for row in rows if not row["answered"]}
        sent = 0
        for kept in begun:
            if (kept.sent.round, kept.sent.person) not in asked or kept.sent.person not in linked:
                continue
            persons = await self._persons({kept.sent.person}, linked)
            for person in persons.values():
                sent += await self._post(kept, person, now)
        return sent

    async def _send(self, prompt: Prompt, person: Person, habits: Habits, now: int) -> int:
        known = self._prompts.of(prompt.round, prompt.person)
        times = known.sent.times + 1 if known else 1
        sent = Sent(prompt.round, prompt.person, prompt.slot, now, times=times, zone=habits.zone)
        kept = Kept(sent=sent)
        self._prompts.put(kept)
        return await self._post(kept, person, now)

    async def _post(self, kept: Kept, person: Person, now: int) -> int:
        """Put a prompt into the outbox, and remember where it stands."""
        sent = kept.sent
        about = in_words(await self._around.of(person.member), sent.round)
        posted = await self._chat.out.direct(
            person.account,
            round_pages.prompt(person.words, about),
            key=f"prompt/{sent.round}/{sent.person}/{sent.slot}",
            workspace=person.account.team,
            person=person.member.id,
        )
        if posted.refused in GONE:
            self._shut[person.account.team] = now + HOUR
            self._prompts.drop(kept)
            return 0
        place = await self._chat.out.dm(person.account, workspace=person.account.team)
        self._prompts.put(replace(kept, posted=True, place=place, ts=posted.ts))
        return 1

    async def _end(self, rows: Sequence[Mapping[str, Any]], now: int) -> None:
        """Say on prompts whose round is over, or moved on with its step, that it is."""
        open_ = {(_name(row), row["person"]) for row in rows}
        over = [
            kept
            for kept in self._prompts.all()
            if kept.posted and not kept.ended and (kept.sent.round, kept.sent.person) not in open_
        ]
        for kept in over:
            self._prompts.put(replace(kept, ended=True))
            if kept.place is None or not kept.ts:
                continue
            person = await self._reader(kept, now)
            if person is not None:
                said = person.words.say("This round is over. You can still reflect: /reflect.")
                message = round_pages.plainly(said)
                await self._chat.out.update(kept.place, kept.ts, message, card=kept.ts)

    async def _reader(self, kept: Kept, now: int) -> Person | None:
        linked = await self._chat.inside(self._chat.application.linked_accounts)
        account = linked.get(kept.sent.person)
        if account is None or self._shut.get(account[0], 0) > now:
            return None
        return await self._people.person(Account(*account), workspace=account[0])


def _name(row: Mapping[str, Any]) -> str:
    return f"{row['pilot']}/{row['step']}/{row['phase']}"
