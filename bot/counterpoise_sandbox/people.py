"""Everything a person can do in the workspace, as any person."""

import base64
from zoneinfo import available_timezones

from counterpoise_sandbox import agents, answers, choices, conversation, inputs, interactions, modals, wire
from counterpoise_sandbox.delivery import Ack
from counterpoise_sandbox.engine import Engine
from counterpoise_sandbox.methods.users import SETTABLE
from counterpoise_sandbox.places import Impossible, Spot, message_at, spot, top
from counterpoise_sandbox.speech import rich, typed
from counterpoise_sandbox.workspace import App, Channel, File, Message, Person, Unknown, View, Wire

NOT_ANSWERING = "This app is not responding right now."
OWN = (*SETTABLE, "locale", "tz", "hours", "presence", "name")


class Somebody:
    """One person at their screen. What cannot be done by anybody raises Impossible."""

    def __init__(self, engine: Engine, named: str) -> None:
        self._engine = engine
        self._id = engine.workspace.person(named).id

    @property
    def person(self) -> Person:
        """Who this is."""
        return self._engine.workspace.people[self._id]

    @property
    def id(self) -> str:
        """Their user id."""
        return self._id

    async def say(
        self,
        where: str,
        text: str,
        *,
        thread_ts: str = "",
        broadcast: bool = False,
        files: list[str] | None = None,
    ) -> Wire:
        """Write into a channel, a thread, or to a person or app by name; `files` are ids of uploads."""
        channel = self._place(where)
        self._must_belong(channel)
        self._must_take_messages(channel)
        parent = channel.messages.get(thread_ts)
        replied = {"message": parent.number} if parent is not None else {}
        self._note("say", where=self._named(channel), text=text, broadcast=broadcast, files=files, **replied)
        words = typed(self._engine.workspace, text)
        body: Wire = {"text": words, "client_msg_id": self._engine.workspace.mint("m-").lower()}
        if words:
            body["blocks"] = [rich(words)]
        if files:
            body["files"] = files
        message = conversation.post(
            self._engine,
            channel,
            user=self.id,
            body=body,
            thread_ts=thread_ts,
            broadcast=broadcast,
            subtype="file_share" if files else "",
        )
        self._share(channel, message, files or [])
        return self._shown(message)

    async def edit(self, channel: str, ts: str, text: str) -> Wire:
        """Change one's own message."""
        message = self._own(channel, ts)
        self._note("edit", message=message.number, text=text)
        words = typed(self._engine.workspace, text)
        conversation.edit(self._engine, message, {"text": words, "blocks": [rich(words)]}, by=self.id)
        return self._shown(message)

    async def delete(self, channel: str, ts: str) -> None:
        """Take one's own message back."""
        message = self._own(channel, ts)
        self._note("delete", message=message.number)
        conversation.delete(self._engine, message, by=self.id)

    async def dismiss(self, channel: str, ts: str) -> None:
        """Put an ephemeral message away ("Dismiss message")."""
        message = message_at(self._engine, self.person, channel, ts)
        if not message.seen_only_by:
            raise Impossible("Only a message that one sees alone can be dismissed.")
        self._note("dismiss", message=message.number)
        conversation.delete(self._engine, message, by=self.id)

    async def stop(self, channel: str, ts: str) -> None:
        """Stop a message that grows."""
        message = message_at(self._engine, self.person, channel, ts)
        if not message.streaming:
            raise Impossible("This message does not grow.")
        self._note("stop", message=message.number)
        message.stream, message.stopped = {}, True
        message.body.pop("streaming_state", None)
        self._engine.changed("stream", channel=message.channel, ts=ts)

    async def react(self, channel: str, ts: str, name: str) -> None:
        """Add a reaction."""
        message, name = self._reactable(channel, ts), name.strip(":")
        if self.id in message.reactions.get(name, []):
            raise Impossible(f"{self.person.name} has reacted with {name} already.")
        self._note("react", message=message.number, name=name)
        conversation.react(self._engine, message, name, by=self.id)

    async def unreact(self, channel: str, ts: str, name: str) -> None:
        """Take a reaction back."""
        message, name = self._reactable(channel, ts), name.strip(":")
        if self.id not in message.reactions.get(name, []):
            raise Impossible(f"{self.person.name} has not reacted with {name}.")
        self._note("unreact", message=message.number, name=name)
        conversation.unreact(self._engine, message, name, by=self.id)

    async def command(self, name: str, text: str = "", *, channel: str = "", app: str = "") -> Wire:
        """Run a slash command in a channel (without one: in the direct message with the app)."""
        said = name if name.startswith("/") else f"/{name}"
        found, described = self._command(said, app)
        where = self._place(channel) if channel else self._direct(found)
        self._must_belong(where)
        self._note("command", name=said, text=text, channel=self._named(where) if channel else "", app=app)
        text = typed(self._engine.workspace, text) if described.get("should_escape") else text
        payload = interactions.command(self._engine, found, self.person, where, said, text.strip())
        url = str(described.get("url") or found.events_url)
        ack = await self._engine.post.ask(found, "command", payload, url=url)
        answers.to_command(self._engine, found, self.person, where, said, ack)
        return self._told(ack, payload)

    async def click(
        self,
        action_id: str,
        *,
        channel: str = "",
        ts: str = "",
        home: str = "",
        block_id: str = "",
        value: str = "",
    ) -> Wire:
        """Click a button in a message, the top modal or a Home; `value` tells equal action_ids apart."""
        found = spot(
            self._engine,
            self.person,
            action_id,
            block_id=block_id,
            channel=channel,
            ts=ts,
            home=home,
            value=value,
        )
        self._note_at("click", found, action_id=action_id, home=home, block_id=block_id, value=value)
        kind = found.element["type"]
        if kind == "feedback_buttons":
            chosen = [found.element[one] for one in ("positive_button", "negative_button")]
            button = next(
                (one for one in chosen if value in (one.get("value"), one["text"]["text"])), chosen[0]
            )
            return await self._act(
                found, {"type": kind, "text": button["text"], "value": button.get("value", "")}
            )
        if kind not in ("button", "icon_button", "workflow_button"):
            raise Impossible(f"{action_id!r} is a {kind}: choose from it or type into it.")
        return await self._act(found, {"type": kind})

    async def choose(
        self,
        action_id: str,
        value: object,
        *,
        channel: str = "",
        ts: str = "",
        home: str = "",
        block_id: str = "",
        query: str = "",
    ) -> Wire:
        """Choose from a select, overflow, check boxes, radio buttons or a date, by value or visible text."""
        found = spot(
            self._engine, self.person, action_id, block_id=block_id, channel=channel, ts=ts, home=home
        )
        self._note_at(
            "choose", found, action_id=action_id, home=home, block_id=block_id, value=value, query=query
        )
        offered = choices.options(found.element)
        if "external_select" in found.element["type"] and not isinstance(value, dict):
            offered = choices.options(await self._suggested(found, query))
        elif isinstance(value, dict):
            offered = [value]
        if found.element["type"] == "overflow":
            return await self._act(
                found, {"type": "overflow", "selected_option": choices.option(offered, value)}
            )
        return await self._enter(found, choices.kept(self._engine.workspace, found.element, value, offered))

    async def enter(
        self,
        action_id: str,
        text: object,
        *,
        channel: str = "",
        ts: str = "",
        home: str = "",
        block_id: str = "",
    ) -> Wire:
        """Type into an input."""
        found = spot(
            self._engine, self.person, action_id, block_id=block_id, channel=channel, ts=ts, home=home
        )
        self._note_at("enter", found, action_id=action_id, home=home, block_id=block_id, text=text)
        return await self._enter(found, choices.kept(self._engine.workspace, found.element, text, []))

    async def suggestions(
        self,
        action_id: str,
        query: str = "",
        *,
        channel: str = "",
        ts: str = "",
        home: str = "",
        block_id: str = "",
    ) -> Wire:
        """Return what an app offers in an external select: options or option_groups."""
        found = spot(
            self._engine, self.person, action_id, block_id=block_id, channel=channel, ts=ts, home=home
        )
        return await self._suggested(found, query)

    async def submit(self, values: Wire | None = None) -> Wire:
        """Submit the top modal; `values` are entered first: action_id to text or choice."""
        for action_id, value in (values or {}).items():
            await self._fill(action_id, value)
        view = top(self._engine, self.person)
        if view.body.get("submit") is None and any(block["type"] == "input" for block in view.body["blocks"]):
            raise Impossible("This modal has no submit button.")
        self._note("submit")
        view.errors = inputs.missing(view.body["blocks"], view.state)
        if view.errors:
            self._engine.changed("modal", user=self.id)
            return {"acknowledged": False, "errors": view.errors}
        app = self._engine.workspace.apps[view.app_id]
        payload = interactions.submission(self._engine, app, self.person, view)
        ack = await self._engine.post.ask(app, "interaction", payload, url=app.interactivity_url)
        answers.to_submission(self._engine, self.person, view, ack)
        return self._told(ack, payload) | {"errors": view.errors}

    async def close(self, *, everything: bool = False) -> None:
        """Close the top modal, or the whole stack at once."""
        view = top(self._engine, self.person)
        self._note("close", everything=everything)
        all_at_once = everything or bool(view.body.get("clear_on_close"))
        gone = modals.clear(self._engine, self.id) if all_at_once else [modals.pop(self._engine, self.id)]
        for one in gone:
            if one is not None and one.body.get("notify_on_close"):
                await self._tell_closed(one, cleared=all_at_once)

    async def shortcut(self, callback_id: str, *, app: str = "") -> Wire:
        """Use a global shortcut."""
        found = self._shortcut(callback_id, "global", app)
        self._note("shortcut", callback_id=callback_id, app=app)
        payload = interactions.common(self._engine, found, self.person, "shortcut")
        payload |= {"callback_id": callback_id, "action_ts": self._ts()}
        return await self._ask(found, interactions.triggered(self._engine, found, self.person, payload))

    async def message_shortcut(self, callback_id: str, channel: str, ts: str, *, app: str = "") -> Wire:
        """Use a shortcut on a message."""
        found = self._shortcut(callback_id, "message", app)
        message = message_at(self._engine, self.person, channel, ts)
        if message.seen_only_by:
            raise Impossible("There are no shortcuts on a message that one sees alone.")
        self._note("message_shortcut", callback_id=callback_id, message=message.number, app=app)
        where = self._engine.workspace.channels[message.channel]
        payload = interactions.common(self._engine, found, self.person, "message_action", channel=where)
        payload |= {
            "callback_id": callback_id,
            "action_ts": self._ts(),
            "channel": {"id": where.id, "name": interactions.channel_name(where)},
            "message_ts": message.ts,
            "message": wire.message(self._engine.workspace, message),
            "response_url": interactions.response_url(
                self._engine, found, self.person, where, message=message
            ),
        }
        return await self._ask(found, interactions.triggered(self._engine, found, self.person, payload))

    async def open_home(self, app: str = "", *, tab: str = "home") -> None:
        """Open an app's Home, or another of its tabs (`messages`, `about`)."""
        found = self._app(app)
        self._note("open_home", app=app, tab=tab)
        channel = self._direct(found)
        event: Wire = {
            "type": "app_home_opened",
            "user": self.id,
            "channel": channel.id,
            "tab": tab,
            "event_ts": self._ts(),
        }
        known = self._engine.workspace.homes.get((found.id, self.id))
        if known is not None and tab == "home":
            event["view"] = wire.view(self._engine.workspace.views[known])
        self._engine.follow(found.id, self._team(found), event)
        installation = self._engine.workspace.installation(found.id, self._team(found))
        if tab == "messages" and found.is_assistant and installation is not None:
            agents.begin_thread(self._engine, found, installation, self.person, channel)

    async def join(self, channel: str) -> None:
        """Become a member of a public channel."""
        where = self._engine.workspace.channel(channel)
        if where.kind != "public" or self.person.team not in where.teams:
            raise Impossible(f"{self.person.name} cannot join {where.name}.")
        if self.id in where.members:
            raise Impossible(f"{self.person.name} is in {where.name} already.")
        self._note("join", channel=channel)
        conversation.join(self._engine, where, self.person)

    async def leave(self, channel: str) -> None:
        """Leave a channel."""
        where = self._place(channel)
        self._must_belong(where)
        self._note("leave", channel=channel)
        conversation.leave(self._engine, where, self.person)

    async def invite(self, channel: str, who: str) -> None:
        """Bring a person or an app into a channel one is in."""
        where = self._place(channel)
        self._must_belong(where)
        person = self._somebody(who)
        if person.id in where.members or person.team not in where.teams:
            raise Impossible(f"{person.name} cannot be invited to {where.name}.")
        self._note("invite", channel=channel, who=who)
        conversation.join(self._engine, where, person, inviter=self.id)

    async def upload(
        self, name: str, content: bytes, *, title: str = "", mimetype: str = "text/plain"
    ) -> str:
        """Upload a file; return its id, to be said with a message or entered into a file input."""
        file = File(
            id=self._engine.workspace.mint("F"),
            user=self.id,
            team=self.person.team,
            name=name,
            title=title or name,
            mimetype=mimetype,
            content=content,
            created=int(self._engine.clock.now()),
            shared=True,
        )
        self._engine.workspace.files[file.id] = file
        encoded = base64.b64encode(content).decode()
        self._note("upload", name=name, content=encoded, title=title, mimetype=mimetype, file=file.id)
        return file.id

    async def ask_to_share(self, channel: str, email: str) -> str:
        """Ask that somebody of another organisation be invited; return the id of the invitation."""
        where = self._place(channel)
        self._must_belong(where)
        self._note("ask_to_share", channel=self._named(where), email=email)
        invite: Wire = {
            "id": self._engine.workspace.mint("I"),
            "channel": where.id,
            "inviting_team": self.person.team,
            "inviting_user": self.id,
            "email": email,
            "invited": "",
            "created": int(self._engine.clock.now()),
            "state": "requested",
            "asked": True,
            "accepted_by": "",
        }
        self._engine.workspace.invites[invite["id"]] = invite
        self._engine.changed("invite", channel=where.id)
        return str(invite["id"])

    async def look_at(self, channel: str, *, app: str = "") -> None:
        """Turn to a channel while an agent stands open beside it."""
        found = self._app(app)
        where = self._place(channel)
        self._note("look_at", channel=self._named(where), app=app)
        agents.turn(self._engine, found, self.person, self._direct(found), where)

    async def change(self, **settings: object) -> None:
        """Change one's own profile: locale, tz, hours (12 or 24), status_text, display_name, presence, ..."""
        unknown = set(settings) - set(OWN)
        if unknown:
            raise Impossible(f"Nobody can change {', '.join(sorted(unknown))}.")
        if settings.get("tz", self.person.tz) not in available_timezones():
            raise Impossible(f"There is no time zone {settings['tz']!r}.")
        self._note("change", **settings)
        for name, value in settings.items():
            setattr(self.person, name, value)
        self.person.updated = int(self._engine.clock.now())
        seen = wire.user(
            self._engine.workspace, self.person, self._engine.clock.now(), email=False, locale=True
        )
        event = {"type": "user_change", "user": seen, "cache_ts": self.person.updated, "event_ts": self._ts()}
        self._engine.changed("person", user=self.id)
        self._engine.happen(event, team=self.person.team)

    async def _fill(self, action_id: str, value: object) -> None:
        found = spot(self._engine, self.person, action_id)
        if isinstance(value, str) and found.element["type"].endswith("_input"):
            await self.enter(action_id, value)
        else:
            await self.choose(action_id, value)

    async def _enter(self, found: Spot, entered: Wire) -> Wire:
        found.state.setdefault(found.block["block_id"], {})[found.element["action_id"]] = entered
        self._engine.changed("entered", user=self.id)
        if found.block["type"] == "input" and not found.block.get("dispatch_action"):
            return {"acknowledged": True, "trouble": ""}
        return await self._act(found, entered)

    async def _act(self, found: Spot, entered: Wire) -> Wire:
        sent = choices.action(found.block, found.element, entered, at=self._ts())
        payload = self._around(found, "block_actions") | {"actions": [sent]}
        modal = found.view.id if found.view is not None and not found.in_home else ""
        payload = interactions.triggered(self._engine, found.app, self.person, payload, view=modal)
        if found.message is not None:
            channel = self._engine.workspace.channels[found.message.channel]
            url = interactions.response_url(
                self._engine, found.app, self.person, channel, message=found.message
            )
            payload["response_url"] = url
        return await self._ask(found.app, payload)

    async def _ask(self, app: App, payload: Wire) -> Wire:
        ack = await self._engine.post.ask(app, "interaction", payload, url=app.interactivity_url)
        if ack.trouble:
            answers.notice(self._engine, self.person, f"{NOT_ANSWERING} ({ack.trouble})")
        return self._told(ack, payload)

    async def _suggested(self, found: Spot, query: str) -> Wire:
        payload = self._around(found, "block_suggestion") | {
            "action_id": found.element["action_id"],
            "block_id": found.block["block_id"],
            "value": query,
        }
        ack = await self._engine.post.ask(found.app, "options", payload, url=found.app.options_url)
        if ack.trouble:
            answers.notice(self._engine, self.person, f"{NOT_ANSWERING} ({ack.trouble})")
        return {name: ack.body[name] for name in ("options", "option_groups") if name in ack.body}

    async def _tell_closed(self, view: View, *, cleared: bool) -> None:
        app = self._engine.workspace.apps[view.app_id]
        payload = interactions.closing(self._engine, app, self.person, view, cleared=cleared)
        await self._engine.post.ask(app, "interaction", payload, url=app.interactivity_url)

    def _around(self, found: Spot, kind: str) -> Wire:
        if found.message is not None:
            return interactions.in_message(self._engine, found.app, self.person, kind, found.message)
        if found.view is None:
            raise Impossible("There is nothing to click here.")
        return interactions.in_view(self._engine, found.app, self.person, kind, found.view)

    def _command(self, name: str, app: str) -> tuple[App, Wire]:
        for found in [self._app(app)] if app else self._engine.workspace.apps.values():
            described = next((one for one in found.commands if one["command"] == name), None)
            if described is not None and self._engine.workspace.installation(found.id, self.person.team):
                return found, described
        raise Impossible(f"{name} is not a valid command.")

    def _shortcut(self, callback_id: str, kind: str, app: str) -> App:
        for found in [self._app(app)] if app else self._engine.workspace.apps.values():
            if any((one["callback_id"], one["type"]) == (callback_id, kind) for one in found.shortcuts):
                return found
        raise Impossible(f"There is no {kind} shortcut {callback_id!r}.")

    def _app(self, named: str) -> App:
        try:
            return self._engine.workspace.app(named)
        except Unknown as unknown:
            raise Impossible(str(unknown)) from None

    def _team(self, app: App) -> str:
        return interactions.team_for(self._engine, app, self.person)

    def _direct(self, app: App) -> Channel:
        installation = self._engine.workspace.installation(app.id, self._team(app))
        if installation is None:
            raise Impossible(f"{app.name} is not installed where {self.person.name} works.")
        return conversation.direct(self._engine, self.id, installation.bot_user)

    def _place(self, where: str) -> Channel:
        workspace = self._engine.workspace
        try:
            return workspace.channel(where)
        except Unknown:
            pass
        known = next(
            (app for app in workspace.apps.values() if where in (app.id, app.name, app.bot_name)), None
        )
        if known is not None:
            return self._direct(known)
        return conversation.direct(self._engine, self.id, self._somebody(where).id)

    def _somebody(self, named: str) -> Person:
        known = next(
            (one for one in self._engine.workspace.apps.values() if named in (one.id, one.name)), None
        )
        try:
            if known is not None:
                installation = self._engine.workspace.installation(known.id, self._team(known))
                return self._engine.workspace.people[installation.bot_user if installation else ""]
            return self._engine.workspace.person(named)
        except (Unknown, KeyError):
            raise Impossible(f"There is nobody called {named!r}.") from None

    def _named(self, channel: Channel) -> str:
        """Return what a channel can be found by again: its id or name, or the other one of a direct message."""
        if channel.kind != "im":
            return channel.name or channel.id
        other = next((one for one in channel.members if one != self.id), self.id)
        person = self._engine.workspace.people[other]
        return person.app_id or other

    def _must_belong(self, channel: Channel) -> None:
        if self.id not in channel.members:
            raise Impossible(f"{self.person.name} is not in {channel.name or channel.id}.")
        if channel.archived:
            raise Impossible(f"{channel.name} is archived.")

    def _must_take_messages(self, channel: Channel) -> None:
        for bot in self._engine.workspace.bots(channel):
            if channel.kind == "im" and not self._engine.workspace.apps[bot.app_id].takes_messages:
                raise Impossible("Sending messages to this app has been turned off.")

    def _own(self, channel: str, ts: str) -> Message:
        message = message_at(self._engine, self.person, channel, ts)
        if message.user != self.id or message.seen_only_by:
            raise Impossible("One can change one's own messages alone.")
        return message

    def _reactable(self, channel: str, ts: str) -> Message:
        message = message_at(self._engine, self.person, channel, ts)
        if message.seen_only_by:
            raise Impossible("Nobody can react to a message that one sees alone.")
        return message

    def _share(self, channel: Channel, message: Message, files: list[str]) -> None:
        for name in files:
            file = self._engine.workspace.files[name]
            file.channels.append(channel.id)
            file.shares.setdefault(channel.id, []).append(message.ts)
            event = {"type": "file_shared", "file_id": name, "user_id": self.id, "channel_id": channel.id}
            about = {"file": {"id": name}, "event_ts": message.ts}
            self._engine.happen({**event, **about}, channel=channel)

    def _shown(self, message: Message) -> Wire:
        return wire.message(self._engine.workspace, message) | {"channel": message.channel}

    def _ts(self) -> str:
        return f"{self._engine.clock.now():.6f}"

    def _note_at(self, what: str, found: Spot, **said: object) -> None:
        if found.message is not None:
            said |= {"message": found.message.number}
        self._note(what, **said)

    def _note(self, what: str, **said: object) -> None:
        given = {name: value for name, value in said.items() if value not in ("", None, False, [])}
        now = self._engine.clock.now()
        self._engine.record.begin("person", what, at=now, request=given, team=self.person.team, user=self.id)

    def _told(self, ack: Ack, payload: Wire) -> Wire:
        return {
            "acknowledged": not ack.trouble,
            "trouble": ack.trouble,
            "status": ack.status,
            "trigger_id": payload.get("trigger_id", ""),
            "response_url": payload.get("response_url", ""),
        }
