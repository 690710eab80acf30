"""The way out: everything that goes to Slack, within its limits and at its pace, and what is asked of it."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Mapping
from typing import Any, Protocol
from uuid import uuid4

from slack_sdk.errors import SlackApiError
from slack_sdk.webhook.async_client import AsyncWebhookClient

from counterpoise.application.faces import Clock, Kept, now
from counterpoise_bot.cards import Cards
from counterpoise_bot.clients import Clients, NotInstalled, Refused, Sessions, Unreached, asked, hasty
from counterpoise_bot.deeds import Deeds
from counterpoise_bot.directs import Directs
from counterpoise_bot.fitting import PIECES, REPLIED, payload, pieces, shortened, view_problems
from counterpoise_bot.lanes import Pace
from counterpoise_bot.limits import ADVISED_TEXT
from counterpoise_bot.message import Account, Message, Picture, Place
from counterpoise_bot.outbox import Letter, Outbox
from counterpoise_bot.posting import PLAINER, Degraded, Posted, Posting, fitting, plainer
from counterpoise_bot.words import Words

logger = logging.getLogger(__name__)

LATE = frozenset({"expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id", "trigger_expired"})
"""Codes that say that a dialog can no longer be opened."""

OK = 200


class Reader(Protocol):
    """Whom to tell that a dialog came too late, and in which words."""

    @property
    def account(self) -> Account:
        """Who it is."""
        ...

    @property
    def words(self) -> Words:
        """The language they read."""
        ...


class Out:
    """What the conversation sends. Messages, cards and reactions are kept until Slack has them.

    `strict` raises OverLimit for a payload past a limit (in tests); else a plainer form is sent and `degraded` says so.
    Nothing here raises because Slack could not be reached or would not.
    """

    def __init__(
        self,
        clients: Clients,
        kept: Kept,
        *,
        clock: Clock = now,
        pace: Pace | None = None,
        strict: bool = False,
        sessions: Sessions | None = None,
    ) -> None:
        pace = pace or Pace()
        self._clients = clients
        self._strict = strict
        self._sessions = sessions or Sessions()
        self._pace = pace
        self._outbox = Outbox(kept, clock)
        self._directs = Directs(clients, kept)
        self._posting = Posting(
            clients, self._outbox, self._directs, pace=pace, strict=strict, told=self._tell
        )
        self._cards = Cards(clients, kept, pace=pace, strict=strict, told=self._tell)
        self._deeds = Deeds(clients, kept, pace=pace)
        self.degraded: deque[Degraded] = deque(maxlen=1_000)

    @property
    def clients(self) -> Clients:
        """Who is asked in which workspace, for what is neither message nor view: one that grows."""
        return self._clients

    # Messages

    async def post(
        self, place: Place, message: Message, *, key: str, thread: str = "", person: str = ""
    ) -> Posted:
        """Post a message once for its `key`, also across crashes; `person` is the member it is forgotten with."""
        return await self._posting.post(Letter(key, place, message, thread, person))

    async def direct(
        self, account: Account, message: Message, *, key: str, workspace: str = "", person: str = ""
    ) -> Posted:
        """Post a message in the conversation between a person and the bot; `workspace` is where the bot knows them."""
        place = Place(workspace or account.team, "")
        return await self._posting.post(Letter(key, place, message, person=person, user=account.user))

    async def update(self, place: Place, ts: str, message: Message, *, card: str = "") -> None:
        """Have a message changed in place; of several changes within 3 s of one `card` the newest is shown."""
        self._cards.draw(place, ts, message, card=card)

    async def remove(self, place: Place, ts: str) -> None:
        """Take a message of the bot's away."""
        self._cards.forget(place, ts)
        await self._deeds.do("chat.delete", place, ts=ts)

    async def react(self, place: Place, ts: str, name: str) -> None:
        """Put an emoji on a message."""
        await self._deeds.do("reactions.add", place, timestamp=ts, name=name)

    async def unreact(self, place: Place, ts: str, name: str) -> None:
        """Take the bot's emoji off a message."""
        await self._deeds.do("reactions.remove", place, timestamp=ts, name=name)

    async def upload(self, place: Place, picture: Picture, *, thread: str = "") -> bool:
        """Show a picture in a conversation; False where Slack did not take it."""
        return await self._tried(self._posting.upload(place, picture, thread=thread))

    # Ephemeral messages and response URLs

    async def whisper(self, place: Place, user: str, message: Message, *, thread: str = "") -> None:
        """Show one person a message where they are; whoever is not there gets it directly."""
        form: Message | None = fitting(message, strict=self._strict, told=self._tell)
        while form is not None:
            refused = await self._whispered(place, user, form, thread)
            if refused in PLAINER:
                self._tell(Degraded(refused, "ephemeral"))
                form = plainer(form)
                continue
            if refused:
                await self._aside(place, user, form)
            return

    async def _whispered(self, place: Place, user: str, form: Message, thread: str) -> str:
        """Return the code with which Slack did not show it; empty where it did."""
        for text in [form.text] if form.blocks else pieces(form.text):
            shown = {"link_names": False, "parse": "none", **payload(Message(text, form.blocks))}
            try:
                wire = await self._clients.of(place.team)
                await asked(
                    wire.client.chat_postEphemeral(
                        channel=place.channel, user=user, thread_ts=thread or None, **shown
                    )
                )
            except (Refused, Unreached) as trouble:
                return trouble.code
            except NotInstalled:
                return "not_installed"
        return ""

    async def _aside(self, place: Place, user: str, message: Message) -> None:
        await self.direct(Account(place.team, user), message, key=f"aside/{uuid4()}", workspace=place.team)

    async def respond(self, url: str, message: Message, *, replace: bool = True) -> bool:
        """Answer through a response_url, in place of the message or beside it; False where it has run out."""
        form: Message | None = fitting(message, strict=self._strict, told=self._tell)
        while form is not None:
            code = await self._answered(url, form, replace=replace)
            if code not in PLAINER:
                return not code
            self._tell(Degraded(code, "response"))
            form = plainer(form)
        return False

    async def _answered(self, url: str, form: Message, *, replace: bool) -> str:
        """Return the code with which a response_url did not take a form; empty where it did."""
        most = max(ADVISED_TEXT, -(-len(form.text) // (PIECES - 1)))
        for place, text in enumerate([form.text] if form.blocks else pieces(form.text, most=most)):
            said = {**REPLIED, **payload(Message(text, form.blocks)), "response_type": "ephemeral"}
            code = await self._responded(url, {**said, "replace_original": replace and place == 0})
            if code:
                return code
        return ""

    async def clear(self, url: str) -> bool:
        """Take away the message acted on; False where the response_url has run out."""
        return not await self._responded(url, {"delete_original": True})

    async def _responded(self, url: str, body: Mapping[str, Any]) -> str:
        """Return the code with which a response_url did not take a body; empty where it did."""
        client = AsyncWebhookClient(url, session=self._sessions.session(), retry_handlers=hasty())
        try:
            answer = await client.send_dict(dict(body))
        except (SlackApiError, OSError) as error:
            logger.warning("A response could not be sent: %s", type(error).__name__)
            return "unreachable"
        if answer.status_code == OK and answer.body in {"ok", ""}:
            return ""
        code = next((code for code in PLAINER if code in answer.body), f"status {answer.status_code}")
        logger.warning("A response was refused: %s", code)
        return code

    # Views

    async def open(
        self, team: str, trigger: str, view: Mapping[str, Any], *, person: Reader | None = None
    ) -> str:
        """Open a dialog and return its id; empty where it could not be, of which `person` is told directly."""
        return await self._viewed("open", team, view, person, trigger_id=trigger)

    async def push(
        self, team: str, trigger: str, view: Mapping[str, Any], *, person: Reader | None = None
    ) -> str:
        """Lay a dialog over the one that stands, and return its id; as `open`."""
        return await self._viewed("push", team, view, person, trigger_id=trigger)

    async def update_view(self, team: str, view_id: str, view: Mapping[str, Any], hash: str = "") -> bool:  # noqa: A002
        """Put another page into a dialog; False where it is gone, or is no longer the one that `hash` names."""
        return bool(await self._viewed("update", team, view, None, view_id=view_id, hash=hash or None))

    async def publish(self, account: Account, view: Mapping[str, Any], *, workspace: str = "") -> bool:
        """Show a person's Home."""
        team = workspace or account.team
        return bool(await self._viewed("publish", team, view, None, user_id=account.user))

    def checked(self, view: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return a view within the limits: itself, or shortened; OverLimit where `strict`."""
        if not view_problems(view, strict=self._strict):
            return view
        self._tell(Degraded("limit", "view"))
        return shortened(view)

    async def _viewed(
        self, verb: str, team: str, view: Mapping[str, Any], person: Reader | None, **how: str | None
    ) -> str:
        """Return the id of the view as Slack shows it."""
        view = self.checked(view)
        try:
            wire = await self._clients.of(team)
            answer = await asked(getattr(wire.client, f"views_{verb}")(view=dict(view), **how))
        except (Refused, Unreached, NotInstalled) as trouble:
            code = getattr(trouble, "code", "not_installed")
            logger.warning("A view was refused (%s): %s", verb, code)
            if person is not None:
                await self._explain(person, team, late=code in LATE)
            return ""
        return str((answer.get("view") or {}).get("id", ""))

    async def _explain(self, person: Reader, team: str, *, late: bool) -> None:
        words = person.words
        text = (
            words.say(
                "Slack gives three seconds to open a dialog, and they had passed. Please try once more."
            )
            if late
            else words.say("Slack would not open the dialog. Nothing was lost; please try once more.")
        )
        await self.direct(person.account, Message(text), key=f"view/{uuid4()}", workspace=team)

    # What is asked of Slack

    async def dm(self, account: Account, *, workspace: str = "") -> Place | None:
        """Return the conversation between a person and the bot; None where there can be none."""
        try:
            return await self._directs.of(workspace or account.team, account.user)
        except (Refused, Unreached, NotInstalled) as trouble:
            logger.warning("A direct conversation was refused: %s", getattr(trouble, "code", "not_installed"))
            return None

    async def profile(self, workspace: str, user: str) -> Mapping[str, Any]:
        """Return what Slack says of a person (`locale`, `tz`, `name`, `team_id`, ...); empty where it says nothing."""
        answer = await self.ask(workspace, "users.info", user=user, include_locale=True)
        found: Mapping[str, Any] = answer.get("user") or {}
        return found

    async def ask(self, team: str, method: str, **arguments: Any) -> Mapping[str, Any]:  # noqa: ANN401
        """Return Slack's answer to a method that reads; `{"ok": False, "error": code}` where there is none."""
        given = {name: value for name, value in arguments.items() if value is not None}
        try:
            wire = await self._clients.of(team)
            return await asked(wire.client.api_call(method, data=given))
        except (Refused, Unreached) as trouble:
            return {"ok": False, "error": trouble.code}
        except NotInstalled:
            return {"ok": False, "error": "not_installed"}

    async def ask_all(self, team: str, method: str, field: str, **arguments: Any) -> list[Any]:  # noqa: ANN401
        """Return every item of a list that Slack answers page by page; what it would not say is missing."""
        found: list[Any] = []
        cursor = None
        while True:
            answer = await self.ask(team, method, cursor=cursor, **arguments)
            found += answer.get(field) or []
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return found

    # What was not finished

    async def resume(self) -> None:
        """Send what waited when the bot was last ended, oldest first, without waiting for it."""
        for letter in self._outbox.waiting():
            self._posting.send(letter)
        self._cards.resume()
        self._deeds.resume()

    @property
    def busy(self) -> bool:
        """Whether something is waiting to be sent."""
        return bool(self._tasks())

    async def quiet(self) -> None:
        """Return once nothing is waiting to be sent."""
        while running := self._tasks():
            await asyncio.wait(running)

    async def close(self) -> None:
        """Stop sending (what waits is kept for the next start) and close every connection."""
        running = self._tasks()
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await self._sessions.close()

    def _tasks(self) -> set[asyncio.Task[None]]:
        return {*self._posting.tasks, *self._cards.tasks, *self._deeds.tasks}

    async def _tried(self, call: Awaitable[Any]) -> bool:
        try:
            await call
        except (Refused, Unreached, NotInstalled) as trouble:
            logger.warning("Something was refused: %s", getattr(trouble, "code", "not_installed"))
            return False
        return True

    def _tell(self, degraded: Degraded) -> None:
        logger.warning("A plainer form is sent (%s): %s", degraded.surface, degraded.code)
        self.degraded.append(degraded)
