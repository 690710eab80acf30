"""assistant.threads.* and agents.sessions.*: what an agent shows beside its conversation."""

from counterpoise_sandbox.methods.call import TS, Call, Refused, badly, method
from counterpoise_sandbox.workspace import Channel, Wire

MOST_PROMPTS = 4
MOST_LOADING = 10
STATUS_LASTS = 120
"""Seconds after which a status goes by itself."""


def _thread(call: Call, *, needed: bool) -> tuple[Channel, str]:
    ts = call.text("thread_ts")
    if ts and not TS.match(ts):
        raise Refused("invalid_thread_ts")
    channel = call.channel("channel_id")
    if needed and ts not in channel.messages:
        raise Refused("invalid_thread_ts")
    return channel, ts


def _show(call: Call, channel: Channel, ts: str, **shown: object) -> None:
    channel.threads.setdefault(ts, {}).update({"app_id": call.app.id, **shown})
    call.engine.changed("assistant", channel=channel.id, ts=ts)


@method(
    "assistant.threads.setStatus",
    "channel_id! thread_ts! status! loading_messages:json icon_emoji icon_url username",
    scopes="chat:write assistant:write",
    tier=5,
    tokens="bot",
)
def set_status(call: Call) -> Wire:
    """Say what the agent is doing; an empty status, a message or two minutes end it."""
    loading = call.arguments.get("loading_messages") or []
    if not isinstance(loading, list) or len(loading) > MOST_LOADING:
        raise badly(f"[ERROR] no more than {MOST_LOADING} items allowed [json-pointer:/loading_messages]")
    channel, ts = _thread(call, needed=True)
    ends = call.now + STATUS_LASTS
    _show(call, channel, ts, status=call.text("status"), loading_messages=loading, status_ends=ends)
    engine = call.engine

    def end() -> None:
        shown = channel.threads.get(ts, {})
        if shown.get("status_ends") == ends:
            shown["status"] = ""
            engine.changed("assistant", channel=channel.id, ts=ts)

    engine.clock.at(ends, end)
    return {}


@method(
    "assistant.threads.setTitle",
    "channel_id! thread_ts! title!",
    scopes="assistant:write",
    tier=4,
    tokens="bot",
)
def set_title(call: Call) -> Wire:
    """Name a thread."""
    channel, ts = _thread(call, needed=True)
    _show(call, channel, ts, title=call.text("title"))
    return {}


@method(
    "assistant.threads.setSuggestedPrompts",
    "channel_id! thread_ts prompts!:json title",
    scopes="assistant:write",
    tier=4,
    tokens="bot",
)
def set_suggested_prompts(call: Call) -> Wire:
    """Offer up to four sentences to begin with; without a thread they stand in the whole direct message."""
    prompts = call.arguments["prompts"]
    whole = isinstance(prompts, list) and all(
        isinstance(one, dict) and one.get("title") and one.get("message") for one in prompts
    )
    if not whole:
        raise badly("[ERROR] each prompt has a title and a message [json-pointer:/prompts]")
    if len(prompts) > MOST_PROMPTS:
        raise badly(f"[ERROR] no more than {MOST_PROMPTS} items allowed [json-pointer:/prompts]")
    channel, ts = _thread(call, needed=bool(call.text("thread_ts")))
    _show(call, channel, ts, prompts=prompts, prompts_title=call.text("title"))
    return {}


@method(
    "agents.sessions.setStatus",
    "channel_id! status! thread_ts title initiator_user_id icon_emoji icon_url username",
    scopes="chat:write",
    coverage="partly",
    tokens="bot",
)
def session_status(call: Call) -> Wire:
    """Say what an agent's session is doing."""
    channel, ts = _thread(call, needed=False)
    _show(call, channel, ts, status=call.text("status"))
    return {}


@method(
    "agents.sessions.rename",
    "channel_id! title! thread_ts",
    scopes="chat:write",
    coverage="partly",
    tokens="bot",
)
def session_rename(call: Call) -> Wire:
    """Name an agent's session."""
    channel, ts = _thread(call, needed=False)
    _show(call, channel, ts, title=call.text("title"))
    return {}
