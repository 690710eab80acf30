"""What the private pages say, in the reader's language: the one-time form, the receipt code, coming back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex
from typing import Any

from babel import Locale
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from counterpoise.application.faces import Refusal
from counterpoise.application.form_fields import ANONYMOUS, Form
from counterpoise_bot.labels import shown_label
from counterpoise_bot.refused import sentences
from counterpoise_bot.words import LANGUAGES, Name, Words

TEMPLATES = Path(__file__).parent / "templates"
LONGEST = 10_000
"""Characters of what is written on a form."""
GROUP = 4

FIELDS = {"no-readers": "recipients"}
"""The field of the form that a refusal is about; any other is about the words."""


@dataclass(frozen=True)
class Given:
    """What somebody filled in, kept on the page when it is refused."""

    words: str = field(default="", repr=False)
    kind: str = "other"
    severity: str = "medium"
    about: str = ""
    step: str = ""
    language: str = ""
    label: str = ""
    recipients: Sequence[str] = ()
    show_actor: bool = False
    once: str = field(default_factory=lambda: token_hex(16), repr=False)


class Pages:
    """Draws the pages. Everything that people typed is escaped, wherever it stands."""

    def __init__(self) -> None:
        self._templates = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def form(
        self, words: Words, form: Form, given: Given, *, path: str, errors: Mapping[str, str] | None = None
    ) -> str:
        """Return the form, with what was filled in and what was wrong with it."""
        title = (
            words.say("An anonymous concern about {pilot}", pilot=Name(form.title))
            if form.kind == ANONYMOUS
            else words.say("A concern for few eyes about {pilot}", pilot=Name(form.title))
        )
        chosen = {"language": given.language or form.language, "label": given.label or form.labels[0]}
        return self._drawn(
            "form.html",
            words,
            title=title,
            path=path,
            errors=errors or {},
            given={**vars(given), **chosen},
            promises=anonymous(words) if form.kind == ANONYMOUS else restricted(words),
            not_sent=words.say("This was not sent yet. Your words are below."),
            ask=asked(words, form),
            options=_options(words, form),
            longest=LONGEST,
        )

    def said(
        self, words: Words, title: str, *said: str, code: str = "", onward: str = "", path: str = ""
    ) -> str:
        """Return a page that says something, with a receipt code where there is one."""
        shown = " ".join(code[at : at + GROUP] for at in range(0, len(code), GROUP))
        return self._drawn(
            "form_said.html", words, title=title, said=said, code=shown, onward=onward, path=path
        )

    def coming_back(
        self,
        words: Words,
        *,
        path: str,
        found: Mapping[str, Any] | None = None,
        code: str = "",
        error: str = "",
        typed: str = "",
        done: str = "",
    ) -> str:
        """Return the page on which a receipt code is typed, and what became of its concern."""
        return self._drawn(
            "form_return.html",
            words,
            title=words.say("Come back to an anonymous concern"),
            path=path,
            code=code,
            error=error,
            at="code" if found is None else "words",
            typed=typed,
            done=done,
            found=None if found is None else _found(words, found),
            longest=LONGEST,
            ask={
                "code": words.say("Your receipt code, sixteen digits"),
                "look": words.say("Show what became of it"),
                "more": words.say("Words to add, or your reason"),
                "add": words.say("Add these words"),
                "resolve": words.say("Say that it is settled"),
                "withdraw": words.say("Take the concern back"),
            },
        )

    def _drawn(self, template: str, words: Words, **values: Any) -> str:  # noqa: ANN401  what a page shows
        languages = [{"key": each, "name": _own_name(each)} for each in LANGUAGES] if values["path"] else []
        return self._templates.get_template(template).render(
            words=words,
            languages=languages,
            in_another=words.say("This page in another language"),
            **values,
        )


def anonymous(words: Words) -> list[str]:
    """Return what holds of an anonymous concern, and what does not."""
    return [
        words.say("Nobody can link this to you. Keep the receipt code: with it you can come back."),
        words.say(
            "It is recorded without your name, your organisation or the hour, mixed with others: at the latest on the "
            "morning after."
        ),
        words.say(
            "What you write, and how, may still give you away. You can also tell a person you trust instead."
        ),
        words.say(
            "Whoever runs this server could watch it while you write. One concern a person in each stage of the pilot."
        ),
    ]


def restricted(words: Words) -> list[str]:
    """Return what holds of a concern for few eyes."""
    return [
        words.say("Slack does not see this page."),
        words.say("Everyone who may read this sees your name."),
    ]


def asked(words: Words, form: Form) -> Mapping[str, str]:
    """Return the labels of the form."""
    shown = words.say(
        "Show that I act for {actor}. At least five of its people take part.", actor=Name(form.actor_name)
    )
    return {
        "words": words.say("What threatens whom, and how?"),
        "words_hint": words.say("In your own words, in any language. They are recorded as you write them."),
        "language": words.say("Language of your words"),
        "kind": words.say("What is it about?"),
        "severity": words.say("How serious is it?"),
        "about": words.say("Which organisation does it concern?"),
        "nobody": words.say("None in particular"),
        "step": words.say("Which step does it concern?"),
        "no_step": words.say("The pilot as a whole"),
        "label": words.say("Who may read it?"),
        "recipients": words.say("Named readers, for TLP:RED"),
        "recipients_hint": words.say("Only those you tick, and you, read what is TLP:RED."),
        "no_readers": words.say("Nobody else takes part in this pilot yet."),
        "show_actor": shown if form.may_show_actor else "",
        "send": words.say("Leave this concern")
        if form.kind == ANONYMOUS
        else words.say("Record this concern"),
    }


def complaint(words: Words, refusal: Refusal) -> tuple[str, str]:
    """Return the field that a refusal is about, and what it says."""
    known = {
        "no-readers": words.say("TLP:RED is for people you name: tick at least one of them."),
        "spoken-already": words.say(
            "You have left an anonymous concern in this stage of the pilot. With its receipt code you can add to it."
        ),
        "form-gone": words.say("This link was used, or is older than thirty minutes."),
        "bad-receipt-code": words.say(
            "No concern was left under this receipt code. Check the sixteen digits."
        ),
        "concern-ended": words.say("This concern is settled or taken back already."),
    }
    said = known.get(refusal.rule) or " ".join(sentences(words, refusal))
    return FIELDS.get(refusal.rule, "words"), said


def _options(words: Words, form: Form) -> Mapping[str, Any]:
    shown = {
        "RED": words.say("only people I name"),
        "AMBER+STRICT": words.say("my organisation's people on the pilot"),
        "AMBER": words.say("my organisation's people on the pilot, and those it works for"),
        "GREEN": words.say("everybody on the pilot"),
    }
    return {
        "kinds": {key: words.term(each) for key, each in form.concern_kinds.items()},
        "severities": {key: words.term(each) for key, each in form.severities.items()},
        "languages": {key: words.term(each) for key, each in form.languages.items()},
        "actors": form.actors,
        "steps": form.steps,
        "labels": {label: f"{shown_label(words, label)}: {shown[label]}" for label in form.labels},
        "readers": [{"member": each.member, "name": _reader(words, each)} for each in form.readers],
    }


def _reader(words: Words, reader: Any) -> str:  # noqa: ANN401  a reader of the form
    role = words.say("coordinator") if reader.role == "coordinator" else words.say("participant")
    name = reader.name or reader.member[:8]
    return words.say("{name}, {role} for {actor}", name=Name(name), role=role, actor=Name(reader.actor))


def _found(words: Words, found: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what became of a concern, in words."""
    status = {
        "waiting": words.say("It waits to be recorded together with others."),
        "raised": words.say("It is recorded. Nobody has answered yet."),
        "acknowledged": words.say("Somebody has taken it up."),
        "answered": words.say("It was answered with a change."),
        "resolved": words.say("It is settled."),
        "withdrawn": words.say("It was taken back."),
    }
    facts = [(words.say("Pilot"), found["title"]), (words.say("What became of it"), status[found["status"]])]
    if found["waits"] and found["status"] != "waiting":
        facts.append((words.say("Still to be recorded"), words.say("what you did last")))
    return {
        "facts": facts,
        "yours": words.say("Your words"),
        "said": found["said"],
        "theirs": words.say("What was replied"),
        "replies": [
            {
                "head": f"{words.date(each['day'])}: {status.get(each['became'], '')} {each['tweak']}".rstrip(),
                "words": each["words"],
            }
            for each in found["replies"]
        ],
        "open": found["status"] not in {"resolved", "withdrawn"}
        and not {"resolve", "withdraw"} & {*found["waits"]},
    }


def _own_name(language: str) -> str:
    return str(Locale.parse(language).get_display_name(language))
