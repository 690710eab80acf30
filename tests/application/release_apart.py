"""A process of its own that records what waits, and dies at a line of ours: for the tests of what survives."""

import os
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Any

from counterpoise.application import anonymous
from counterpoise.application.operations import opened
from counterpoise.store import deciding, drawers, writer

WATCHED = {module.__file__ for module in (anonymous, drawers, deciding, writer)}


def release(folder: Path, now: int, line: int) -> None:
    """Record what waits at `now`, and be killed when the `line`-th line of ours is reached; -1 for never."""
    application = opened(f"sqlite:///{folder / 'log.db'}")
    left = line

    def trace(frame: FrameType, event: str, _given: Any) -> Any:  # noqa: ANN401  as tracing asks
        nonlocal left
        if frame.f_code.co_filename not in WATCHED:
            return None
        if event == "line":
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return trace

    sys.settrace(trace)
    application.concerns.release(now)
    sys.settrace(None)
    sys.stdout.write(str(line - left))
    application.close()


if __name__ == "__main__":
    release(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
