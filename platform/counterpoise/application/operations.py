"""The operator's work at the door: a store is made, opened with its keys, and given its first administrator."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import msgspec

from counterpoise import frame
from counterpoise.application.circumstances import Circumstances, Clock, Ids, fresh_id, now
from counterpoise.application.desk import Desk
from counterpoise.application.house import Application
from counterpoise.application.operations_stores import at_hand, both, keys_of
from counterpoise.application.questions import Questions
from counterpoise.application.seen import Seen
from counterpoise.domain import actors, members
from counterpoise.domain.events import Act, Event
from counterpoise.domain.members import RoleGranted
from counterpoise.domain.refusals import Refusal
from counterpoise.domain.streams import evolve
from counterpoise.domain.vocabulary import VOCABULARY
from counterpoise.policy import Member
from counterpoise.store.kept import Kept
from counterpoise.store.log import KeyReused, Log, Receipt
from counterpoise.store.opening import open_log


class AlreadyFounded(Refusal):
    """This deployment has an administrator, who registers and enrols all others."""

    rule = "already-founded"


def opened(
    url: str, *, keys: Path | None = None, make: bool = False, clock: Clock = now, ids: Ids = fresh_id
) -> Application:
    """Return the application over the store at `url`; arguments and refusals as of `operations_stores.both`."""
    log, store = both(url, keys=keys, make=make)
    kept = Kept.beside(keys or keys_of(url), store)
    return Application(log, store, kept=kept, clock=clock, ids=ids)


@contextmanager
def asked(url: str) -> Iterator[Questions]:
    """Lend the questions of the store at `url`, to whoever names no member; its keys only where they are at hand."""
    keys = at_hand(url)
    log = open_log(url, vocabulary=VOCABULARY, evolve=evolve, words=keys)
    try:
        yield Questions(log, keys)
    finally:
        log.close()
        if keys is not None:
            keys.close()


def found(
    application: Application,
    *,
    actor: str,
    categories: Sequence[str],
    name: str,
    handle: str,
    contact: str = "",
    language: str = "en",
    clock: Clock = now,
    ids: Ids = fresh_id,
) -> Receipt:
    """Register the first organisation and enrol its `name` as the first administrator, who signs as `handle`.

    AlreadyFounded while there is an administrator. Cut short, it is finished by asking again in the same words.
    """
    log, keys = application.log, application.keys
    desk = Desk(log, keys, clock=clock, ids=ids)
    ever = administrators(log)
    gone = [person for person in ever if not _administers(desk, person)]
    first, person = ids(), ids()
    said = {"actor": actor, "categories": categories, "name": name, "handle": handle, "contact": contact}

    def decision(seen: Seen, act: Act) -> list[Event]:
        if len(gone) < len(ever):
            raise _founded()
        seen.tables.check("languages", language)
        registered = actors.register(
            seen.actor(first),
            actor_id=first,
            name=actor,
            categories=tuple(categories),
            tables=seen.tables,
            act=act,
        )
        enrolled = members.enrol(
            seen.member(person),
            member_id=person,
            actor=first,
            name=name,
            contact=contact,
            language=language,
            act=replace(act, label="AMBER+STRICT", group=(first,)),
        )
        member = members.evolve(None, enrolled)
        granted = members.grant(member, role="administrator", pilot="", theatre="", act=act)
        return [registered, enrolled, granted]

    try:
        receipt = desk.record(
            Member(id="", actor=first, administrator=True),
            "found",
            decision,
            given={**said, "language": language},
            how=Circumstances(key=f"found {len(gone)}"),
            answer={"actor": first, "member": person},
        )
    except KeyReused:
        raise _founded() from None
    keys.name(msgspec.json.decode(receipt.result)["member"], handle)
    return receipt


def administrators(log: Log) -> list[str]:
    """Return the id of every member who was ever granted the administrator's role, in order of the ids."""
    granted = frame.of(log.frame(), RoleGranted).filter(role="administrator").select("stream").unique()
    return sorted(stream.partition(":")[2] for (stream,) in granted.collect().iter_rows())


def _administers(desk: Desk, person: str) -> bool:
    member = desk.enrolled(person)
    return member is not None and member.active and "administrator" in member.roles.get("", frozenset())


def _founded() -> AlreadyFounded:
    return AlreadyFounded(
        "This deployment has an administrator already.",
        owner="administrator",
        remedy="An administrator registers organisations and enrols people: `counterpoise record`.",
    )
