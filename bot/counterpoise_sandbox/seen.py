"""What a person sees, and nothing they do not: channels, direct messages, modals, Homes, files."""

import copy

from counterpoise_sandbox import modals, wire
from counterpoise_sandbox.engine import Engine
from counterpoise_sandbox.workspace import Channel, Message, View, Wire


class Screen:
    """One person's screen, read afresh at every look."""

    def __init__(self, engine: Engine, named: str) -> None:
        self._engine = engine
        self._id = engine.workspace.person(named).id

    def messages(self, channel: str) -> list[Wire]:
        """Return a channel or direct message (by id, name, or the other's name) as this person sees it, oldest first.

        Each is a message as Slack's history gives it, with `channel`, `number` and `ephemeral` beside it; replies
        stand among the others.
        """
        found = self._channel(channel)
        if found is None or self._id not in found.members:
            return []
        whispered = [one for one in found.ephemerals if one.seen_only_by == self._id]
        everything = sorted([*found.messages.values(), *whispered], key=lambda one: one.number)
        return [self._message(one) for one in everything]

    def texts(self, channel: str) -> list[str]:
        """Return only the texts of a channel, oldest first."""
        return [str(one.get("text", "")) for one in self.messages(channel)]

    def thread(self, channel: str, ts: str) -> list[Wire]:
        """Return a thread, its first message first."""
        return [one for one in self.messages(channel) if ts in (one["ts"], one.get("thread_ts"))]

    def ephemerals(self, channel: str = "") -> list[Wire]:
        """Return the messages for this person alone, in one channel or all."""
        places = [one["id"] for one in self.channels()] if not channel else [channel]
        return [one for place in places for one in self.messages(place) if one["ephemeral"]]

    def direct(self, other: str) -> list[Wire]:
        """Return the direct message with a person or an app."""
        return self.messages(other)

    def channels(self) -> list[Wire]:
        """Return the channels and direct messages this person is in."""
        workspace = self._engine.workspace
        team = workspace.people[self._id].team
        mine = [one for one in workspace.channels.values() if self._id in one.members]
        return [
            wire.channel(workspace, one, self._id, team) | {"members": list(one.members), "kind": one.kind}
            for one in mine
        ]

    def modals(self) -> list[Wire]:
        """Return the stack of open modals, the top one last: each a view with `errors` by block_id and `trouble`."""
        return [self._view(one) for one in modals.stack(self._engine, self._id)]

    def modal(self) -> Wire | None:
        """Return the top modal, if one is open."""
        stack = self.modals()
        return stack[-1] if stack else None

    def home(self, app: str = "") -> Wire | None:
        """Return an app's Home, if it was published to this person."""
        known = self._engine.workspace.homes.get((self._engine.workspace.app(app).id, self._id))
        return self._view(self._engine.workspace.views[known]) if known is not None else None

    def files(self) -> list[Wire]:
        """Return the files in this person's channels."""
        workspace = self._engine.workspace
        mine = {one.id for one in workspace.channels.values() if self._id in one.members}
        return [
            wire.file(workspace, one)
            for one in workspace.files.values()
            if not one.deleted and (mine & set(one.channels) or one.user == self._id)
        ]

    def notices(self) -> list[Wire]:
        """Return what went wrong before this person's eyes, such as an app that did not answer; oldest first."""
        return list(self._engine.workspace.notices.get(self._id, []))

    def everything(self) -> Wire:
        """Return the whole screen as one JSON object."""
        channels = self.channels()
        homes = {app.id: self.home(app.id) for app in self._engine.workspace.apps.values()}
        return {
            "person": self._id,
            "channels": channels,
            "messages": {one["id"]: self.messages(one["id"]) for one in channels},
            "modals": self.modals(),
            "homes": {app: home for app, home in homes.items() if home is not None},
            "files": self.files(),
            "notices": self.notices(),
        }

    def _channel(self, named: str) -> Channel | None:
        workspace = self._engine.workspace
        for channel in workspace.channels.values():
            if named in (channel.id, channel.name, f"#{channel.name}"):
                return channel
        for person in workspace.people.values():
            app = workspace.apps.get(person.app_id)
            names = {person.id, person.name, person.display_name} | (
                {app.id, app.name} if app is not None else set()
            )
            found = workspace.direct(self._id, person.id) if named in names else None
            if found is not None:
                return found
        return None

    def _message(self, one: Message) -> Wire:
        shown = wire.message(self._engine.workspace, one, viewer=self._id)
        state = one.state.get(self._id, {})
        thread = self._engine.workspace.channels[one.channel].threads.get(one.ts)
        about = {"channel": one.channel, "number": one.number, "ephemeral": bool(one.seen_only_by)}
        return (
            shown
            | about
            | ({"state": copy.deepcopy(state)} if state else {})
            | ({"assistant": dict(thread)} if thread else {})
        )

    def _view(self, one: View) -> Wire:
        return wire.view(one) | {"errors": dict(one.errors), "trouble": one.trouble}
