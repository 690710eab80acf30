"""What apps answer: acknowledgements of commands and submissions, and posts to response URLs."""

import json

from aiohttp import web

from counterpoise_sandbox import conversation, modals, wire
from counterpoise_sandbox.checks import check_message, check_view, error_of
from counterpoise_sandbox.delivery import Ack
from counterpoise_sandbox.engine import Engine
from counterpoise_sandbox.workspace import App, Channel, Message, Person, ResponseUrl, View, Wire

MOST_USES = 5
SLACKBOT = "USLACKBOT"
CONNECTING = "We had some trouble connecting. Try again?"
SAYING = ("text", "blocks", "attachments", "metadata")


class Unusable(Exception):  # noqa: N818 - it says what happened
    """An answer that Slack would not take; the argument is its error code."""


def notice(engine: Engine, person: Person, words: str, *, where: str = "") -> None:
    """Show somebody that something went wrong."""
    told: Wire = {"text": words, "where": where, "at": engine.clock.now()}
    engine.workspace.notices.setdefault(person.id, []).append(told)
    engine.changed("notice", user=person.id)


def to_command(engine: Engine, app: App, person: Person, channel: Channel, name: str, ack: Ack) -> None:
    """Show what a command was acknowledged with, or that it failed."""
    if ack.trouble:
        words = f'{name} failed with the error "{ack.trouble}"'
        conversation.whisper(engine, channel, to=person.id, user=SLACKBOT, body={"text": words})
        notice(engine, person, words, where=channel.id)
        return
    answer = dict(ack.body) if ack.body else {"text": ack.text}
    if not any(answer.get(part) for part in SAYING):
        return
    try:
        show(engine, app, person, channel, answer)
    except Unusable as refusal:
        notice(engine, person, f'{name} failed with the error "{refusal}"', where=channel.id)


def to_submission(engine: Engine, person: Person, view: View, ack: Ack) -> None:
    """Do with a submitted modal what the app answered: close, clear, update, push or show errors."""
    view.errors, view.trouble = {}, ""
    if ack.trouble:
        view.trouble = CONNECTING
        engine.changed("modal", user=person.id)
        return
    if view.id not in engine.workspace.views:
        return
    try:
        _respond(engine, person, view, ack.body)
    except Unusable as refusal:
        view.trouble = f"{CONNECTING} ({refusal})"
        engine.changed("modal", user=person.id)


def _respond(engine: Engine, person: Person, view: View, answer: Wire) -> None:
    action = answer.get("response_action")
    if action is None:
        modals.pop(engine, person.id)
    elif action == "clear":
        modals.clear(engine, person.id)
    elif action == "errors":
        _complain(engine, view, answer.get("errors"))
    elif action == "update":
        modals.update(engine, view, _checked(answer.get("view")))
    elif action == "push":
        _push(engine, person, view, _checked(answer.get("view")))
    else:
        raise Unusable(f"invalid response_action {action!r}")


