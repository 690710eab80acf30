"""Verbs on recording consent: another person's words are recorded only as theirs, and only when they say so."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from counterpoise.application.circumstances import PLAIN, Circumstances
from counterpoise.application.desk import TAKING_PART, Desk
from counterpoise.application.seen import Seen
from counterpoise.application.verbs_voices import WITHIN
from counterpoise.domain import concerns, consents
from counterpoise.domain.corrections import NothingToCorrect
from counterpoise.domain.events import Act, Event
from counterpoise.policy import Member
from counterpoise.store.log import Receipt


class Consents:
    """What is done before another person's words are recorded."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def ask(
        self, by: Member, *, pilot: str, author: str, message: str, how: Circumstances = PLAIN
    ) -> Receipt:
        """Ask the author (a member id) of a message whether it may be recorded."""
        consent = self._desk.ids()
        enrolled = self._desk.enrolled(author)
        return self._desk.record(
            by,
            "consent-ask",
            lambda seen, act: [
                consents.ask(
                    seen.consent(consent),
                    seen.pilot(pilot),
                    consent_id=consent,
                    author=self._desk.readers((author,), pilot)[0],
                    author_actor=enrolled.actor if enrolled else "",
                    message=message,
                    act=act,
                )
            ],
            given={"pilot": pilot, "author": author, "message": message},
            how=how,
            pilot=pilot,
            role=TAKING_PART,
            label=WITHIN,
            answer={"consent": consent},
        )

    def give(self, by: Member, *, pilot: str, consent: str, mode: str, how: Circumstances = PLAIN) -> Receipt:
        """Agree to be recorded, named or under a pseudonym."""
        return self._desk.record(
            by,
            "consent-give",
            lambda seen, act: [consents.give(seen.consent(consent), mode=mode, act=act)],
            given={"pilot": pilot, "consent": consent, "mode": mode},
            how=how,
            pilot=pilot,
            role=TAKING_PART,
            label=WITHIN,
            answer={"consent": consent},
        )

    def refuse(self, by: Member, *, pilot: str, consent: str, how: Circumstances = PLAIN) -> Receipt:
        """Do not agree; nothing of the message is recorded."""
        return self._desk.record(
            by,
            "consent-refuse",
            lambda seen, act: [consents.refuse(seen.consent(consent), act=act)],
            given={"pilot": pilot, "consent": consent},
            how=how,
            pilot=pilot,
            role=TAKING_PART,
            label=WITHIN,
            answer={"consent": consent},
        )

    def record(
        self,
        by: Member,
        *,
        pilot: str,
        consent: str,
        mode: str,
        words: str,
        kind: str = "other",
        severity: str = "medium",
        factor: str = "",
        about: str = "",
        step: str = "",
        language: str = "en",
        how: Circumstances = PLAIN,
    ) -> Receipt:
        """Agree, and have the words recorded as one's own concern, both or neither: whoever asked is not its author."""
        concern = self._desk.ids()
        said: dict[str, Any] = {
            "words": words,
            "kind": kind,
            "severity": severity,
            "factor": factor,
            "about": about,
            "step": step,
            "language": language,
        }

        def decision(seen: Seen, act: Act) -> Sequence[Event]:
            between = replace(act, label=WITHIN, recipients=(), group=(by.actor,), clients=())
            given = consents.give(seen.consent(consent), mode=mode, act=between)
            raised = concerns.raise_concern(
                seen.pilot(pilot),
                seen.concern(concern),
                concern_id=concern,
                anonymous=False,
                named=mode == "named",
                tables=seen.tables,
                act=act,
                **said,
            )
            return [given, raised]

        return self._desk.record(
            by,
            "consent-record",
            decision,
            given=said | {"pilot": pilot, "consent": consent, "mode": mode},
            how=how,
            pilot=pilot,
            role=TAKING_PART,
            label=WITHIN,
            answer={"consent": consent, "concern": concern},
        )

    def note_edit(self, by: Member, *, pilot: str, event: str, how: Circumstances = PLAIN) -> Receipt:
        """Note that the message behind one's own record (an event) was edited where it came from."""
        return self._note(by, "consent-note-edit", consents.note_edit, pilot, event, how)

    def note_deletion(self, by: Member, *, pilot: str, event: str, how: Circumstances = PLAIN) -> Receipt:
        """Note that the message behind one's own record (an event) was deleted where it came from."""
        return self._note(by, "consent-note-deletion", consents.note_deletion, pilot, event, how)

    def _note(
        self,
        by: Member,
        verb: str,
        note: Callable[..., Event],
        pilot: str,
        event: str,
        how: Circumstances,
    ) -> Receipt:
        """Note something under the label of the record, and for those who read it."""
        consent = self._desk.ids()

        def decision(seen: Seen, act: Act) -> Sequence[Event]:
            stream, _, version = event.rpartition("#")
            standing = seen.standing(stream) if stream else []
            found = (
                standing[int(version) - 1]
                if version.isdecimal() and 0 < int(version) <= len(standing)
                else None
            )
            if found is None or found.pilot != pilot or found.member != act.member:
                raise NothingToCorrect(
                    "You have recorded no such event.", owner="you", remedy="Check its id: stream#version."
                )
            beside = replace(
                act,
                label=found.label,
                recipients=found.recipients,
                group=found.group,
                clients=found.clients,
            )
            return [note(seen.pilot(pilot), consent_id=consent, record=event, act=beside)]

        return self._desk.record(
            by,
            verb,
            decision,
            given={"pilot": pilot, "event": event},
            how=how,
            pilot=pilot,
            role=TAKING_PART,
            label=WITHIN,
            answer={"consent": consent},
        )
