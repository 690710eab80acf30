"""The verbs and the questions, typed at a terminal."""

import sys
from collections.abc import Sequence

from counterpoise.cli import answers, commands


def main(words: Sequence[str] | None = None) -> int:
    """Run the command that is typed, and return its exit code: 0 done, 1 refused, 2 misused, 3 store trouble."""
    typed = commands.led(sys.argv[1:] if words is None else list(words))
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    return answers.run(lambda: commands.called(typed), as_json="--json" in typed)
