"""The operator's look at a store: its settings, its files, its keys, what it has signed."""

import stat
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from counterpoise import frame
from counterpoise.application.operations_proof import last_signed, signing_folder_at
from counterpoise.application.operations_stores import NoKeysNamed, key_file_of, keys_of, without_keys
from counterpoise.domain.keys import KeyErased, KeyMade
from counterpoise.domain.refusals import Refusal
from counterpoise.store.keys import KeyStore
from counterpoise.store.log import Log
from counterpoise.store.opening import file_of

WANTED: Mapping[str, tuple[str, ...]] = {
    "journal_mode": ("wal",),
    "synchronous": ("2", "on", "FULL"),
    "synchronous_commit": ("on", "remote_write", "remote_apply"),
    "fsync": ("on",),
    "full_page_writes": ("on",),
    "data_checksums": ("on",),
    "file_mode": ("0600",),
}
"""Settings that an acknowledged event rests on, and the values that keep it."""

PACKAGES = ("counterpoise", "eventsourcing", "polars", "cryptography")

MANY_UNSIGNED = 10_000
"""Events that may follow the last checkpoint before that is worth a word."""


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: what it is, whether it is as it should be, and what to do where it is not."""

    what: str
    found: str
    remedy: str = ""

    @property
    def ok(self) -> bool:
        """Whether nothing is to be done."""
        return not self.remedy


def looked_over(url: str) -> tuple[Finding, ...]:
    """Return what a look at a store, its settings, its files and its keys has shown. Refuses where no store opens."""
    with without_keys(url) as log:
        return (
            Finding(
                "programs",
                ", ".join(
                    [f"Python {sys.version.split()[0]}", *(f"{name} {version(name)}" for name in PACKAGES)]
                ),
            ),
            Finding("store", f"{log.store_id}, {log.size():,} events"),
            *_settings(log),
            *_files(url),
            *_readable(log),
            *_keys(url, log),
            *_signed(url, log),
        )


def _settings(log: Log) -> Iterator[Finding]:
    for name, value in log.settings().items():
        wanted = WANTED.get(name)
        sound = wanted is None or value in wanted
        yield Finding(name, value, "" if sound else f"Set it to {wanted[0]}." if wanted else "")


def _files(url: str) -> Iterator[Finding]:
    """Look at the modes of the files beside an SQLite store, and of the keys of any."""
    for path in _places(url):
        if not path.exists():
            continue
        mode = stat.S_IMODE(path.stat().st_mode)
        others = mode & 0o077
        remedy = f"Others can read it: chmod {'700' if path.is_dir() else '600'} {path}" if others else ""
        yield Finding(str(path), f"{mode:04o}, {_size(path):,} bytes", remedy)


def _places(url: str) -> Iterator[Path]:
    if url.partition(":")[0] == "sqlite":
        store = file_of(url)
        yield from (store, *(store.with_name(f"{store.name}{ending}") for ending in ("-wal", "-shm")))
    try:
        keys = keys_of(url)
    except NoKeysNamed:
        return
    yield from (keys, key_file_of(keys))
    folder = signing_folder_at(url)
    if folder is not None:
        yield from (folder, folder / "log.key")


def _size(path: Path) -> int:
    return sum(each.stat().st_size for each in path.iterdir()) if path.is_dir() else path.stat().st_size


def _readable(log: Log) -> Iterator[Finding]:
    log.frame().collect()
    bad = log.quarantined
    first = min(bad.values(), default=None)
    yield Finding(
        "events that cannot be read",
        f"{len(bad)}" + (f", the first at position {first.position}: {first.why}" if first else ""),
        "Run counterpoise verify; they stay in the log and in no view." if bad else "",
    )


def _keys(url: str, log: Log) -> Iterator[Finding]:
    """Open the key store, and hold what it has against what the log tells of keys."""
    try:
        place = keys_of(url)
    except NoKeysNamed as refusal:
        yield Finding("key store", refusal.sentence, refusal.remedy)
        return
    if not place.exists():
        remedy = "Put back the key store and its key file, copied together." if log.size() else ""
        yield Finding("key store", f"{place} is not there", remedy)
        return
    try:
        with KeyStore(place) as keys:
            living, gone = {each.key for each in keys.living_keys()}, keys.erased_keys()
    except Refusal as refusal:
        yield Finding("key store", refusal.sentence, refusal.remedy)
        return
    yield Finding("key store", f"opens, {len(living)} keys")
    yield from _told(log, living, gone)


def _told(log: Log, living: set[str], gone: frozenset[str]) -> Iterator[Finding]:
    made, erased = (_named(log, kind) for kind in (KeyMade, KeyErased))
    unnoted = sorted(gone & made - erased)
    yield Finding(
        "erasures the log has not noted",
        str(len(unnoted)),
        "An erasure was cut short: repeat it with counterpoise record event erase." if unnoted else "",
    )
    lost = sorted(made - living - gone - erased)
    yield Finding(
        "keys the log tells of that are not here",
        str(len(lost)),
        "The key store is older than the log, or another's: put back its newest copy." if lost else "",
    )


def _named(log: Log, kind: type[KeyMade] | type[KeyErased]) -> set[str]:
    return set(frame.of(log.frame(), kind).select("key").collect()["key"])


def _signed(url: str, log: Log) -> Iterator[Finding]:
    try:
        signed = last_signed(log, signing_folder_at(url))
    except Refusal as refusal:
        yield Finding("last checkpoint", refusal.sentence, refusal.remedy)
        return
    if signed is None:
        yield Finding("last checkpoint", "none yet: counterpoise checkpoint signs the first")
        return
    behind = log.size() - signed.size
    shorter = "The log is shorter than what was signed: run counterpoise verify." if behind < 0 else ""
    many = "Sign again: counterpoise checkpoint." if behind > MANY_UNSIGNED else ""
    yield Finding("last checkpoint", f"{signed.size:,} events, {behind:,} since", shorter or many)
