"""Partnership: invitations and their answers, the charter, the mandates partners acknowledge."""

from counterpoise.domain.actors import Actor, registered
from counterpoise.domain.events import Act
from counterpoise.domain.pilots import (
    ActorInvited,
    ActorWithdrew,
    CharterAccepted,
    CharterSet,
    InvitationAnswered,
    MandateAcknowledged,
    Pilot,
    on,
    running,
)
from counterpoise.domain.refusals import BadValue, Refusal, said
from counterpoise.domain.tables import Tables


class AlreadyJoined(Refusal):
    """The actor is a partner already."""

    rule = "already-joined"


class NotInvited(Refusal):
    """Only an invited actor answers an invitation."""

    rule = "not-invited"


class NotJoined(Refusal):
    """Only partners do this."""

    rule = "not-joined"


class NoCharter(Refusal):
    """There is no such edition of the charter."""

    rule = "no-charter"


def invite(
    pilot: Pilot | None, invited: Actor | None, *, framing: str, visibility: str, tables: Tables, act: Act
) -> ActorInvited:
    """Invite an actor, or invite it again after it declined or withdrew."""
    standing = running(pilot)
    guest = registered(invited)
    if guest.id in standing.joined:
        raise AlreadyJoined(
            f"{guest.id} has joined.", owner="you", remedy="There is nothing to invite it to."
        )
    said(framing, what="The framing")
    return ActorInvited(
        **on(standing, act),
        invited=guest.id,
        framing=act.document(framing),
        visibility=tables.check("visibilities", visibility),
    )


def answer(
    pilot: Pilot | None,
    *,
    reply: str,
    reason_codes: tuple[str, ...],
    reasons: str,
    conditions: str,
    accepted_format: str,
    preferred_framing: str,
    tables: Tables,
    act: Act,
) -> InvitationAnswered:
    """Answer an invitation for the acting organisation; whatever does not join gives its reasons."""
    standing = running(pilot)
    if act.actor not in standing.invited:
        raise NotInvited(
            f"{act.actor} is not invited.", owner="coordinator", remedy="A coordinator invites it."
        )
    joins = bool(tables["replies"][tables.check("replies", reply)].get("joined"))
    for code in reason_codes:
        tables.check("factors", code)
    if not joins and not reason_codes:
        said(reasons, what="The reason")
    if accepted_format:
        tables.check("formats", accepted_format)
    return InvitationAnswered(
        **on(standing, act),
        reply=reply,
        joins=joins,
        reason_codes=reason_codes,
        reasons=act.document(reasons),
        conditions=act.document(conditions),
        accepted_format=accepted_format,
        preferred_framing=act.document(preferred_framing),
    )


def withdraw(
    pilot: Pilot | None, *, reason_codes: tuple[str, ...], reasons: str, tables: Tables, act: Act
) -> ActorWithdrew:
    """Take part no longer."""
    standing = joined(pilot, act.actor)
    for code in reason_codes:
        tables.check("factors", code)
    if not reason_codes:
        said(reasons, what="The reason")
    return ActorWithdrew(**on(standing, act), reason_codes=reason_codes, reasons=act.document(reasons))


def set_charter(
    pilot: Pilot | None,
    *,
    data_ownership: str,
    branding: str,
    public_messaging: str,
    information_limits: str,
    act: Act,
) -> CharterSet:
    """Set the rules of the pilot; each new edition is accepted anew by all."""
    standing = running(pilot)
    said(data_ownership, what="The rule on data ownership")
    said(branding, what="The rule on branding")
    said(public_messaging, what="The rule on public messaging")
    return CharterSet(
        **on(standing, act),
        edition=standing.charter + 1,
        data_ownership=act.document(data_ownership),
        branding=act.document(branding),
        public_messaging=act.document(public_messaging),
        information_limits=act.document(information_limits),
    )


def accept_charter(pilot: Pilot | None, *, edition: int, act: Act) -> CharterAccepted:
    """Accept the charter's newest edition (0: whichever that is)."""
    standing = joined(pilot, act.actor)
    if not standing.charter or edition not in (0, standing.charter):
        remedy = (
            f"Accept edition {standing.charter}." if standing.charter else "A coordinator sets the charter."
        )
        raise NoCharter("This edition does not stand.", owner="coordinator", remedy=remedy)
    return CharterAccepted(**on(standing, act), edition=standing.charter)


def acknowledge_mandate(
    pilot: Pilot | None, partner: Actor | None, *, misunderstanding: str, act: Act
) -> MandateAcknowledged:
    """Acknowledge a partner's newest mandate, noting what is not understood."""
    standing = joined(pilot, act.actor)
    other = registered(partner)
    if other.id == act.actor or other.id not in standing.joined:
        raise BadValue(f"{other.id} is no partner here.", owner="you", remedy="Name another joined actor.")
    if not other.mandate_edition:
        raise BadValue(
            f"{other.id} has clarified no mandate.",
            owner=other.id,
            remedy=f"{other.id} clarifies its mandate.",
        )
    return MandateAcknowledged(
        **on(standing, act),
        partner=other.id,
        edition=other.mandate_edition,
        misunderstanding=act.document(misunderstanding),
    )


def joined(pilot: Pilot | None, actor: str) -> Pilot:
    """Return a running pilot that `actor` has joined; a refusal if it has not."""
    standing = running(pilot)
    if actor not in standing.joined:
        raise NotJoined(
            f"{actor} has not joined.", owner=actor, remedy="It joins by answering an invitation."
        )
    return standing
