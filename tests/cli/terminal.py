"""A terminal for the tests: commands are typed at a store of the test's own, and read as they are answered."""

import json
import os
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from counterpoise.cli import main

PROGRAM = Path(sysconfig.get_path("scripts")) / "counterpoise"


@dataclass(frozen=True)
class Answer:
    """What a command came to."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401  whatever the command answers
        """The one JSON document it printed."""
        (line,) = self.out.splitlines()
        return json.loads(line)

    @property
    def refused(self) -> Any:  # noqa: ANN401  the refusal as JSON
        """What was refused, of a command with --json."""
        (line,) = self.err.splitlines()
        return json.loads(line)["refused"]


class Terminal:
    """Types commands, in this process or in one of their own."""

    def __init__(self, url: str, screen: pytest.CaptureFixture[str]) -> None:
        self.url = url
        self._screen = screen

    def __call__(self, *words: str, by: str = "") -> Answer:
        """Run a command on the store, and return what it came to."""
        return self.alone(*words, *self._where(by))

    def alone(self, *words: str) -> Answer:
        """Run a command as it is typed, on no store but one it names."""
        self._screen.readouterr()
        code = main(list(words))
        shown = self._screen.readouterr()
        return Answer(code, shown.out, shown.err)

    def done(self, *words: str, by: str = "") -> Any:  # noqa: ANN401  whatever the command answers
        """Run a command that must succeed with --json, and return its document."""
        answer = self(*words, "--json", by=by)
        assert answer.code == 0, answer.err
        return answer.json

    def said(self, *words: str, by: str = "", **said: str) -> Any:  # noqa: ANN401  the verb's answer
        """Record something, and return what the verb answers."""
        options = [part for name, word in said.items() for part in (f"--{name.replace('_', '-')}", word)]
        return self.done("record", *words, *options, by=by)["answer"]

    def apart(self, *words: str, by: str = "", **environment: str) -> Answer:
        """Run a command in a process of its own, as a shell would."""
        run = subprocess.run(
            [str(PROGRAM), *words, *self._where(by)],
            capture_output=True,
            text=True,
            check=False,
            env=os.environ | {"COLUMNS": "100"} | environment,
        )
        return Answer(run.returncode, run.stdout, run.stderr)

    def loaded(self, *words: str) -> set[str]:
        """Return the packages that are loaded once a command is done."""
        told = "import sys; from counterpoise.cli import main; main(sys.argv[1:]); print(*sys.modules, file=sys.stderr)"
        run = subprocess.run([sys.executable, "-c", told, *words], capture_output=True, text=True, check=True)
        return {name.partition(".")[0] for name in run.stderr.split()}

    def piped(self, *words: str, by: str = "") -> Answer:
        """Run a command whose reader closes the pipe after one line."""
        with subprocess.Popen(
            [str(PROGRAM), *words, *self._where(by)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as running:
            assert running.stdout is not None
            assert running.stderr is not None
            line = running.stdout.readline()
            running.stdout.close()
            return Answer(running.wait(), line, running.stderr.read())

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start a command in a process of its own and return it, running."""
        return subprocess.Popen(
            [sys.executable, str(PROGRAM), *words, *self._where("")],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def _where(self, by: str) -> list[str]:
        return ["--store", self.url, *(["--as", by] if by else [])]