def _complain(engine: Engine, view: View, errors: object) -> None:
    blocks = {block["block_id"] for block in view.body["blocks"] if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not set(errors) <= blocks:
        raise Unusable("errors must name input blocks of the view")
    view.errors = {str(block): str(words) for block, words in errors.items()}
    engine.changed("modal", user=view.user)


def _push(engine: Engine, person: Person, view: View, body: Wire) -> None:
    installation = engine.workspace.installation(view.app_id, view.team)
    if installation is None:
        raise Unusable("the app is not installed")
    try:
        modals.push(engine, modals.Owner(installation=installation, team=view.team), person.id, body)
    except modals.PushLimitReached:
        raise Unusable("push_limit_reached") from None


def _checked(view: object) -> Wire:
    problems = check_view(view)
    if problems or not isinstance(view, dict):
        raise Unusable("; ".join(one.line() for one in problems))
    return view


def show(
    engine: Engine, app: App, person: Person, channel: Channel, answer: Wire, *, thread_ts: str = ""
) -> Message:
    """Post an answer to an interaction: for the person alone, or `in_channel` for all. Raises Unusable."""
    body = body_of(engine, app, person, channel, answer)
    bot = bot_of(engine, app, person, channel)
    thread = str(answer.get("thread_ts") or thread_ts)
    if answer.get("response_type") == "in_channel":
        return conversation.post(engine, channel, user=bot, body=body, thread_ts=thread, app_id=app.id)
    return conversation.whisper(
        engine, channel, to=person.id, user=bot, body=body, thread_ts=thread, app_id=app.id
    )


def bot_of(engine: Engine, app: App, person: Person, channel: Channel) -> str:
    """Return the bot user that speaks for an app to somebody in a channel."""
    for team in (person.team, *channel.teams):
        installation = engine.workspace.installation(app.id, team)
        if installation is not None:
            return installation.bot_user
    return SLACKBOT


def body_of(engine: Engine, app: App, person: Person, channel: Channel, answer: Wire) -> Wire:
    """Return the body of a message from an app's answer; raises Unusable with Slack's error code."""
    refused = engine.faults.refused_blocks
    if any(isinstance(one, dict) and one.get("type") in refused for one in answer.get("blocks") or []):
        raise Unusable("invalid_blocks")
    problems = check_message(answer)
    if problems:
        raise Unusable(error_of(problems))
    bot = engine.workspace.people.get(bot_of(engine, app, person, channel))
    who: Wire = {"app_id": app.id}
    if bot is not None:
        who |= {"bot_id": bot.bot_id, "bot_profile": wire.bot_profile(app, bot.bot_id, bot.team)}
    return {"text": "", **{part: answer[part] for part in SAYING if answer.get(part)}, **who}


class ResponseUrls:
    """The routes that response URLs lead to."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [web.post("/response/{id}", self._take)]

    async def _take(self, request: web.Request) -> web.Response:
        engine = self._engine
        with engine.answering():
            one = engine.workspace.response_urls.get(request.match_info["id"])
            said = await _answer(request)
            exchange = engine.record.begin(
                "response_url",
                "response_url",
                at=engine.clock.now(),
                request=said or {},
                app=one.app_id if one else "",
                user=one.user if one else "",
            )
            error = self._use(one, said)
            exchange.answer = {"ok": not error} | ({"error": error} if error else {})
            exchange.status = _status(error)
            if error:
                return web.json_response(exchange.answer, status=exchange.status)
            return web.Response(text="ok")

    def _use(self, one: ResponseUrl | None, said: Wire | None) -> str:
        if one is None or one.expires < self._engine.clock.now():
            return "expired_url"
        if one.uses >= MOST_USES:
            return "used_url"
        if said is None:
            return "invalid_payload"
        try:
            self._apply(one, said)
        except Unusable as refusal:
            return str(refusal)
        one.uses += 1
        return ""

    def _apply(self, one: ResponseUrl, said: Wire) -> None:
        engine = self._engine
        app = engine.workspace.apps[one.app_id]
        person = engine.workspace.people[one.user]
        channel = engine.workspace.channels[one.channel]
        original = self._original(channel, one)
        if said.get("delete_original"):
            if original is not None:
                conversation.delete(engine, original, by=original.user)
            return
        if said.get("replace_original") and original is not None:
            body = body_of(engine, app, person, channel, said)
            if "blocks" in body:
                body["blocks"] = wire.blocks(body["blocks"], original.ts)
            conversation.edit(engine, original, body, by=original.user)
            return
        shown = show(engine, app, person, channel, said, thread_ts=one.thread_ts)
        if not one.ts:
            one.ts = shown.ts

    def _original(self, channel: Channel, one: ResponseUrl) -> Message | None:
        whispered = (
            each for each in channel.ephemerals if each.ts == one.ts and each.seen_only_by == one.user
        )
        return channel.messages.get(one.ts) or next(whispered, None)


async def _answer(request: web.Request) -> Wire | None:
    try:
        said = json.loads(await request.text())
    except ValueError:
        return None
    return said if isinstance(said, dict) else None


def _status(error: str) -> int:
    if not error:
        return 200
    return 404 if error in ("expired_url", "used_url") else 400
