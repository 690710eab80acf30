"""How a command ends: exit codes, and refusals in words on the standard error, never as a traceback."""

import os
import sys
from collections.abc import Callable
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
        "too-busy",
        "unsafe-setting",
        "wrong-key-file",
    }
)
"""Rules whose refusals are the operator's to mend: nothing that the caller says otherwise would help."""

DETAILS = ("bad", "shut")
"""What some refusals name besides their sentence: a file's bad rows, the gates that are shut."""


class Misused(Exception):  # noqa: N818  it says what was done
    """The command was not given what it needs, or something it cannot read."""


MISHAPS: tuple[tuple[tuple[type[BaseException], ...], tuple[str, str, int]], ...] = (
    ((Misused, CycloptsError), ("usage", "Add --help to the command to see what it takes.", USAGE)),
    (
        (KeyboardInterrupt,),
        ("stopped", "What was acknowledged is kept; the command may be repeated.", STOPPED),
    ),
    ((OSError,), ("system", "Check the path, the disk and who may read and write there.", TROUBLE)),
)
"""What is no refusal of the product, told in the same form: its name, a remedy, the exit code."""


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
    except (Misused, CycloptsError, KeyboardInterrupt, OSError) as why:
        rule, remedy, code = next(told for kind, told in MISHAPS if isinstance(why, kind))
        sentence = "Stopped." if code == STOPPED else str(why)
        _tell({"owner": "", "remedy": remedy, "rule": rule, "sentence": sentence}, as_json=as_json)
        return code
    return answer if isinstance(answer, int) else FINE


def _refused(refusal: Refusal, *, as_json: bool) -> None:
    told = {
        "owner": refusal.owner,
        "remedy": refusal.remedy,
        "rule": refusal.rule,
        "sentence": refusal.sentence,
    }
    told |= {name: value for name in DETAILS if (value := getattr(refusal, name, None))}
    _tell(told, as_json=as_json)


def _tell(told: dict[str, Any], *, as_json: bool) -> None:
    """Say on the standard error what was not done, under which rule, who can change that, and what would."""
    if as_json:
        paper.write(sys.stderr, paper.document({"refused": told}))
        return
    errors = paper.console(error=True)
    errors.print(Text(paper.plain(told["sentence"]), style="bold red"))
    for name, words in (("rule", told["rule"]), ("whose", told["owner"]), ("remedy", told["remedy"])):
        if words:
            errors.print(Text(f"  {name:<8}", style="dim").append(paper.plain(words), style="not dim"))
