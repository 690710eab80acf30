"""How a command ends: exit codes, and refusals in words on the standard error, never as a traceback."""

import os
import re
import sys
from collections.abc import Callable, Mapping
from typing import Any

from cyclopts import CycloptsError
from rich.text import Text

from counterpoise.cli import paper
from counterpoise.domain.refusals import Refusal

FINE, REFUSED, USAGE, TROUBLE, STOPPED = 0, 1, 2, 3, 130
"""Exit codes: done; refused or a check failed; not understood; the store or its keys cannot be used; interrupted."""

TROUBLES = frozenset(
    {
        "bad-address",
        "key-file-missing",
        "key-store-missing",
        "keys-missing",
        "no-key-store",
        "no-keys-named",
        "not-a-store",
        "store-failed",
        "tampered",
        "token-refused",
        "too-busy",
        "unsafe-setting",
        "unset-setting",
        "wrong-key-file",
    }
)
"""Rules whose refusals are the operator's to mend: nothing that the caller says otherwise would help."""

DETAILS = ("bad", "shut", "names")
"""What some refusals tell besides their sentence: a file's bad rows, the gates that are shut, names of ids."""

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Misused(Exception):  # noqa: N818  it says what was done
    """The command was not given what it needs, or something it cannot read."""


MISHAPS: tuple[tuple[tuple[type[BaseException], ...], tuple[str, str, int]], ...] = (
    ((Misused, CycloptsError), ("usage", "Add --help to the command to see what it takes.", USAGE)),
    ((OverflowError,), ("usage", "A number is larger than any that is counted here.", USAGE)),
    (
        (KeyboardInterrupt,),
        ("stopped", "What was acknowledged is kept; the command may be repeated.", STOPPED),
    ),
    ((OSError,), ("system", "Check the path, the disk and who may read and write there.", TROUBLE)),
)
"""What is no refusal of the product, told in the same form: its name, a remedy, the exit code."""

TOLD = tuple(kind for kinds, _ in MISHAPS for kind in kinds)


def run(command: Callable[[], object], *, as_json: bool) -> int:
    """Run a command and return its exit code; what goes wrong is told on the standard error."""
    try:
        answer = command()
    except Refusal as refusal:
        _refused(refusal, as_json=as_json)
        return TROUBLE if refusal.rule in TROUBLES else REFUSED
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115, PTH123  whoever read has gone: the rest goes nowhere
        return FINE
    except TOLD as why:
        rule, remedy, code = next(told for kind, told in MISHAPS if isinstance(why, kind))
        sentence = "Stopped." if code == STOPPED else str(why)
        _tell({"owner": "", "remedy": remedy, "rule": rule, "sentence": sentence}, as_json=as_json)
        return code
    return answer if isinstance(answer, int) else FINE


def name(refusal: Refusal, names: Mapping[str, str]) -> None:
    """Let a refusal be told with names in place of the ids it holds."""
    vars(refusal)["names"] = {each: words for each, words in names.items() if each in _texts(refusal)}


def speaks_of_ids(refusal: Refusal) -> bool:
    """Whether a refusal holds ids that people would not know."""
    return _ID.search(_texts(refusal)) is not None


def _texts(refusal: Refusal) -> str:
    return f"{refusal.sentence} {refusal.owner} {refusal.remedy} {getattr(refusal, 'shut', '')}"


def _refused(refusal: Refusal, *, as_json: bool) -> None:
    told: dict[str, Any] = {
        "owner": refusal.owner,
        "remedy": refusal.remedy,
        "rule": refusal.rule,
        "sentence": refusal.sentence,
    }
    told |= {detail: value for detail in DETAILS if (value := getattr(refusal, detail, None))}
    _tell(told, as_json=as_json)


def _tell(told: Mapping[str, Any], *, as_json: bool) -> None:
    """Say on the standard error what was not done, under which rule, who can change that, and what would."""
    if as_json:
        paper.write(sys.stderr, paper.document({"refused": told}))
        return
    names: Mapping[str, str] = told.get("names", {})
    errors = paper.console(error=True)
    sentence, *_ = told["sentence"].split(". ") if "shut" in told else [told["sentence"]]
    errors.print(Text(_worded(sentence, names), style="bold red"))
    for gate in told.get("shut", ()):
        errors.print(_line("shut", _worded(f"{gate.rule}: {gate.remedy} ({gate.owner})", names)))
    for kind, words in (("rule", told["rule"]), ("whose", told["owner"]), ("remedy", told["remedy"])):
        if words and not ("shut" in told and kind != "rule"):
            errors.print(_line(kind, _worded(words, names)))


def _line(kind: str, words: str) -> Text:
    return Text(f"  {kind:<8}", style="dim").append(words, style="not dim")


def _worded(text: str, names: Mapping[str, str]) -> str:
    """Return a text for people: ids by their names, and nothing that acts on a terminal."""
    for each, words in names.items():
        text = text.replace(each, words)
    return paper.plain(text)
