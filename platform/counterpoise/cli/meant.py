"""What was meant by the words of a command: names become ids, figures numbers, dates times."""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from counterpoise.application.desk import NoSuchSpeaker
from counterpoise.cli.answers import Misused

if TYPE_CHECKING:
    from counterpoise.application.house import Application
    from counterpoise.policy import Member

ACTORS = (
    "actor",
    "partner",
    "towards",
    "by_actor",
    "owner",
    "about",
    "took_part",
    "consent_of",
    "group",
    "clients",
)

KINDS: Mapping[str, str] = {
    **dict.fromkeys(ACTORS, "actor"),
    **dict.fromkeys(("theatre", "only_in"), "theatre"),
    **dict.fromkeys(("pilot", "parallel_to"), "pilot"),
    **dict.fromkeys(("member", "author", "recipients"), "member"),
    **{noun: noun for noun in ("step", "concern", "tweak", "lesson", "narrative", "event")},
}
"""Parameters that name something, and what kind of thing it is."""

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""A whole id is taken as it is: the verb knows whether there is such a thing, and who may do with it what."""

WITHIN_PILOT = frozenset({"step", "tweak", "concern", "lesson"})
"""Kinds that are looked for on the pilot the command names."""


class Meant:
    """Finds what a speaker means by a name."""

    def __init__(self, application: "Application", reader: "Member") -> None:
        self._application = application
        self._reader = reader

    def one(self, kind: str, text: str, *, pilot: str = "") -> str:
        """Return the id of what is meant; empty words mean nothing. A refusal names what comes close."""
        if not text or _ID.fullmatch(text):
            return text
        if kind == "member" and (person := self._signing(text)):
            return person
        if kind == "event":
            return self._application.questions.ledger.named(self._reader, text=text).value
        within = pilot if kind in WITHIN_PILOT else ""
        return self._application.questions.find(self._reader, kind, text, pilot=within).value

    def _signing(self, handle: str) -> str:
        """Return the id of the active member who signs by a handle, or has that id; empty if nobody does."""
        try:
            return self._application.speaker(handle).id
        except NoSuchSpeaker:
            return ""

    def every(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return what a verb was given with every name as an id; the pilot first, for others are looked for on it."""
        pilot = self.one("pilot", given.get("pilot") or "")
        return {name: self._meant(name, value, pilot) for name, value in given.items()}

    def _meant(self, name: str, value: Any, pilot: str) -> Any:  # noqa: ANN401  as the verb takes it
        if name == "pilot":
            return pilot
        if name == "ratings":
            return {self.one("actor", actor): rating for actor, rating in value.items()}
        if name == "because_of":
            kind, mark, text = value.partition(":")
            return (
                f"concern:{self.one('concern', text, pilot=pilot)}" if kind == "concern" and mark else value
            )
        if name not in KINDS:
            return value
        if isinstance(value, tuple):
            return tuple(self.one(KINDS[name], each, pilot=pilot) for each in value)
        return self.one(KINDS[name], value, pilot=pilot)


def words(given: Sequence[str], *, what: str) -> tuple[str, ...]:
    """Return words given one by one, separated by commas, or as a JSON list."""
    found: list[str] = []
    for each in given:
        if each.lstrip().startswith("["):
            found += _json(each, list, what=what)
        else:
            found += [word.strip() for word in each.split(",")]
    return tuple(word for word in found if word)


def figures(given: Sequence[str], figure: Callable[[str], Any], *, what: str) -> dict[str, Any]:
    """Return pairs given as `name=figure`, one by one, separated by commas, or as a JSON object."""
    found: dict[str, Any] = {}
    for each in given:
        if each.lstrip().startswith("{"):
            found |= _json(each, dict, what=what)
        else:
            found |= dict(_pair(part, figure, what=what) for part in _parts(each))
    return found


def figures_of(given: Sequence[str], *, what: str) -> dict[str, dict[str, float]]:
    """Return pairs within pairs, given as `name.part=figure` or as a JSON object of objects."""
    found: dict[str, dict[str, float]] = {}
    for name, value in figures(given, number, what=what).items():
        if isinstance(value, dict):
            found.setdefault(name, {}).update(value)
            continue
        outer, mark, inner = name.partition(".")
        if not mark:
            raise Misused(f"--{what} {name}={value}: write it as NAME.PART={value}.")
        found.setdefault(outer, {})[inner] = value
    return found


def number(text: str) -> float:
    """Return a number; ValueError if it is none."""
    return float(text)


def whole(text: str) -> int:
    """Return a whole number; ValueError if it is none."""
    return int(text)


def anything(text: str) -> Any:  # noqa: ANN401  whatever JSON holds
    """Return what JSON reads, or the words themselves."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _parts(text: str) -> Iterable[str]:
    """Split at commas that begin a new pair, so that a value may hold a comma."""
    parts: list[str] = []
    for part in text.split(","):
        if "=" in part or not parts:
            parts.append(part)
        else:
            parts[-1] += f",{part}"
    return parts


def _pair(text: str, figure: Callable[[str], Any], *, what: str) -> tuple[str, Any]:
    name, mark, value = text.partition("=")
    if not mark or not name.strip():
        raise Misused(f"--{what} {text}: write it as NAME=VALUE.")
    try:
        return name.strip(), figure(value.strip())
    except ValueError:
        raise Misused(f"--{what} {text}: {value.strip()!r} is not a number it takes.") from None


def _json(text: str, kind: type, *, what: str) -> Any:  # noqa: ANN401  a list or an object
    try:
        read = json.loads(text)
    except ValueError as why:
        raise Misused(f"--{what}: this is no JSON: {why}.") from None
    if not isinstance(read, kind):
        raise Misused(f"--{what}: this JSON is no {'list' if kind is list else 'object'}.")
    return read
