"""One-time forms: a link leads once, for half an hour, to a page on which what no chat should see is written."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from hashlib import sha256
from typing import Any

import msgspec

from counterpoise import policy
from counterpoise.application.anonymous import DIGITS, Concerns, no_readers
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
HANDED = "handed"
"""The drawer of what was handed out a moment ago: no code and nobody's, by the secret of a page."""
AGAIN = 2 * 60_000_000
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
            actors={
                actor: known["actor"].get(actor, actor)
                for actor in there.joined
                if row["kind"] == ANONYMOUS
                or actor != by.actor  # what is left out would tell whose it is not
            },
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
        once: str = "",
    ) -> Handed:
        """Take a form as it was filled in, once; a refused one may be sent again. FormGone, NoReaders, ...

        `once` is a secret of the page, which no chat has seen: sent again with it within two minutes (a double click,
        a lost answer), what was handed out is handed out again.
        """
        said: dict[str, Any] = {
            "words": words,
            "kind": kind,
            "severity": severity,
            "about": about,
            "step": step,
            "language": language,
        }
        try:
            return self._taken(token, said, label, recipients, once, show_actor=show_actor)
        except Refusal:
            again = self._again(token, once)
            if again is None:
                raise
            return again

    def _taken(
        self,
        token: str,
        said: Mapping[str, Any],
        label: str,
        recipients: Sequence[str],
        once: str,
        *,
        show_actor: bool,
    ) -> Handed:
        row, _ = self._row(token)
        by = self._desk.speaker(row["member"])
        chosen = label or LABELS[row["kind"]][0]
        if chosen not in LABELS[row["kind"]]:
            raise UnknownWord("labels of this form", chosen, LABELS[row["kind"]])
        filled = {**said, "pilot": row["pilot"]}
        if row["kind"] != ANONYMOUS:
            return self._named(by, token, filled, chosen, recipients, once)
        code = self._concerns.leave(
            by,
            **filled,
            label=chosen,
            recipients=tuple(recipients),
            show_actor=show_actor,
            code=_code(once) if once else "",
            also=lambda: self._use(token, once, ANONYMOUS),
        )
        return Handed(code=code)

    def _named(
        self,
        by: Member,
        token: str,
        said: dict[str, Any],
        label: str,
        recipients: Sequence[str],
        once: str,
    ) -> Handed:
        named = tuple(recipients) if label == "RED" else ()
        if label == "RED" and not named:
            raise no_readers()
        how = Circumstances(key=f"form {token}", label=label, recipients=named, source="web")
        try:
            receipt = self._concerns.raise_one(by, **said, how=how)
        except KeyReused:
            raise _gone() from None
        with suppress(FormGone), self._desk.keys.drawers.turn():
            self._use(token, once, RESTRICTED)
        return Handed(event=receipt.events[-1])

    def _use(self, token: str, once: str, kind: str) -> None:
        """Let a form be used, within a turn of the key store; remember for a moment that it was, by its page."""
        if not self._desk.keys.drawers.take(FORMS, token):
            raise _gone()
        if once:
            until = self._desk.clock() + AGAIN
            self._desk.keys.drawers.put(HANDED, f"{token} {once}", kind, until=until)

    def _again(self, token: str, once: str) -> Handed | None:
        """Return what was handed out to a page a moment ago."""
        name = f"{token} {once}"
        kept = self._desk.keys.drawers.look(HANDED, name, now=self._desk.clock()) if once else None
        if kept is None:
            return None
        return Handed(code=_code(once)) if kept.text == ANONYMOUS else Handed()

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


def _code(once: str) -> str:
    """Return the receipt code of a page: whoever knows its secret knows it too, and nobody else."""
    drawn = int.from_bytes(sha256(b"cp.receipt.v1\0" + once.encode()).digest(), "big")
    return f"{drawn % 10**DIGITS:0{DIGITS}d}"


def _gone() -> FormGone:
    return FormGone(
        "This link was used, or is older than thirty minutes.",
        owner="you",
        remedy="Ask for a new one in the chat.",
    )
