"""A small vocabulary for tests of the log: notes that are taken, a tally of them, and how a log of them is opened."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event as Signal
from threading import Thread
from typing import Any, ClassVar

from counterpoise.domain.events import NOTHING, Event, Sealed
from counterpoise.domain.keys import KeyErased, KeyMade
from counterpoise.store.log import Command, Log, Outcome
from counterpoise.store.mapper import Words
from counterpoise.store.opening import make_log, open_log
from counterpoise.store.reading import Reading
from counterpoise.store.upcasts import UPCASTS, Upcasts


@dataclass(frozen=True, kw_only=True)
class Grade:
    """A part of an event that has parts of its own."""

    of: str
    figure: float


@dataclass(frozen=True, kw_only=True)
class Noted(Event):
    """Somebody took a note."""

    TOPIC: ClassVar[str] = "note.noted"
    figure: float
    tags: tuple[str, ...] = ()
    doubt: float | None = None
    grades: tuple[Grade, ...] = ()
    words: Sealed = NOTHING


@dataclass(frozen=True, kw_only=True)
class Struck(Event):
    """A note was struck out."""

    TOPIC: ClassVar[str] = "note.struck"


VOCABULARY: dict[str, type[Event]] = {kind.TOPIC: kind for kind in (Noted, Struck, KeyMade, KeyErased)}


def tally(count: int | None, _event: Event) -> int:
    """Fold a stream into how many events it has."""
    return (count or 0) + 1


def made(url: str, words: Words | None, *, upcasts: Upcasts = UPCASTS, **changed: Any) -> Log:  # noqa: ANN401
    """Open a log of notes, its store made where nothing is."""
    arguments: dict[str, Any] = {"vocabulary": VOCABULARY, "evolve": tally, **changed}
    return make_log(url, words=words, upcasts=upcasts, **arguments)


def opened(url: str, words: Words | None, *, upcasts: Upcasts = UPCASTS, **changed: Any) -> Log:  # noqa: ANN401
    """Open a log of notes that is there."""
    arguments: dict[str, Any] = {"vocabulary": VOCABULARY, "evolve": tally, **changed}
    return open_log(url, words=words, upcasts=upcasts, **arguments)


def noted(stream: str = "note:1", **fields: Any) -> Noted:  # noqa: ANN401
    """Return a note; what is not said does not matter."""
    return Noted(**{"stream": stream, "recorded_at": 1, "occurred_at": 1, "figure": 0.5, **fields})


def note(stream: str = "note:1", **fields: Any) -> Callable[[Reading], Outcome]:  # noqa: ANN401
    """Return a decision that takes one note, whatever was noted before."""
    return record(noted(stream, **fields))


def record(*events: Event, result: str = "") -> Callable[[Reading], Outcome]:
    """Return a decision that records these events."""
    return lambda _reading: Outcome(events, result)


def figures(log: Log) -> Sequence[float]:
    """Return the figure of every note, in order."""
    return [recorded.event.figure for recorded in log.read() if isinstance(recorded.event, Noted)]


@contextmanager
def writer_held(log: Log) -> Iterator[None]:
    """Hold the log's writer in the commit of a note, so that what is sent meanwhile waits together."""
    held, free = Signal(), Signal()

    def view(_batch: object) -> None:
        held.set()
        free.wait()

    log.subscribe(view)
    holding = Thread(target=log.decide, args=(Command(), note("note:holding")))
    holding.start()
    held.wait()
    try:
        yield
    finally:
        free.set()
        holding.join()


def sent(log: Log, *calls: Callable[[], object]) -> list[Thread]:
    """Make each call in a thread of its own; return when all of them wait for the writer."""
    threads = [Thread(target=call) for call in calls]
    for thread in threads:
        thread.start()
    while log._writer.waiting < len(calls):
        pass
    return threads
