"""users.*: the people, their profiles, their presence and their conversations."""

import time

from counterpoise_sandbox import wire
from counterpoise_sandbox.methods.call import Call, Refused, badly, method
from counterpoise_sandbox.methods.paging import page
from counterpoise_sandbox.workspace import Channel, Person, Wire

KINDS = {"public_channel": "public", "private_channel": "private", "im": "im", "mpim": "mpim"}
READ = {"public": "channels:read", "private": "groups:read", "im": "im:read", "mpim": "mpim:read"}
READ_ANY = " ".join(READ.values())
SETTABLE = ("real_name", "display_name", "title", "status_text", "status_emoji", "status_expiration", "email")


def shown(call: Call, person: Person, *, locale: bool = False) -> Wire:
    """Return a person as the caller may see them."""
    seen = wire.user(call.workspace, person, call.now, email=call.granted("users:read.email"), locale=locale)
    return seen if person.team == call.team else wire.stranger(seen)


@method("users.info", "user! include_locale:flag", scopes="users:read", tier=4)
def users_info(call: Call) -> Wire:
    """Return one person."""
    return {"user": shown(call, call.person(), locale=call.flag("include_locale"))}


@method("users.list", "cursor limit:number include_locale:flag", scopes="users:read", tier=2)
def users_list(call: Call) -> Wire:
    """Return everybody of the team and those it shares channels with."""
    people = [one for one in call.workspace.people.values() if call.knows(one)]
    members = [shown(call, one, locale=call.flag("include_locale")) for one in people]
    return page(call, "members", members, otherwise=1000) | {"cache_ts": int(call.now)}


@method("users.lookupByEmail", "email!", scopes="users:read.email")
def users_lookup_by_email(call: Call) -> Wire:
    """Return the person with an e-mail address."""
    wanted = call.text("email").casefold()
    for person in call.workspace.people.values():
        ours = person.team == call.team and not person.is_bot and not person.deleted
        if ours and person.email and person.email.casefold() == wanted:
            return {"user": shown(call, person)}
    raise Refused("users_not_found")


@method("users.conversations", "user types exclude_archived:flag cursor limit:number", scopes=READ_ANY)
def users_conversations(call: Call) -> Wire:
    """Return the conversations somebody is in, as far as the caller may know of them."""
    user = call.text("user") or call.user
    kinds = wanted_kinds(call)
    found = [
        one
        for one in call.workspace.channels.values()
        if one.kind in kinds and user in one.members and call.sees(one) and not _hidden(call, one)
    ]
    return page(call, "channels", [wire.channel(call.workspace, one, call.user, call.team) for one in found])


def wanted_kinds(call: Call) -> list[str]:
    """Return the kinds of conversation asked for; refuses unknown kinds and those without the scope."""
    names = [one.strip() for one in call.text("types", "public_channel").split(",")]
    if not set(names) <= set(KINDS):
        raise Refused("invalid_types")
    kinds = [KINDS[name] for name in names]
    for kind in kinds:
        call.need(READ[kind])
    return kinds


def _hidden(call: Call, channel: Channel) -> bool:
    return channel.archived and call.flag("exclude_archived")


@method("users.profile.get", "user include_labels:flag", scopes="users.profile:read", tier=4)
def users_profile_get(call: Call) -> Wire:
    """Return somebody's profile."""
    person = call.person() if call.has("user") else call.me
    return {"profile": wire.profile(person, email=call.granted("users:read.email"))}


@method("users.profile.set", "profile:json name value user", scopes="users.profile:write", tokens="user")
def users_profile_set(call: Call) -> Wire:
    """Change one's own profile."""
    if call.has("user") and call.text("user") != call.user:
        raise Refused("not_admin")
    asked = call.arguments.get(
        "profile", {call.text("name"): call.text("value")} if call.has("name") else None
    )
    if not isinstance(asked, dict):
        raise Refused("invalid_profile")
    for name, value in asked.items():
        if name in SETTABLE:
            setattr(call.me, name, value)
    change(call, call.me)
    return {"profile": wire.profile(call.me, email=True), "username": call.me.name}


def change(call: Call, person: Person) -> None:
    """Let the apps hear that somebody's profile has changed."""
    person.updated = int(call.now)
    seen = wire.user(call.workspace, person, time.time(), email=False, locale=True)
    call.engine.changed("person", user=person.id)
    call.engine.happen({"type": "user_change", "user": seen, "cache_ts": int(call.now)}, team=person.team)


@method("users.getPresence", "user", scopes="users:read")
def users_get_presence(call: Call) -> Wire:
    """Return whether somebody is there."""
    person = call.person() if call.has("user") else call.me
    seen: Wire = {"presence": person.presence}
    if person.id == call.user:
        online = person.presence == "active"
        seen |= {
            "online": online,
            "auto_away": False,
            "manual_away": not online,
            "connection_count": int(online),
        }
    return seen


@method("users.setPresence", "presence!", scopes="users:write", tier=2)
def users_set_presence(call: Call) -> Wire:
    """Say whether one is there: auto or away."""
    if call.text("presence") not in ("auto", "away"):
        raise Refused("invalid_presence")
    call.me.presence = "active" if call.text("presence") == "auto" else "away"
    return {}


@method("users.setActive", scopes="users:write", tier=2)
def users_set_active(call: Call) -> Wire:
    """Say that one is there."""
    call.me.presence = "active"
    return {}


@method("users.identity", scopes="identity.basic identity:read", tokens="user")
def users_identity(call: Call) -> Wire:
    """Return who signed in."""
    seen: Wire = {"id": call.user, "name": call.me.real_name}
    if call.granted("identity.email"):
        seen["email"] = call.me.email
    team = call.workspace.teams[call.team]
    return {"user": seen, "team": {"id": team.id, "name": team.name}}


@method(
    "users.setPhoto",
    "image:raw crop_x crop_y crop_w",
    scopes="users.profile:write",
    tier=2,
    coverage="partly",
    tokens="user",
)
def users_set_photo(call: Call) -> Wire:
    """Take a photograph and show none: the sandbox draws everybody's initials."""
    if not call.has("image"):
        raise badly("[ERROR] missing required field: image")
    return {"profile": {}}


@method("users.deletePhoto", scopes="users.profile:write", tier=2, coverage="partly", tokens="user")
def users_delete_photo(call: Call) -> Wire:
    """Take the photograph away that was never shown."""
    change(call, call.me)
    return {}


@method(
    "users.discoverableContacts.lookup",
    "email!",
    scopes="conversations.connect:manage team:read",
    tokens="bot",
    tier=2,
    coverage="partly",
)
def users_discoverable_contacts_lookup(call: Call) -> Wire:
    """Return whether somebody of another organisation can be found by e-mail."""
    wanted = call.text("email").casefold()
    found = any(
        one.email.casefold() == wanted and one.team != call.team for one in call.workspace.people.values()
    )
    return {"is_discoverable": found}
