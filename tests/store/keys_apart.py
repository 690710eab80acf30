"""What other processes do to a key store in the tests: make keys at once, erase a person, die while erasing."""

import json
import os
import shutil
import signal
import sys
from collections import Counter
from itertools import count
from pathlib import Path
from time import monotonic
from types import FrameType
from typing import Self
from uuid import uuid4

from counterpoise.store import key_file, keys, sealing
from counterpoise.store.keys import KeyStore

WATCHED = {module.__file__ for module in (key_file, keys, sealing)}
VISITS = 4 if os.environ.get("COUNTERPOISE_TORTURE") else 1
"""How often one line is a place of its own to die at."""


def race(path: Path, rounds: int) -> None:
    """Say that we are ready, wait for the word, then make what the others are making too."""
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    with KeyStore(path) as store:
        made = [store.key_for("bo", f"pilot-{turn}") for turn in range(rounds)]
        names = [store.pseudonym("bo", f"pilot-{turn}", lambda: str(uuid4())) for turn in range(rounds)]
    json.dump({"made": made, "names": names}, sys.stdout)


def erase(path: Path, *persons: str) -> None:
    """Erase the persons, one after another."""
    with KeyStore(path) as store:
        for person in persons:
            store.erase(person)


def die_at_each_line(path: Path, person: str) -> None:
    """Print a copy of the folder for each line of ours, killed there."""
    for turn in count(1):
        copy = _copied(path, turn)
        if not _killed(copy, person, line=turn):
            shutil.rmtree(copy.parent)
            return
        sys.stdout.write(f"{copy.parent}\n")


def die_at_any_moment(path: Path, person: str, times: int) -> None:
    """Print a copy of the folder for each of so many moments, spread over the time that it takes undisturbed."""
    begun = monotonic()
    _killed(_copied(path, 0), person)
    whole = monotonic() - begun
    for turn in range(1, times + 1):
        copy = _copied(path, turn)
        _killed(copy, person, after=whole * turn / times)
        sys.stdout.write(f"{copy.parent}\n")


def _copied(path: Path, turn: int) -> Path:
    folder = path.parent.with_name(f"copy-{turn}")
    if path.parent.exists():
        shutil.copytree(path.parent, folder)
    return folder / path.name


def _killed(path: Path, person: str, *, line: int = 0, after: float = 0.0) -> bool:
    """Erase the person ("": make the store) in a child that dies at a line or a time; return whether it died."""
    child = os.fork()
    if child:
        return os.WIFSIGNALED(os.waitpid(child, 0)[1])
    store = KeyStore(path) if person else None
    if line:
        sys.settrace(DeathAt(line))
    if after:
        signal.setitimer(signal.ITIMER_REAL, after)
    if store:
        store.erase(person)
    else:
        KeyStore(path)
    os._exit(0)


class DeathAt:
    """A trace function that kills its process, as `kill -9` does, at the so-manieth line of ours."""

    def __init__(self, line: int) -> None:
        self._line = line
        self._passed = 0
        self._visits: Counter[tuple[str, int]] = Counter()

    def __call__(self, frame: FrameType, event: str, _argument: object) -> Self | None:
        place = (frame.f_code.co_filename, frame.f_lineno)
        if place[0] not in WATCHED:
            return None
        self._visits[place] += event == "line"
        if event == "line" and self._visits[place] <= VISITS:
            self._passed += 1
            if self._passed == self._line:
                os.kill(os.getpid(), signal.SIGKILL)
        return self


if __name__ == "__main__":
    deed, folder, *rest = sys.argv[1:]
    match deed:
        case "race":
            race(Path(folder), int(rest[0]))
        case "erase":
            erase(Path(folder), *rest)
        case "die-at-each-line":
            die_at_each_line(Path(folder), rest[0])
        case "die-at-any-moment":
            die_at_any_moment(Path(folder), rest[0], int(rest[1]))
