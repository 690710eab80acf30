"""What an agent or assistant hears besides messages: that somebody opened it, and what they look at."""

from counterpoise_sandbox import conversation
from counterpoise_sandbox.engine import Engine
from counterpoise_sandbox.workspace import App, Channel, Installation, Person, Wire


def begin_thread(
    engine: Engine, app: App, installation: Installation, person: Person, channel: Channel
) -> None:
    """Open a new thread with an assistant of the older kind (`assistant_view`), and tell it so."""
    message = conversation.post(
        engine,
        channel,
        user=installation.bot_user,
        body={"text": "New Assistant Thread"},
        subtype="assistant_app_thread",
        app_id=app.id,
    )
    thread = _thread(person, channel, message.ts, context={})
    event = {"type": "assistant_thread_started", "assistant_thread": thread, "event_ts": message.ts}
    engine.follow(app.id, person.team, event)


def turn(engine: Engine, app: App, person: Person, direct: Channel, looked_at: Channel) -> None:
    """Tell an agent what somebody looks at now."""
    now = f"{engine.clock.now():.6f}"
    if app.is_assistant:
        opened = [one for one in direct.ordered() if one.subtype == "assistant_app_thread"]
        context = {"channel_id": looked_at.id, "team_id": person.team, "enterprise_id": None}
        if opened:
            thread = _thread(person, direct, opened[-1].ts, context=context)
            event = {"type": "assistant_thread_context_changed", "assistant_thread": thread, "event_ts": now}
            engine.follow(app.id, person.team, event)
        return
    entity = {"type": "slack#/types/channel_id", "value": looked_at.id, "team_id": person.team}
    about: Wire = {"user": person.id, "channel": direct.id, "context": {"entities": [entity]}}
    if app.is_agent:
        engine.follow(app.id, person.team, {"type": "app_context_changed", **about, "event_ts": now})


def _thread(person: Person, channel: Channel, ts: str, *, context: Wire) -> Wire:
    return {"user_id": person.id, "context": context, "channel_id": channel.id, "thread_ts": ts}
