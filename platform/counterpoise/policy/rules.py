"""Who may do and see what: one table of labels and relations, and one pure function over it.

A relation says what a member is to an item:

| relation | holds for |
|---|---|
| `author` | the one who recorded it, while a participant or coordinator |
| `recipient` | a person named in it, while a participant or coordinator |
| `group` | a participant or coordinator of the owner or of an organisation in the sharing group |
| `client` | a participant or coordinator of a named client organisation |
| `pilot` | anyone with a role on the item's pilot |
| `auditor` | an auditor of the item's pilot |
| `community` | `pilot`; where the item belongs to no pilot, anyone with a role somewhere |
| `credited` | every active member, if the author chose to be named to all |
| `anyone` | every active member |
| `coordinator` | a coordinator who acts for the owner |

Being administrator is no relation. An item of no pilot (a theatre, an actor, the deployment) counts a role on
any pilot as a role, except for `pilot` and `auditor`: that it exists is known to those who may read it.
"""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache, lru_cache
from importlib.resources import files
from typing import Self

from counterpoise.domain.events import LABELS, Event

TAKING_PART = frozenset({"participant", "coordinator"})
ROLES = TAKING_PART | {"auditor"}
"""The roles that put somebody on a pilot; an administrator is on none."""


class Action(StrEnum):
    """What can be done with an item. A skeleton is what remains of it without words, scores and source."""

    READ_CONTENT = "read_content"
    READ_SKELETON = "read_skeleton"
    READ_ATTRIBUTION = "read_attribution"
    WIDEN = "widen"
    NARROW = "narrow"
    ERASE = "erase"
    VERIFY = "verify"


READS = (Action.READ_CONTENT, Action.READ_SKELETON, Action.READ_ATTRIBUTION)

_NAMED = ("author", "recipient")
_GROUP = (*_NAMED, "group")
_CLIENTS = (*_GROUP, "client")
_COMMUNITY = (*_CLIENTS, "community")

LAW: Mapping[Action, Mapping[str, tuple[str, ...]]] = {
    Action.READ_CONTENT: {
        "RED": _NAMED,
        "AMBER+STRICT": _GROUP,
        "AMBER": _CLIENTS,
        "GREEN": _COMMUNITY,
        "CLEAR": (*_COMMUNITY, "anyone"),
    },
    Action.READ_SKELETON: {
        "RED": (*_NAMED, "auditor"),
        "AMBER+STRICT": (*_GROUP, "pilot"),
        "AMBER": (*_CLIENTS, "pilot"),
        "GREEN": _COMMUNITY,
        "CLEAR": (*_COMMUNITY, "anyone"),
    },
    Action.READ_ATTRIBUTION: {
        "RED": _NAMED,
        "AMBER+STRICT": _GROUP,
        "AMBER": _CLIENTS,
        "GREEN": _COMMUNITY,
        "CLEAR": (*_COMMUNITY, "credited"),
    },
    Action.WIDEN: dict.fromkeys(LABELS, ("author",)),
    Action.NARROW: dict.fromkeys(LABELS, ("author", "coordinator")),
    Action.ERASE: dict.fromkeys(LABELS, ("author", "coordinator")),
    Action.VERIFY: dict.fromkeys(LABELS, ("community",)),
}
"""To do this with an item of that label, one of these relations must hold. What is not here is refused.

Every row holds the rows of the stricter labels, so that a stricter label never widens an audience: a person
named for RED goes on reading when the label is widened."""


@dataclass(frozen=True, kw_only=True)
class Member:
    """A person as the rules see them.

    `roles` maps a pilot to the roles held on it; under the empty name, roles that hold for items of no pilot.
    `pseudonyms` maps a pilot to the name the person bears in its events; under the empty name, in the others.
    `administrator` is carried for the faces: no rule reads it.
    """

    id: str
    actor: str
    active: bool = True
    roles: Mapping[str, frozenset[str]] = field(default_factory=dict)
    administrator: bool = False
    pseudonyms: Mapping[str, str] = field(default_factory=dict)


ONLOOKER = Member(id="", actor="")
"""Whoever sits at the operator's command line and names no member: reads what is CLEAR."""


@dataclass(frozen=True, kw_only=True)
class Item:
    """Something recorded, as the rules see it; its label is the one in force, not the one it began with.

    What has two labels is two items: a scan's words under their own label, its scores under the pilot's scan
    label. `anonymous` items have no author; `chatham` hides the source from everybody; `credited` names it
    to every reader of a CLEAR item; `unopened` keeps a scan within its own organisation.
    """

    label: str
    pilot: str = ""
    owner: str = ""
    author: str = ""
    recipients: frozenset[str] | tuple[str, ...] = ()
    group: frozenset[str] | tuple[str, ...] = ()
    clients: frozenset[str] | tuple[str, ...] = ()
    anonymous: bool = False
    chatham: bool = False
    credited: bool = False
    erased: bool = False
    unopened: bool = False

    @classmethod
    def of(cls, event: Event, *, erased: bool = False, unopened: bool = False) -> Self:
        """Return the item an event made, under the label it was recorded with."""
        return cls(
            label=event.label,
            pilot=event.pilot,
            owner=event.actor,
            author=event.member,
            recipients=event.recipients,
            group=event.group,
            clients=event.clients,
            anonymous=not (event.member or event.actor),
            erased=erased,
            unopened=unopened,
        )


