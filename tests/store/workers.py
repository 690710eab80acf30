"""Processes of their own that record in a log, until they are done or killed; what was acknowledged is in a file."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import count
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import Random
from threading import Thread

from counterpoise.domain.events import Event
from counterpoise.store.keys import KeyStore
from counterpoise.store.log import Command, Log, Outcome, TooContended
from counterpoise.store.reading import Reading
from tests.store.logbook import noted, opened

THREADS = 3

SHARED = 0.1  # of the commands write to a stream that every process writes to

_PROCESSES = get_context("forkserver")
_PROCESSES.set_forkserver_preload(["tests.store.workers"])


@contextmanager
def working(*jobs: tuple[Callable[..., None], tuple[object, ...]]) -> Iterator[Sequence[BaseProcess]]:
    """Run each job in a process of its own; whatever still runs at the end is killed."""
    processes = [_PROCESSES.Process(target=job, args=arguments) for job, arguments in jobs]
    for process in processes:
        process.start()
    try:
        yield processes
    finally:
        for process in processes:
            process.kill()
            process.join()
            process.close()


def record_until_killed(url: str, keys: Path, who: str, acknowledged: Path) -> None:
    """Record commands of one to four events, and write each one's key once it was acknowledged."""
    _record(url, keys, acknowledged, [_numbered(f"{who}.{thread}") for thread in range(THREADS)])


def record_all(url: str, keys: Path, commands: Sequence[str], acknowledged: Path) -> None:
    """Record these commands, spread over threads, and write each one's key once it was acknowledged."""
    _record(url, keys, acknowledged, [commands[thread::THREADS] for thread in range(THREADS)])


def parts_of(command: str) -> list[Event]:
    """Return the events of a command: one to four, on a stream of its own kind; some on one that all share."""
    chance = Random(command)
    parts = chance.randint(1, 4)
    stream = "note:shared" if chance.random() < SHARED else f"note:{command.rpartition('.')[0]}"
    return [noted(stream, figure=float(part), tags=(command, str(parts))) for part in range(parts)]


def _numbered(name: str) -> Iterator[str]:
    return (f"{name}.{n}" for n in count())


def _record(url: str, keys: Path, acknowledged: Path, threads: Sequence[Iterable[str]]) -> None:
    target = os.open(acknowledged, os.O_CREAT | os.O_APPEND | os.O_WRONLY)
    with KeyStore(keys) as words, opened(url, words) as log:
        running = [Thread(target=_run, args=(log, commands, target)) for commands in threads]
        for thread in running:
            thread.start()
        for thread in running:
            thread.join()


def _run(log: Log, commands: Iterable[str], target: int) -> None:
    for command in commands:
        try:
            told = _recorded(log, command)
        except Exception as why:  # noqa: BLE001  whatever it is, the test hears of it
            told = f"failed {why!r}"
        os.write(target, f"{told}\n".encode())


def _recorded(log: Log, command: str) -> str:
    """Record a command, sent again for as long as others are faster; return its result."""

    def decision(reading: Reading) -> Outcome:
        events = parts_of(command)
        reading.state(events[0].stream)
        return Outcome(events, command)

    while True:
        with suppress(TooContended):
            return log.decide(Command(command, "body"), decision).result
