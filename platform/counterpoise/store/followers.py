"""Following a log that other processes write: told within milliseconds, and nothing skipped."""

from time import monotonic
from types import TracebackType
from typing import Self

from counterpoise.store.log import Log
from counterpoise.store.reading import Recorded

MOST = 10_000
"""Events handed over at once."""


class Follower:
    """Hands over the events of a log after a position, each once and in order, as they are recorded.

    For one thread. That something was recorded is noticed by a hint of the database's; what, is read from the log.
    """

    def __init__(self, log: Log, after: int = 0) -> None:
        self._log = log
        self._watch = log.watch()
        self.position = after

    def wait(self, timeout: float) -> list[Recorded]:
        """Return the next events as soon as there are any; none if there are none within `timeout` seconds.

        Events that cannot be read are passed over; they are in the log's quarantine. StoreFailed if the log
        cannot be reached: asked again later, the follower goes on where it was.
        """
        deadline = monotonic() + timeout
        while True:
            if events := self._next():
                return events
            left = deadline - monotonic()
            if left <= 0:
                return []
            self._watch.wait(left)

    def close(self) -> None:
        """Follow no longer; the log stays open."""
        self._watch.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _next(self) -> list[Recorded]:
        size = self._log.size()
        while self.position < size:
            upto = min(size, self.position + MOST)
            events = list(self._log.read(self.position, upto))
            self.position = upto
            if events:
                return events
        return []
