"""What things are called: names beside ids, as far as a reader may know them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from counterpoise.cli.paper import short

if TYPE_CHECKING:
    from counterpoise.application.questions import Questions
    from counterpoise.policy import Member


class Called:
    """The names one reader may know, and the ids meant by names they type."""

    def __init__(self, questions: "Questions", reader: "Member") -> None:
        self._questions = questions
        self._reader = reader
        self._names: Mapping[str, Mapping[str, str]] = questions.names(reader).value
        self._everything = {name: words for kind in self._names.values() for name, words in kind.items()}

    def id(self, kind: str, text: str, *, pilot: str = "") -> str:
        """Return the id that is meant; empty words mean nothing. A refusal names what comes close."""
        return self._questions.find(self._reader, kind, text, pilot=pilot).value if text else ""

    def name(self, kind: str, name: str) -> str:
        """Return what a thing is called; the beginning of its id where the reader may not know."""
        return self._names.get(kind, {}).get(name) or short(name)

    def anything(self, value: Any) -> str:  # noqa: ANN401  a field of an event
        """Return a field's value as people read it: ids by their names, lists and pairs in a line."""
        if isinstance(value, str):
            return self._everything.get(value) or value
        if isinstance(value, Mapping):
            parts = [self.anything(each) for each in value.values() if each not in ("", None)]
            return " ".join(parts)
        if isinstance(value, list | tuple):
            return ", ".join(self.anything(each) for each in value)
        if isinstance(value, bool):
            return "yes" if value else "no"
        return f"{value:g}" if isinstance(value, float) else str(value)
