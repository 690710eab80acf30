"""What is wrong with a payload, said as the Web API says it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

Json: TypeAlias = Any  # what came over the wire; checks find out its shape
FAILED = "failed_constraint"
# Rules about a payload as a whole that have an error name of their own.
ERRORS = (
    "msg_blocks_too_long",
    "view_too_large",
    "only_one_table_allowed",
    "no_text",
    "too_many_attachments",
)


@dataclass(frozen=True)
class Problem:
    """One broken rule: a JSON pointer into the payload, Slack's code, and a sentence for the developer."""

    pointer: str
    code: str
    message: str
    constraint: Mapping[str, Any] | None = None

    def told(self) -> dict[str, Any]:
        """Return the problem as an entry of `errors` in the answer of `blocks.validate`."""
        told: dict[str, Any] = {"pointer": self.pointer, "code": self.code, "message": self.message}
        return told if self.constraint is None else {**told, "constraint": dict(self.constraint)}

    def line(self) -> str:
        """Return the problem as an entry of `response_metadata.messages`."""
        return f"[ERROR] {self.message} [json-pointer:{self.pointer}]"


def failed(pointer: str, message: str, **constraint: Json) -> Problem:
    """Return a broken rule of the common kind; what was expected instead goes into `constraint`."""
    return Problem(pointer, FAILED, message, constraint or None)


def error_of(problems: Sequence[Problem], *, otherwise: str = "invalid_blocks") -> str:
    """Return the `error` a method answers with: the first rule with a name of its own, else `otherwise`."""
    return next((problem.code for problem in problems if problem.code in ERRORS), otherwise)
