"""The operator's copies: log and keys, each in a place of its own, and proved to be what was copied."""

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from counterpoise.application.circumstances import Clock
from counterpoise.application.operations_proof import Checked, checked, last_signed, signing_folder_at
from counterpoise.application.operations_stores import KeysMissing, key_file_of, keys_of, without_keys
from counterpoise.domain.refusals import Refusal
from counterpoise.store.copying import copied
from counterpoise.store.key_file import WrongKeyFile
from counterpoise.store.keys import KeyStore
from counterpoise.store.opening import file_of
from counterpoise.store.verifying import Told

ATTEMPTS = 3
"""How often the keys are copied where an erasure replaces the key file meanwhile."""


class CopiedElsewhere(Refusal):
    """A store in PostgreSQL is copied by PostgreSQL's own programs."""

    rule = "copied-elsewhere"


@dataclass(frozen=True)
class Copy:
    """What was copied: where the log is, where the keys are, and what a look at the copied log has shown."""

    log_file: Path
    key_store: Path
    checked: Checked


def backup(url: str, folder: Path, *, clock: Clock, told: Told = lambda _done, _of: None) -> Copy:
    """Copy a store that may be in use into a new folder below `folder`, the log before the keys, and verify it.

    Log and keys are in folders of their own, to be taken apart: together they open every word.
    """
    if url.partition(":")[0] != "sqlite":
        raise CopiedElsewhere(
            "This store is in PostgreSQL, which makes its own copies.",
            owner="operator",
            remedy="Use pg_dump --format=custom, or a base backup with its archived write-ahead log; then verify it.",
        )
    place = keys_of(url)
    if not place.exists():
        raise KeysMissing(
            f"The key store {place} is not there, and a copy of the log alone opens no word.",
            owner="operator",
            remedy="Put the key store back, then copy both.",
        )
    moment = datetime.fromtimestamp(clock() / 1e6, UTC)
    home = folder / f"{moment:%Y-%m-%dT%H%M%SZ}"
    for part in ("log", "keys"):
        (home / part).mkdir(mode=0o700, parents=True)
    store = file_of(url)
    copy = home / "log" / store.name
    copied(store, copy)
    keys = home / "keys" / place.name
    _keys(place, keys)
    return Copy(copy, keys, _verified(url, copy, told))


def _keys(place: Path, copy: Path) -> None:
    """Copy a key store with the key file that opens it: both are of one moment, or they are copied again."""
    key_file = copy.with_suffix(".kek")
    for attempt in range(1, ATTEMPTS + 1):
        with KeyStore(place) as keys:
            keys.copy_to(copy)
        shutil.copy(key_file_of(place), key_file)
        key_file.chmod(0o600)
        try:
            KeyStore(copy, key_file=key_file).close()
        except WrongKeyFile:
            if attempt == ATTEMPTS:
                raise
            copy.unlink()
        else:
            return


def _verified(url: str, copy: Path, told: Told) -> Checked:
    """Verify a copy, and hold it against the last checkpoint that was signed of its log."""
    with without_keys(url) as log:
        signed = last_signed(log, signing_folder_at(url))
    with without_keys(f"sqlite:///{copy}") as log:
        note = signed.note.encode() if signed else None
        return checked(log, note=note, vkey=signed.vkey if signed else "", told=told)
