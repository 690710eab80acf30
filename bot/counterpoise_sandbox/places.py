"""Where a person can click and type: a message, the top modal, or an app's Home."""

from dataclasses import dataclass

from counterpoise_sandbox import inputs, modals
from counterpoise_sandbox.engine import Engine
from counterpoise_sandbox.workspace import App, Message, Person, Unknown, View, Wire


class Impossible(Exception):  # noqa: N818 - it says what happened
    """No person could do this: there is no such message, button or modal before their eyes."""


@dataclass(frozen=True, kw_only=True)
class Spot:
    """One interactive element before a person's eyes."""

    app: App
    block: Wire
    element: Wire
    state: Wire
    """What has been entered around it: block_id, then action_id; changed in place."""
    message: Message | None = None
    view: View | None = None

    @property
    def in_home(self) -> bool:
        """Whether it is in an app's Home."""
        return self.view is not None and self.view.body["type"] == "home"


def visible(engine: Engine, person: Person) -> list[Message]:
    """Return every message a person can see, the newest first."""
    found = [
        message
        for channel in engine.workspace.channels.values()
        if person.id in channel.members
        for message in (*channel.messages.values(), *channel.ephemerals)
        if message.seen_only_by in ("", person.id)
    ]
    return sorted(found, key=lambda message: message.number, reverse=True)


def message_at(engine: Engine, person: Person, channel: str, ts: str) -> Message:
    """Return a message a person can see; raises Impossible."""
    for message in visible(engine, person):
        if message.ts == ts and channel in (
            "",
            message.channel,
            engine.workspace.channels[message.channel].name,
        ):
            return message
    raise Impossible(f"{person.name} sees no message {ts} in {channel or 'any channel'}.")


def blocks_of(message: Message) -> list[Wire]:
    """Return all blocks of a message, those of its attachments too."""
    own = list(message.body.get("blocks", []))
    for attachment in message.body.get("attachments", []):
        own += attachment.get("blocks", [])
    return own


def spot(
    engine: Engine,
    person: Person,
    action_id: str,
    *,
    block_id: str = "",
    channel: str = "",
    ts: str = "",
    home: str = "",
    value: str = "",
) -> Spot:
    """Find an element: in the message, Home or, where none is named, the top modal, then the newest message."""
    wanted = (action_id, block_id, value)
    if ts:
        found = _in_message(engine, person, message_at(engine, person, channel, ts), wanted)
    elif home:
        found = _in_view(engine, _home(engine, person, home), wanted)
    else:
        found = _anywhere(engine, person, channel, wanted)
    if found is None:
        raise Impossible(f"{person.name} sees nothing called {action_id!r}.")
    return found


def top(engine: Engine, person: Person) -> View:
    """Return the modal a person looks at; raises Impossible."""
    stack = modals.stack(engine, person.id)
    if not stack:
        raise Impossible(f"{person.name} has no modal open.")
    return stack[-1]


def _anywhere(engine: Engine, person: Person, channel: str, wanted: tuple[str, str, str]) -> Spot | None:
    stack = modals.stack(engine, person.id)
    if stack and not channel:
        return _in_view(engine, stack[-1], wanted)
    for message in visible(engine, person):
        named = channel in ("", message.channel, engine.workspace.channels[message.channel].name)
        found = _in_message(engine, person, message, wanted) if named else None
        if found is not None:
            return found
    homes = [view for (_, user), view in engine.workspace.homes.items() if user == person.id and not channel]
    spots = (_in_view(engine, engine.workspace.views[one], wanted) for one in homes)
    return next((one for one in spots if one is not None), None)


def _home(engine: Engine, person: Person, app: str) -> View:
    try:
        known = engine.workspace.homes.get((engine.workspace.app(app).id, person.id))
    except Unknown as unknown:
        raise Impossible(str(unknown)) from None
    if known is None:
        raise Impossible(f"{person.name} sees no Home of {app}.")
    return engine.workspace.views[known]


def _in_message(
    engine: Engine, person: Person, message: Message, wanted: tuple[str, str, str]
) -> Spot | None:
    action_id, block_id, value = wanted
    blocks = blocks_of(message)
    found = inputs.find(blocks, action_id, block_id, value)
    app = engine.workspace.apps.get(message.app_id)
    if found is None or app is None:
        return None
    state = message.state.setdefault(person.id, inputs.initial(blocks))
    return Spot(app=app, block=found[0], element=found[1], state=state, message=message)


def _in_view(engine: Engine, view: View, wanted: tuple[str, str, str]) -> Spot | None:
    action_id, block_id, value = wanted
    found = inputs.find(view.body["blocks"], action_id, block_id, value)
    if found is None:
        return None
    app = engine.workspace.apps[view.app_id]
    return Spot(app=app, block=found[0], element=found[1], state=view.state, view=view)
