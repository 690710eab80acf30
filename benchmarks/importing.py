"""Holds an import of 90,730 coded events against a bare executemany of the same bytes: importing.py [FOLDER]."""

import csv
import random
import resource
import sqlite3
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

EVENTS, VALUES = "icews14.csv.gz", "cameo_goldstein.csv.gz"
ROWS = 90_730
RATIO = 0.1
MEMORY = 1 << 30


def main() -> None:
    """Print rows a second of both and the memory of the import; exit 1 if a bar is missed."""
    with tempfile.TemporaryDirectory() as made:
        folder = _folder() or synthetic(Path(made))
        store = Path(made) / "log.db"
        seconds, peak = imported(folder, store)
        rows = stored(store)
        bare = executemany(rows, Path(made) / "bare.db")
    ratio = bare / seconds
    print(f"import       {len(rows) / seconds:>10,.0f} rows/s   {seconds:.2f} s in all")
    print(f"executemany  {len(rows) / bare:>10,.0f} rows/s   {bare:.2f} s")
    print(f"ratio        {ratio:>10.3f}          bar {RATIO}: {'met' if ratio >= RATIO else 'MISSED'}")
    within = peak < MEMORY
    print(f"memory       {peak >> 20:>10,} MiB      bar {MEMORY >> 20}: {'met' if within else 'MISSED'}")
    sys.exit(not (ratio >= RATIO and within))


def imported(folder: Path, store: Path) -> tuple[float, int]:
    """Return the seconds of an import, the start of the program included, and its peak of resident bytes."""
    script = str(Path(sysconfig.get_path("scripts")) / "counterpoise")
    words = ["import", "interactions", str(folder / EVENTS), "--values", str(folder / VALUES)]
    start = time.perf_counter()
    subprocess.run([script, *words, "--store", f"sqlite:///{store}"], check=True, stdout=subprocess.DEVNULL)
    seconds = time.perf_counter() - start
    unit = 1 if sys.platform == "darwin" else 1024  # what ru_maxrss counts in
    return seconds, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * unit


def stored(store: Path) -> Sequence[tuple[object, ...]]:
    """Return the rows an import has written, but for what it adds for receipts and proofs."""
    with sqlite3.connect(store) as connection:
        return connection.execute(
            "SELECT originator_id, originator_version, topic, state FROM stored_events"
        ).fetchall()


def executemany(rows: Sequence[tuple[object, ...]], path: Path) -> float:
    """Return the seconds one durable transaction takes to write these rows into a table without an index."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE events (id TEXT, version INTEGER, topic TEXT, state BLOB)")
    start = time.perf_counter()
    with connection:
        connection.executemany("INSERT INTO events VALUES (?, ?, ?, ?)", rows)
    seconds = time.perf_counter() - start
    connection.close()
    return seconds


def synthetic(folder: Path) -> Path:
    """Write a file of the real one's size and a table of values; the same ones every time."""
    print(f"No folder was named: {ROWS:,} made-up rows.")
    chance = random.Random(14)
    countries = [f"Land {number}" for number in range(250)]
    parties = [
        f"{office} ({land})" for office in ("Clinic", "Court", "Council", "Choir") for land in countries
    ]
    relations = [
        f"Make offer of kind {chr(97 + number // 26)}{chr(97 + number % 26)}" for number in range(250)
    ]
    table = [("code", "name", "goldstein")]
    table += [(f"{number:03}", name, str(number % 21 - 10)) for number, name in enumerate(relations)]
    acts = [
        (str(row * 365 // ROWS), chance.choice(parties), chance.choice(relations), chance.choice(parties))
        for row in range(ROWS)
    ]
    for name, rows in ((VALUES, table), (EVENTS, [("day", "source", "relation", "target"), *acts])):
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
    return folder


def _folder() -> Path | None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 and sys.argv[1] else None
    if folder is not None and not (folder / EVENTS).is_file():
        sys.exit(f"{EVENTS} is not in {folder}.")
    return folder


if __name__ == "__main__":
    main()
