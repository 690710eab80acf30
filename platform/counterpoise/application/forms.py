"""One-time forms: a link leads once, for half an hour, to a page on which what no chat should see is written."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec

from counterpoise import policy
from counterpoise.application.anonymous import Concerns, no_readers
from counterpoise.application.circumstances import Circumstances
from counterpoise.application.desk import TAKING_PART, Desk, require
from counterpoise.application.form_fields import ANONYMOUS, KINDS, LABELS, RESTRICTED, Form, Handed, Reader
from counterpoise.application.questions import Questions
from counterpoise.domain.pilots import running
from counterpoise.domain.refusals import Refusal, UnknownWord
from counterpoise.policy import Member, Visible
from counterpoise.store.log import KeyReused

FORMS = "forms"
"""The drawer of the key store with the forms that were opened and not yet used."""
TOKEN_BYTES = 32
LIFE = 30 * 60_000_000


class FormGone(Refusal):
    """This link leads nowhere: it was used, is too old, or never was one."""

    rule = "form-gone"


class Forms:
    """Opens, shows and takes one-time forms. Who has the link is taken for the member who asked for it."""

    def __init__(self, desk: Desk, concerns: Concerns, questions: Questions) -> None:
        self._desk = desk
        self._concerns = concerns
        self._questions = questions

    def open(self, by: Member, *, pilot: str, kind: str = RESTRICTED, language: str = "") -> str:
        """Return the token of a new form for somebody who takes part: 256 bits in base64, told this once."""
        if kind not in KINDS:
            raise UnknownWord("forms", kind, KINDS)
        require(by, pilot, TAKING_PART)
        running(self._desk.log.state(f"pilot:{pilot}").state)
        token = secrets.token_urlsafe(TOKEN_BYTES)
        now = self._desk.clock()
        row = {"member": by.id, "pilot": pilot, "kind": kind, "language": language}
        self._desk.keys.drawers.sweep(now)
        self._desk.keys.drawers.put(
            FORMS, token, msgspec.json.encode(row).decode(), person=by.id, until=now + LIFE
        )
        return token

    def look(self, token: str) -> Visible[Form]:
        """Return what a form asks. FormGone."""
        row, until = self._row(token)
        by, pilot = self._desk.speaker(row["member"]), row["pilot"]
        require(by, pilot, TAKING_PART)
        names = self._questions.names(by)
        known = {kind: names.value.get(kind, {}) for kind in ("actor", "pilot", "member")}
        steps = self._questions.pilots.steps(by, pilot=pilot)
        there = self._desk.log.state(f"pilot:{pilot}").state
        enrolled = self._desk.enrolled(by.id)
        form = Form(
            kind=row["kind"],
            pilot=pilot,
            title=known["pilot"].get(pilot, ""),
            language=row["language"] or (enrolled.language if enrolled else "en"),
            labels=LABELS[row["kind"]],
            readers=tuple(self._readers(by, pilot, known["member"], known["actor"])),
            actors={actor: known["actor"].get(actor, actor) for actor in there.joined if actor != by.actor},
            steps={each["step"]: each["title"] for each in steps.value},
            concern_kinds=self._words("concern_kinds"),
            severities=self._words("severities"),
            languages=self._words("languages"),
            may_show_actor=row["kind"] == ANONYMOUS and self._concerns.may_show(by.actor, pilot),
            actor_name=known["actor"].get(by.actor, ""),
            until=until,
        )
        return policy.computed(form, basis=(names, steps))

    def submit(
        self,
        token: str,
        *,
        words: str,
        label: str = "",
        recipients: Sequence[str] = (),
        kind: str = "other",
        severity: str = "medium",
        about: str = "",
        step: str = "",
        language: str = "en",
        show_actor: bool = False,
    ) -> Handed:
        """Take a form as it was filled in, once; a refused one may be sent again. FormGone, NoReaders, ..."""
        row, _ = self._row(token)
        by = self._desk.speaker(row["member"])
        chosen = label or LABELS[row["kind"]][0]
        if chosen not in LABELS[row["kind"]]:
            raise UnknownWord("labels of this form", chosen, LABELS[row["kind"]])
        said: dict[str, Any] = {
            "pilot": row["pilot"],
            "words": words,
            "kind": kind,
            "severity": severity,
            "about": about,
            "step": step,
            "language": language,
        }
        if row["kind"] == ANONYMOUS:
            code = self._concerns.leave(
                by,
                **said,
                label=chosen,
                recipients=tuple(recipients),
                show_actor=show_actor,
                also=lambda: self._use(token),
            )
            return Handed(code=code)
        return self._named(by, token, said, chosen, recipients)

    def _named(
        self, by: Member, token: str, said: dict[str, Any], label: str, recipients: Sequence[str]
    ) -> Handed:
        named = tuple(recipients) if label == "RED" else ()
        if label == "RED" and not named:
            raise no_readers()
        how = Circumstances(key=f"form {token}", label=label, recipients=named, source="web")
        try:
            receipt = self._concerns.raise_one(by, **said, how=how)
        except KeyReused:
            raise _gone() from None
        self._desk.keys.drawers.take(FORMS, token)
        return Handed(event=receipt.events[-1])

    def _use(self, token: str) -> None:
        if not self._desk.keys.drawers.take(FORMS, token):
            raise _gone()

    def _row(self, token: str) -> tuple[dict[str, str], int]:
        kept = self._desk.keys.drawers.look(FORMS, token, now=self._desk.clock()) if token else None
        if kept is None:
            raise _gone()
        return msgspec.json.decode(kept.text), kept.until

    def _readers(
        self, by: Member, pilot: str, people: Mapping[str, str], actors: Mapping[str, str]
    ) -> Collection[Reader]:
        """Return those who take part beside the writer, by organisation, coordinators first, then by name."""
        found = [
            Reader(
                member=each.id,
                name=people.get(each.id, ""),
                actor=actors.get(each.actor, ""),
                role="coordinator" if "coordinator" in each.roles[pilot] else "participant",
            )
            for each in self._desk.taking_part(pilot)
            if each.id != by.id
        ]
        return sorted(found, key=lambda each: (each.actor, each.role, each.name, each.member))

    def _words(self, section: str) -> Mapping[str, str]:
        return {word: entry["words"] for word, entry in self._questions.vocabulary(section).value.items()}


def _gone() -> FormGone:
    return FormGone(
        "This link was used, or is older than thirty minutes.",
        owner="you",
        remedy="Ask for a new one in the chat.",
    )
