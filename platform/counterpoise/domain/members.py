"""Members: persons acting for an actor, known to events by pseudonyms only."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from counterpoise.domain.events import Act, Event, Sealed
from counterpoise.domain.refusals import Refusal, UnknownWord

ROLES = ("participant", "coordinator", "auditor", "administrator")


@dataclass(frozen=True, kw_only=True)
class MemberEnrolled(Event):
    """A person acts for `actor` from now on, under a pseudonym of this deployment."""

    TOPIC: ClassVar[str] = "member.enrolled"
    name: Sealed
    contact: Sealed
    language: str = "en"


@dataclass(frozen=True, kw_only=True)
class MemberLinked(Event):
    """The person proved to hold an account elsewhere; the account itself stands in the key store only."""

    TOPIC: ClassVar[str] = "member.linked"
    account: str


@dataclass(frozen=True, kw_only=True)
class MemberUnlinked(Event):
    """No account of this kind leads to the person any more."""

    TOPIC: ClassVar[str] = "member.unlinked"
    account: str


@dataclass(frozen=True, kw_only=True)
class RoleGranted(Event):
    """The person may do on `pilot` what the role may do; an administrator's role is on no pilot."""

    TOPIC: ClassVar[str] = "member.role-granted"
    role: str


@dataclass(frozen=True, kw_only=True)
class RoleRevoked(Event):
    """The role is gone."""

    TOPIC: ClassVar[str] = "member.role-revoked"
    role: str


@dataclass(frozen=True, kw_only=True)
class MemberLeft(Event):
    """The person no longer acts for the actor."""

    TOPIC: ClassVar[str] = "member.left"
    reason: Sealed


@dataclass(frozen=True)
class Member:
    """What decisions need to know of a member. `roles` maps a pilot (empty: the deployment) to roles."""

    id: str
    actor: str
    name: Sealed
    language: str
    active: bool = True
    accounts: frozenset[str] = frozenset()
    roles: Mapping[str, frozenset[str]] = field(default_factory=dict)


class MemberExists(Refusal):
    """This member is enrolled already."""

    rule = "member-exists"


class NoSuchMember(Refusal):
    """There is no such member."""

    rule = "no-such-member"


class NotLinked(Refusal):
    """No account of this kind leads to the member."""

    rule = "not-linked"


class RoleNotHeld(Refusal):
    """The member does not hold this role."""

    rule = "role-not-held"


def evolve(member: Member | None, event: Event) -> Member | None:
    """Return the member after `event`."""
    match event, member:
        case MemberEnrolled(), None:
            name = event.stream.partition(":")[2]
            return Member(id=name, actor=event.actor, name=event.name, language=event.language)
        case MemberLinked(), Member():
            return replace(member, accounts=member.accounts | {event.account})
        case MemberUnlinked(), Member():
            return replace(member, accounts=member.accounts - {event.account})
        case RoleGranted(), Member():
            roles = member.roles.get(event.pilot, frozenset()) | {event.role}
            return replace(member, roles={**member.roles, event.pilot: roles})
        case RoleRevoked(), Member():
            roles = member.roles.get(event.pilot, frozenset()) - {event.role}
            return replace(member, roles={**member.roles, event.pilot: roles})
        case MemberLeft(), Member():
            return replace(member, active=False, accounts=frozenset())
        case _:
            return member


def enrol(
    member: Member | None, *, member_id: str, actor: str, name: str, contact: str, language: str, act: Act
) -> MemberEnrolled:
    """Enrol a person; name and contact are closed under the person's own key, and shared with their actor alone."""
    if member is not None:
        raise MemberExists("This member is enrolled already.", owner="you", remedy="Grant a role instead.")
    own = replace(act, actor=actor, group=(actor,) if act.group else (), clients=())
    return MemberEnrolled(
        **own.on(f"member:{member_id}"),
        name=Sealed(name, keeper=member_id),
        contact=Sealed(contact, keeper=member_id),
        language=language,
    )


def link(member: Member | None, *, account: str, act: Act) -> MemberLinked:
    """Note that an account of a kind (slack, oidc) was proved."""
    return MemberLinked(**_within(enrolled(member), act), account=account)


def unlink(member: Member | None, *, account: str, act: Act) -> MemberUnlinked:
    """Note that no account of a kind leads to the person any more."""
    standing = enrolled(member)
    if account not in standing.accounts:
        raise NotLinked("No such account is linked.", owner="you", remedy="Nothing needs to be done.")
    return MemberUnlinked(**_within(standing, act), account=account)


def grant(member: Member | None, *, role: str, pilot: str, theatre: str, act: Act) -> RoleGranted:
    """Grant a role on a pilot, or on the deployment where no pilot is named."""
    standing = enrolled(member)
    envelope = _role_envelope(standing, role=role, pilot=pilot, theatre=theatre, act=act)
    return RoleGranted(**envelope, role=role)


def revoke(member: Member | None, *, role: str, pilot: str, theatre: str, act: Act) -> RoleRevoked:
    """Revoke a role; it bites at once."""
    standing = enrolled(member)
    if role not in standing.roles.get(pilot, frozenset()):
        raise RoleNotHeld(f"The member is no {role} here.", owner="you", remedy="Nothing needs to be done.")
    envelope = _role_envelope(standing, role=role, pilot=pilot, theatre=theatre, act=act)
    return RoleRevoked(**envelope, role=role)


def leave(member: Member | None, *, reason: str, act: Act) -> MemberLeft:
    """End a membership; what the person recorded stays."""
    standing = enrolled(member)
    own = replace(act, actor=standing.actor)
    return MemberLeft(**own.on(f"member:{standing.id}"), reason=own.document(reason))


def enrolled(member: Member | None) -> Member:
    """Return a member who is active; a refusal if there is none."""
    if member is None or not member.active:
        raise NoSuchMember(
            "There is no such member.", owner="administrator", remedy="Enrol the person first."
        )
    return member


def _within(member: Member, act: Act) -> dict[str, Any]:
    """Return the envelope of what concerns the member's own organisation alone, whoever records it."""
    own = replace(act, actor=member.actor, group=(member.actor,) if act.group else (), clients=())
    return own.on(f"member:{member.id}")


def _role_envelope(member: Member, *, role: str, pilot: str, theatre: str, act: Act) -> dict[str, Any]:
    if role not in ROLES:
        raise UnknownWord("roles", role, ROLES)
    if (role == "administrator") == bool(pilot):
        where = "on the deployment" if role == "administrator" else "on a pilot"
        raise RoleNotHeld(f"The role {role} is held {where}.", owner="you", remedy=f"Grant it {where}.")
    return replace(act, actor=member.actor).on(f"member:{member.id}", theatre=theatre, pilot=pilot)
