"""The application, built once at the door: its verbs by noun, and its questions."""

from collections.abc import Collection, Iterable
from types import TracebackType
from typing import Self

from counterpoise.application.accounts import Members
from counterpoise.application.anonymous import Concerns
from counterpoise.application.audience import all_may_read
from counterpoise.application.channels import channel_address, channels_of, pilot_at
from counterpoise.application.circumstances import Clock, Ids, fresh_id, now
from counterpoise.application.desk import Desk
from counterpoise.application.forms import Forms
from counterpoise.application.questions import Questions
from counterpoise.application.verbs_consents import Consents
from counterpoise.application.verbs_members import SLACK
from counterpoise.application.verbs_pilots import Pilots
from counterpoise.application.verbs_records import Records
from counterpoise.application.verbs_settings import Actors, Deployment, Theatres
from counterpoise.application.verbs_steps import Steps
from counterpoise.application.verbs_voices import (
    Lessons,
    Narratives,
    Reflections,
    Scans,
)
from counterpoise.domain.actors import CHAT_CEILING
from counterpoise.policy import Member
from counterpoise.store.kept import Kept
from counterpoise.store.keys import KeyStore
from counterpoise.store.log import Log


class Application:
    """Everything Counterpoise does, over one log and one key store. Faces enter here and nowhere else.

    `kept` is the small memory of faces; without one, it lasts as long as this object.
    """

    def __init__(
        self,
        log: Log,
        keys: KeyStore,
        *,
        kept: Kept | None = None,
        clock: Clock = now,
        ids: Ids = fresh_id,
    ) -> None:
        desk = Desk(log, keys, clock=clock, ids=ids)
        self.log = log
        self.keys = keys
        self.kept = kept or Kept()
        self.speaker = desk.speaker
        self.theatres = Theatres(desk)
        self.actors = Actors(desk)
        self.members = Members(desk)
        self.speaker_at = self.members.at
        self.deployment = Deployment(desk)
        self.pilots = Pilots(desk)
        self.steps = Steps(desk)
        self.scans = Scans(desk)
        self.reflections = Reflections(desk)
        self.concerns = Concerns(desk)
        self.lessons = Lessons(desk)
        self.narratives = Narratives(desk)
        self.consents = Consents(desk)
        self.records = Records(desk, self.kept)
        self.questions = Questions(log, keys)
        self.forms = Forms(desk, self.concerns, self.questions)

    def size(self) -> int:
        """Return how many events there are: that the log answers, and whether it grew."""
        return self.log.size()

    def changes(self, *, after: int, kinds: Collection[str]) -> tuple[int, int]:
        """Return the position of the last event, and of the last after `after` whose stream is of some kinds (or 0)."""
        last, changed = after, 0
        for row in self.log.stored(after=after):
            last = row.position
            if row.stream.partition(":")[0] in kinds:
                changed = row.position
        return last, changed

    def all_may_read(self, members: Iterable[Member], event: str) -> bool:
        """Return whether every one of some members may read the content of an event."""
        return all_may_read(self.log, members, event)

    def channel_pilot(self, team: str, channel: str) -> str:
        """Return the id of the pilot that a chat channel belongs to; empty if to none. Who may know it is not asked."""
        return pilot_at(self.keys, channel_address(team, channel))

    def pilot_channels(self, pilot: str) -> tuple[tuple[str, str], ...]:
        """Return team and channel of each chat channel of a pilot, in order. Who may know them is not asked."""
        return channels_of(self.keys, pilot)

    def linked_accounts(self) -> dict[str, tuple[str, str]]:
        """Return team and user of each member's chat account, by member id. Who may know them is not asked."""
        parts = {person: text.rpartition("/") for person, text in self.keys.addresses(SLACK).items()}
        return {person: (team, user) for person, (team, _, user) in parts.items()}

    def chat_ceiling(self, actor: str) -> str:
        """Return the highest label of an organisation's that passes through Slack: GREEN unless it set another."""
        folded = self.log.state(f"actor:{actor}") if actor else None
        return folded.state.chat_ceiling if folded is not None else CHAT_CEILING

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the log, the key store and what faces keep."""
        self.log.close()
        self.kept.close()
        self.keys.close()