@dataclass(frozen=True)
class Decision:
    """What was decided, by which rule of which version.

    The rule is for the record of reads and for operators. It is never shown to the one who is refused, to
    whom `absent` and `not yours` look the same.
    """

    allowed: bool
    rule: str
    version: str


def decide(member: Member | None, action: Action, item: Item) -> Decision:
    """Return whether `member` may do `action` with `item`; None is somebody who is no member."""
    if member is None or not member.active:
        return _decision(allowed=False, rule="no-active-member")
    if item.label not in LABELS:
        return _decision(allowed=False, rule="unknown-label")
    held = _relations(member, item)
    bar = _bar(action, item, own="own" in held)
    if bar:
        return _decision(allowed=False, rule=bar)
    for relation in LAW[action][item.label]:
        if relation in held:
            return _decision(allowed=True, rule=f"{action}/{item.label}/{relation}")
    return _decision(allowed=False, rule=f"{action}/{item.label}/nobody-else")


def knows(member: Member | None, pilot: str) -> bool:
    """Return whether the member may learn that the pilot exists: only who holds a role on it.

    A CLEAR item may be read by all; to those who do not know its pilot it is shown without it.
    """
    return bool(pilot and member and member.active and member.roles.get(pilot, frozenset()) & ROLES)


def widens(before: Item, after: Item, *, readers: Collection[str] = ()) -> bool:
    """Return whether a change of label or audience may show anybody more: then only the source may make it.

    `readers` are pseudonyms known to read `before` already; other newly named people count as more.
    """
    if _less(before, after):
        return True
    if before.label in {"CLEAR", "GREEN"}:
        return False
    newly_named = {*after.recipients} - {*before.recipients, *readers}
    return bool(newly_named or _organisations(after) - _organisations(before))


@cache
def policy_version() -> str:
    """Return the first 12 hex digits of the SHA-256 of the rules' own source, in both their forms."""
    source = files(__package__)
    text = "".join(source.joinpath(name).read_text(encoding="utf-8") for name in ("rules.py", "columns.py"))
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _relations(member: Member, item: Item) -> set[str]:
    """Return every relation that holds, and `own` for those taking part for the owning organisation."""
    held = {"anyone"}
    if item.credited:
        held.add("credited")
    here = member.roles.get(item.pilot, frozenset()) if item.pilot else _anywhere(member)
    if ROLES.isdisjoint(here):
        return held
    held.add("community")
    if item.pilot:
        held.add("pilot")
        if "auditor" in here:
            held.add("auditor")
    if not TAKING_PART.isdisjoint(here):
        held |= _personal(member, item)
        held |= _organisational(member, item, coordinator="coordinator" in here)
    return held


def _personal(member: Member, item: Item) -> set[str]:
    name = member.pseudonyms.get(item.pilot)
    held = set()
    if name and name == item.author and not item.anonymous:
        held.add("author")
    if name and name in item.recipients:
        held.add("recipient")
    return held


def _organisational(member: Member, item: Item, *, coordinator: bool) -> set[str]:
    if not member.actor:
        return set()
    held = set()
    if member.actor == item.owner:
        held |= {"own", "group"}
        if coordinator:
            held.add("coordinator")
    if member.actor in item.group:
        held.add("group")
    if member.actor in item.clients:
        held.add("client")
    return held


def _anywhere(member: Member) -> frozenset[str]:
    return frozenset().union(*member.roles.values())


def _bar(action: Action, item: Item, *, own: bool) -> str:
    """Return the name of what stands in the way whatever the label says, or nothing."""
    if item.erased and action in {Action.READ_CONTENT, Action.READ_ATTRIBUTION, Action.WIDEN}:
        return "erased"
    if item.unopened and not own and action in READS:
        return "unopened"
    if action is Action.READ_ATTRIBUTION and (item.anonymous or item.chatham):
        return "unattributed"
    return ""


@lru_cache(maxsize=1024)
def _decision(*, allowed: bool, rule: str) -> Decision:
    return Decision(allowed, rule, policy_version())


def _less(before: Item, after: Item) -> bool:
    """Return whether `after` is looser in its label, lifts a mark, or is another item altogether."""
    return (
        LABELS.index(after.label) < LABELS.index(before.label)
        or (before.pilot, before.owner, before.author) != (after.pilot, after.owner, after.author)
        or after.credited > before.credited
        or any(
            getattr(after, mark) < getattr(before, mark)
            for mark in ("anonymous", "chatham", "erased", "unopened")
        )
    )


def _organisations(item: Item) -> set[str]:
    """Return the organisations that read by being named, under the item's label above GREEN."""
    if item.label == "RED":
        return set()
    return {item.owner, *item.group, *(item.clients if item.label == "AMBER" else ())}
