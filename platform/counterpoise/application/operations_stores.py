"""Where a store and its keys are, and how both are opened for whoever works on them."""

import os
from pathlib import Path

from counterpoise.domain.refusals import Refusal
from counterpoise.domain.streams import evolve
from counterpoise.domain.vocabulary import VOCABULARY
from counterpoise.store.keys import KEY_FILE_SETTING, KeyStore
from counterpoise.store.log import Log
from counterpoise.store.opening import file_of, make_log, open_log

KEYS_SETTING = "COUNTERPOISE_KEYS"
"""The setting that names the key store's file: needed beside PostgreSQL, allowed beside SQLite."""


class NoKeysNamed(Refusal):
    """A store that is no file has no place beside it: its key store is named."""

    rule = "no-keys-named"


class KeysMissing(Refusal):
    """The log holds events, and the key store that belongs to it is not there."""

    rule = "keys-missing"


def keys_of(url: str) -> Path:
    """Return where the key store of a store is: as COUNTERPOISE_KEYS says, else beside an SQLite file.

    BadAddress, NoKeysNamed.
    """
    named = os.environ.get(KEYS_SETTING)
    if named:
        return Path(named)
    if url.partition(":")[0] in {"postgresql", "postgres"}:
        raise NoKeysNamed(
            "A store in PostgreSQL does not say where its keys are.",
            owner="operator",
            remedy=f"Set {KEYS_SETTING} to the path of the key store, on this machine and not in the database.",
        )
    path = file_of(url)
    return path.with_name(f"{path.name}.keys")


def key_file_of(keys: Path) -> Path:
    """Return where the key file of a key store is: as COUNTERPOISE_KEY_FILE says, else beside it."""
    named = os.environ.get(KEY_FILE_SETTING)
    return Path(named) if named else keys.with_suffix(".kek")


def both(url: str, *, keys: Path | None = None, make: bool = False) -> tuple[Log, KeyStore]:
    """Return the log at `url` and its key store, made first if `make` says so and nothing is there.

    `keys` is the key store's path, else as `keys_of` finds it; it is made only for a log without events.
    BadAddress, NotAStore, NoKeysNamed, KeysMissing, the refusals of the key store, StoreFailed.
    """
    place = keys or keys_of(url)
    if make:
        make_log(url, vocabulary=VOCABULARY, evolve=evolve, words=None).close()
    if not place.exists():
        _nothing_lost(url, place)
    kept = KeyStore(place)
    try:
        return open_log(url, vocabulary=VOCABULARY, evolve=evolve, words=kept), kept
    except BaseException:
        kept.close()
        raise


def without_keys(url: str) -> Log:
    """Return the log at `url` for reading alone: closed words stay closed."""
    return open_log(url, vocabulary=VOCABULARY, evolve=evolve, words=None)


def at_hand(url: str) -> KeyStore | None:
    """Return the key store of the store at `url`, where there is one to be found."""
    try:
        place = keys_of(url)
    except NoKeysNamed:
        return None
    return KeyStore(place) if place.exists() else None


def _nothing_lost(url: str, place: Path) -> None:
    """Refuse to begin a new key store for a log that was written with another."""
    with without_keys(url) as log:
        size = log.size()
    if size:
        raise KeysMissing(
            f"The log holds {size} events, and its key store {place} is not there.",
            owner="operator",
            remedy=f"Put back the key store and the key file that were copied together, or set {KEYS_SETTING}.",
        )
