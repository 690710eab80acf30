"""Whose turn it is on a stream that many write to: who was overtaken goes next, one at a time."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import Lock, RLock


class Turns:
    """The streams on which commands of this process were overtaken, and who of them goes next."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._turns: dict[str, tuple[RLock, int]] = {}

    def busy(self, streams: Iterable[str]) -> str | None:
        """Return one of the streams on which somebody waits for a turn, or has it."""
        return next((stream for stream in streams if stream in self._turns), None) if self._turns else None

    @contextmanager
    def turn(self, stream: str) -> Iterator[None]:
        """Wait for a turn on a stream, and hold it."""
        with self._lock:
            turn, waiting = self._turns.get(stream, (RLock(), 0))
            self._turns[stream] = turn, waiting + 1
        try:
            with turn:
                yield
        finally:
            with self._lock:
                turn, waiting = self._turns.pop(stream)
                if waiting > 1:
                    self._turns[stream] = turn, waiting - 1
