"""The whole conversation, put together: every feature with what it needs, heard through one Bolt app."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any

from slack_bolt.async_app import AsyncApp

from counterpoise_bot.answers import Answers
from counterpoise_bot.chat import Chat
from counterpoise_bot.commands import Commands
from counterpoise_bot.doors import Doors, Feature, opened
from counterpoise_bot.drafts import Draft, Drafts
from counterpoise_bot.free_text import FreeText
from counterpoise_bot.hearing import Hearing
from counterpoise_bot.home import Home, Part
from counterpoise_bot.introductions import Introductions
from counterpoise_bot.lessons import LessonHints, Lessons
from counterpoise_bot.linking import Linking
from counterpoise_bot.message import Block
from counterpoise_bot.notices import Notices
from counterpoise_bot.partners import Partners
from counterpoise_bot.people import People, Person
from counterpoise_bot.pictures import Pictures
from counterpoise_bot.pilot_cards import PilotCards
from counterpoise_bot.places import Places
from counterpoise_bot.private import Private
from counterpoise_bot.recording import Hints, Recording
from counterpoise_bot.records import Records
from counterpoise_bot.rounds import Rounds
from counterpoise_bot.scan_wizard import ScanWizard
from counterpoise_bot.scheduler import Scheduler
from counterpoise_bot.settings_dialog import SettingsDialog
from counterpoise_bot.sources import Sources
from counterpoise_bot.step_leading import StepLeading
from counterpoise_bot.surroundings import Around
from counterpoise_bot.upkeep import Following, Upkeep, Work, go_on


@dataclass(frozen=True)
class Conversation:
    """The conversation as it runs: what hears, and what goes on by itself."""

    chat: Chat
    hearing: Hearing
    recording: Recording
    doors: Doors
    works: Sequence[Work]
    often: Sequence[Work]

    def attend(self, app: AsyncApp) -> AsyncApp:
        """Hear everything an app is sent."""
        self.hearing.attend(app)
        return app

    async def resume(self) -> None:
        """Finish what was begun when the bot was last stopped."""
        await self.recording.resume()
        await self.chat.out.resume()

    async def go_on(self) -> None:
        """Do by itself what is due, until cancelled."""
        await go_on(self.chat, self.works, often=self.often)


class Sparing:
    """Hints while there is time for them: they rest four times as long as they took, and nobody waits for another's."""

    def __init__(self, hints: Hints) -> None:
        self._hints = hints
        self._rests_until = 0.0

    async def about(self, person: Person, draft: Draft) -> Sequence[Block]:
        """Return what is known, nothing while hints rest."""
        begun = monotonic()
        if begun < self._rests_until:
            return ()
        self._rests_until = math.inf
        try:
            return await self._hints.about(person, draft)
        finally:
            self._rests_until = monotonic() + 4 * (monotonic() - begun)


def conversation(chat: Chat, *, pictures: Pictures | None = None) -> Conversation:
    """Return the conversation over its surroundings; whoever gives `pictures` closes them."""
    people, around, places, drafts = People(chat), Around(chat), Places(chat), Drafts(chat)
    linking, private = Linking(chat), Private(chat, around)
    hints = Sparing(LessonHints(chat))
    recording = Recording(chat, drafts, around, places, hints, private)
    records = Records(chat, drafts, around, recording)
    cards = PilotCards(chat, around, places, people, shareable=places.may_show)
    rounds, wizard = Rounds(chat, around, recording), ScanWizard(chat, around)
    needs: list[Part] = [rounds.part, wizard.part]
    features: list[Feature] = [
        Commands(chat, drafts),
        private,
        recording,
        records,
        FreeText(chat, around, recording),
        Sources(chat, drafts, around, recording, people),
        Introductions(chat, around, places),
        Answers(chat, around, places, pictures or Pictures()),
        Lessons(chat),
        rounds,
        wizard,
        cards,
        StepLeading(chat, cards),
        Partners(chat, around, cards),
        SettingsDialog(chat),
        Home(chat, drafts, around, records, needs),
    ]
    doors = opened(features)
    hearing = Hearing(chat, doors, people, linking)
    scheduler = Scheduler(chat, people, around, Notices(chat, people))
    works: list[Work] = [scheduler.run_due, records.run_due, Upkeep(chat, hearing.catch_up).run_due]
    return Conversation(chat, hearing, recording, doors, works, [Following(chat, cards.follow).run_due])


def bolt(token: str = "", **given: Any) -> AsyncApp:  # noqa: ANN401  Bolt's own settings
    """Return a Bolt app that verifies nothing itself: the gate in front of it has."""
    return AsyncApp(
        token=token or None,
        request_verification_enabled=False,
        ignoring_self_events_enabled=True,
        **given,
    )
