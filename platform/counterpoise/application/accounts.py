"""Chat accounts: a code that is typed once from an account joins it to a member, who speaks from it then."""

import os
from base64 import b32encode
from contextlib import suppress
from dataclasses import dataclass, field, replace
from hashlib import sha256

import msgspec

from counterpoise.application import verbs_members
from counterpoise.application.circumstances import PLAIN, Circumstances
from counterpoise.application.desk import NoSuchSpeaker, require_administrator
from counterpoise.application.verbs_members import CODES, SLACK
from counterpoise.domain import members
from counterpoise.domain.refusals import Refusal
from counterpoise.policy import Member
from counterpoise.store.keys import AlreadyTaken

SLACK_ACCOUNT = "Slack account"

TRIES = "tries"
"""The drawer of the key store that tells how often an account typed a wrong code."""

MINUTE = 60_000_000
CODE_BYTES = 16
CODE_LIFE = 10 * MINUTE
GROUP = 4
MOST_TRIES = 5
PAUSE = 15 * MINUTE


class BadCode(Refusal):
    """This code joins nothing: it is wrong, was used, or is too old."""

    rule = "bad-code"


class TooManyTries(Refusal):
    """Too many wrong codes came from this account."""

    rule = "too-many-tries"


@dataclass(frozen=True)
class Code:
    """A code to be typed once, and until when it can be (microseconds UTC)."""

    code: str = field(repr=False)
    until: int


class Members(verbs_members.Members):
    """The verbs on members, and what leads from a chat account to one of them."""

    def code(self, by: Member, *, member: str) -> Code:
        """Return a code that joins the chat account it is typed from to the member; any before it is void.

        Administrators get one for anybody, everybody for themself. It is told once, and only its mark is kept.
        """
        if by.id != member:
            require_administrator(by)
        members.enrolled(self._desk.enrolled(member))
        text = b32encode(os.urandom(CODE_BYTES)).decode().rstrip("=")
        until = self._desk.clock() + CODE_LIFE
        drawers = self._desk.keys.drawers
        row = msgspec.json.encode({"member": member, "issuer": by.id}).decode()
        with drawers.turn():
            drawers.empty(CODES, person=member)
            drawers.put(CODES, text, row, person=member, until=until)
        return Code(code="-".join(text[at : at + GROUP] for at in range(0, len(text), GROUP)), until=until)

    def link(self, *, code: str, team: str, user: str, how: Circumstances = PLAIN) -> Member:
        """Join the chat account of whoever typed the code to its member: they hold both, which is the proof.

        `team` is the account's home team, `user` its id there, on Enterprise Grid the enterprise's. BadCode,
        TooManyTries, AlreadyTaken. A code joins one account, once.
        """
        address, typed = _address(team, user), _typed(code)
        row = self._found(address, typed)
        person: str = row["member"]
        by = self._desk.speaker(person)
        if self._desk.keys.linked(SLACK, address) not in {None, person}:
            raise AlreadyTaken(SLACK_ACCOUNT)
        proved = sha256(typed.encode()).hexdigest()
        self._desk.record(
            by,
            "member-link",
            lambda seen, act: [
                members.link(seen.member(person), account=SLACK, act=replace(act, member=row["issuer"]))
            ],
            given={"member": person},
            how=replace(how, key=f"link {proved}"),
            label="AMBER+STRICT",
            answer={"member": person},
        )
        with self._desk.keys.drawers.turn():
            self._desk.keys.part(person, SLACK)  # one account a member: a new one takes the place of the old
            self._desk.keys.link(person, SLACK, address)
            self._desk.keys.drawers.take(CODES, typed)
            self._desk.keys.drawers.take(TRIES, address)
        return self._desk.speaker(person)

    def deactivated(self, *, team: str, user: str, how: Circumstances = PLAIN) -> bool:
        """Unlink the member of an account that its chat workspace has closed; False where it leads to nobody."""
        by = self.at(team, user)
        if by is not None:
            with suppress(members.NotLinked):
                self.unlink(by, member=by.id, how=how)
        self._desk.keys.unlink(SLACK, _address(team, user))
        return by is not None

    def at(self, team: str, user: str) -> Member | None:
        """Return the member whom a chat account leads to; None for whoever is not linked, or has left."""
        person = self._desk.keys.linked(SLACK, _address(team, user)) if team and user else None
        if person is None:
            return None
        try:
            return self._desk.speaker(person)
        except NoSuchSpeaker:
            return None

    def _found(self, address: str, typed: str) -> dict[str, str]:
        """Return what a code was made for. A wrong one is counted, and the account it came from pauses for a while."""
        drawers, now = self._desk.keys.drawers, self._desk.clock()
        with drawers.turn():
            drawers.sweep(now)
            tries = drawers.look(TRIES, address)
            wrong = int(tries.text) if tries else 0
            if wrong >= MOST_TRIES:
                raise TooManyTries(
                    "That were too many wrong codes.",
                    owner="you",
                    remedy="Wait a quarter of an hour, then try a new code.",
                )
            kept = drawers.look(CODES, typed, now=now)
            if kept is None:
                drawers.put(TRIES, address, str(wrong + 1), until=now + PAUSE)
        if kept is None:
            raise BadCode(
                "This code is wrong, was used, or is older than ten minutes.",
                owner="administrator",
                remedy="Ask an administrator for a new one: `counterpoise member link`.",
            )
        row: dict[str, str] = msgspec.json.decode(kept.text)
        return row


def _address(team: str, user: str) -> str:
    return f"{team}/{user}"


def _typed(code: str) -> str:
    """Return a code as it was made: whatever people put between its letters, and what they take letters for."""
    bare = "".join(each for each in code.upper() if each.isalnum())
    return bare.translate(str.maketrans("018", "OIB"))
