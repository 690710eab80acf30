"""Cards: messages that change in place, at most once in three seconds each, the newest face winning."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from counterpoise.application.faces import Kept
from counterpoise_bot.clients import Clients, NotInstalled, Refused, Unreached, asked
from counterpoise_bot.fitting import cut
from counterpoise_bot.lanes import Pace
from counterpoise_bot.limits import ADVISED_TEXT
from counterpoise_bot.message import Message, Place
from counterpoise_bot.outbox import packed, unpacked
from counterpoise_bot.posting import PLAINER, Degraded, fitting, plainer, said

logger = logging.getLogger(__name__)

KIND = "outbox-card"
DRAWN = 1_000
"""How many cards' last moments are remembered before those long past are forgotten."""


class Cards:
    """The newest face of each card, kept until Slack shows it."""

    def __init__(
        self, clients: Clients, kept: Kept, *, pace: Pace, strict: bool, told: Callable[[Degraded], None]
    ) -> None:
        self._clients = clients
        self._kept = kept
        self._pace = pace
        self._strict = strict
        self._told = told
        self._drawing: dict[str, asyncio.Task[None]] = {}
        self._drawn: dict[str, float] = {}

    @property
    def tasks(self) -> set[asyncio.Task[None]]:
        """What is being drawn."""
        return set(self._drawing.values())

    def draw(self, place: Place, ts: str, message: Message, *, card: str) -> None:
        """Keep this as the newest face, and have it shown when it is time."""
        key = _key(place, card or ts)
        face = fitting(message, strict=self._strict, told=self._told)
        self._kept.put(KIND, key, {"place": list(place), "ts": ts, "message": packed(face)})
        self._begin(key)

    def forget(self, place: Place, ts: str) -> None:
        """Show no further face of the card that is this message."""
        self._kept.drop(KIND, _key(place, ts))

    def resume(self) -> None:
        """Show every face that was kept and not shown."""
        for key, _ in self._kept.all(KIND):
            self._begin(key)

    def _begin(self, key: str) -> None:
        if key not in self._drawing:
            task = asyncio.create_task(self._redraw(key))
            self._drawing[key] = task
            task.add_done_callback(lambda _: self._drawing.pop(key, None))

    async def _redraw(self, key: str) -> None:
        """Show faces until none is newer."""
        pause = 1.0
        while self._kept.get(KIND, key) is not None:
            await self._pace.sleep(max(0.0, self._due(key) - self._pace.seconds()))
            face = self._kept.get(KIND, key)
            if face is None:
                return
            try:
                await self._shown(face)
            except (Refused, NotInstalled) as refused:
                logger.warning("A card was refused: %s", getattr(refused, "code", "not_installed"))
            except Unreached as trouble:
                logger.warning("A card waits: %s", trouble.code)
                await self._pace.sleep(pause)
                pause = min(2 * pause, 60.0)
                continue
            self._remember(key)
            self._kept.change(KIND, key, lambda now, shown=face: None if now == shown else now)  # type: ignore[misc]

    async def _shown(self, face: Mapping[str, Any]) -> None:
        place, message = Place(*face["place"]), unpacked(face["message"])
        wire = await self._clients.of(place.team)
        form: Message | None = message
        while form is not None:
            text = form.text if form.blocks else cut(form.text, ADVISED_TEXT)
            try:
                shown = {**said(replace(form, text=text)), "blocks": [dict(block) for block in form.blocks]}
                for unknown in ("unfurl_links", "unfurl_media"):
                    del shown[unknown]
                await asked(wire.client.chat_update(channel=place.channel, ts=face["ts"], **shown))
            except Refused as refused:
                form = plainer(form) if refused.code in PLAINER else None
                if form is None:
                    raise
                self._told(Degraded(refused.code, "card"))
            else:
                return

    def _due(self, key: str) -> float:
        return self._drawn.get(key, float("-inf")) + self._pace.card

    def _remember(self, key: str) -> None:
        if len(self._drawn) >= DRAWN:
            past = self._pace.seconds() - self._pace.card
            self._drawn = {each: at for each, at in self._drawn.items() if at > past}
        self._drawn[key] = self._pace.seconds()


def _key(place: Place, card: str) -> str:
    return f"{place.team}/{place.channel}/{card}"
