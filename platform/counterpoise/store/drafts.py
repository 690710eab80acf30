"""Commands made ready for the writer: events numbered and encoded, words closed, new keys told of first."""

from collections import deque
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from counterpoise.domain.events import Event
from counterpoise.domain.keys import KeyMade, key_made
from counterpoise.store.database import Database
from counterpoise.store.mapper import Closed, Encoded, Mapper, Words, base64, salts
from counterpoise.store.writer import Entry, Submission

_SALTS = 1_024  # drawn at once


class Share(NamedTuple):
    """What one command wants recorded: its receipt (24 bytes), its body's (24 or none), events and result."""

    receipt: bytes
    body: bytes
    events: Sequence[Event | Encoded]
    result: str


class Drafts:
    """Prepares submissions, in the thread of whoever asks."""

    def __init__(self, database: Database, mapper: Mapper, words: Words) -> None:
        self._database = database
        self._mapper = mapper
        self._words = words
        self._announced: set[str] = set()
        self._salts: deque[str] = deque()

    def submission(self, shares: Sequence[Share], versions: Mapping[str, int]) -> Submission:
        """Return the commands as one submission that depends on `versions`, and on the streams it writes to."""
        expected = self._expected(shares, versions)
        closed = self._closed(shares, dict(expected))
        made = self._announcements(closed)
        expected.update((each.row.stream, 0) for each in made)
        return Submission(entries=_entries(shares, len(made)), events=made + closed, expected=expected)

    def _expected(self, shares: Sequence[Share], versions: Mapping[str, int]) -> dict[str, int]:
        """Return `versions` and those of the streams that are written to without having been read."""
        unread = {event.stream for share in shares for event in share.events if event.stream not in versions}
        if not unread:
            return dict(versions)
        heads = self._database.heads(unread)
        return {**versions, **{stream: heads.get(stream, 0) for stream in unread}}

    def _closed(self, shares: Sequence[Share], versions: dict[str, int]) -> list[Closed]:
        """Return every event encoded as the next version of its stream."""
        closed = []
        for share in shares:
            receipt = base64(share.receipt)
            for event in share.events:
                version = versions[event.stream] = versions[event.stream] + 1
                salt = self._salt()
                if isinstance(event, Encoded):
                    each = self._mapper.stamped(event, version=version, receipt=receipt, salt=salt)
                else:
                    each = self._mapper.to_stored(event, version=version, receipt=receipt, salt=salt)
                closed.append(each)
        return closed

    def _announcements(self, closed: Sequence[Closed]) -> list[Closed]:
        """Return the making of each key among `closed` of which the log has not told yet, if it lives still."""
        users = {key: each for each in reversed(closed) for key in each.keys if key not in self._announced}
        if not users:
            return []
        told = self._database.heads([f"key:{key}" for key in users])
        self._announced.update(key for key in users if f"key:{key}" in told)
        return [
            self._mapper.to_stored(made, version=1, receipt=user.receipt, salt=self._salt())
            for key, user in users.items()
            if key not in self._announced and user.event and (made := self._made(key, user.event))
        ]

    def _salt(self) -> str:
        """Return a salt that no other event has."""
        try:
            return self._salts.pop()
        except IndexError:
            self._salts.extend(salts(_SALTS))
            return self._salts.pop()

    def _made(self, key: str, user: Event) -> KeyMade | None:
        commitment = self._words.commitment(key)
        if commitment is None:
            return None
        return key_made(key=key, commitment=commitment, pilot=user.pilot, at=user.recorded_at)


def _entries(shares: Sequence[Share], start: int) -> list[Entry]:
    entries = []
    for share in shares:
        entries.append(Entry(share.receipt, share.body, start, len(share.events), share.result))
        start += len(share.events)
    return entries
