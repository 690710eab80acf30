"""The vocabularies and figures of the model, held as data: kinds, factors, levels, weights."""

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

from counterpoise.domain.refusals import UnknownWord


@dataclass(frozen=True)
class Tables:
    """One version of the tables. Changing them is an event; a figure names the version it was made under.

    `entries` is the nested mapping of `tables.toml`: a section to its figures, or a section to its words and
    what is known of each.
    """

    entries: Mapping[str, Any]

    @cached_property
    def version(self) -> str:
        """The name and the first 12 hex digits of the SHA-256 of the canonical JSON of the entries."""
        text = json.dumps(self.entries, sort_keys=True, separators=(",", ":"))
        return f"{self.entries['name']}+{hashlib.sha256(text.encode()).hexdigest()[:12]}"

    def __getitem__(self, section: str) -> Mapping[str, Any]:
        return self.entries[section]  # type: ignore[no-any-return]  # sections are mappings but for the name

    def words(self, section: str) -> tuple[str, ...]:
        """Return the keys of a section, in their order."""
        return tuple(self.entries[section])

    def check(self, section: str, word: str) -> str:
        """Return `word` if the section has it; UnknownWord, naming the choices, if not."""
        if word not in self.entries[section]:
            raise UnknownWord(section, word, self.words(section))
        return word

    def check_touch(self, touch: str, of: str) -> None:
        """Refuse a touch, or a class of it, that the vocabulary does not have."""
        known = self.entries["touches"][self.check("touches", touch)].get("of", [])
        if of and of not in known:
            raise UnknownWord(f"touches.{touch}.of", of, known)

    def rank(self, section: str, word: str) -> int:
        """Return the place of a word in an ordered section (visibilities, levels, stages)."""
        return int(self.entries[section][self.check(section, word)]["rank"])

    def amended(self, changes: Mapping[str, Any]) -> "Tables":
        """Return the tables with `changes` laid over them; a null removes an entry."""
        return Tables(_laid_over(self.entries, changes))


def _laid_over(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    result = dict(base)
    for name, change in changes.items():
        if change is None:
            result.pop(name, None)
        elif isinstance(change, Mapping) and isinstance(result.get(name), Mapping):
            result[name] = _laid_over(result[name], change)
        else:
            result[name] = change
    return result


@cache
def starting_tables() -> Tables:
    """Return the tables a new deployment starts with."""
    return Tables(tomllib.loads(files(__package__).joinpath("tables.toml").read_text(encoding="utf-8")))
