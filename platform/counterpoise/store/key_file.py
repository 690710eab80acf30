"""The key-encrypting key on disk: one small file, and for the length of an erasure its successor beside it."""

import os
from base64 import b64decode, b64encode
from contextlib import suppress
from pathlib import Path
from typing import ClassVar

from counterpoise.domain.refusals import Refusal
from counterpoise.store.sealing import KEY_BYTES, KeyEncryptingKey

MARK = "counterpoise-key"
FORM = "1"


class KeyFileMissing(Refusal):
    """The key store is here, and the file with the key that opens it is not."""

    rule: ClassVar[str] = "key-file-missing"

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"The key store cannot be opened: its key file {path} is not there.",
            owner="operator",
            remedy="Put the key file back from its copy, or point COUNTERPOISE_KEY_FILE at it.",
        )


class WrongKeyFile(Refusal):
    """The key file does not open this key store."""

    rule: ClassVar[str] = "wrong-key-file"

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(
            f"The key file {path} does not open this key store: {why}.",
            owner="operator",
            remedy="Put back the key file and the key store that were copied together.",
        )


class KeyFileFixed(Refusal):
    """Nothing was erased: the key file cannot be replaced, and erasing means replacing it."""

    rule: ClassVar[str] = "key-file-fixed"

    def __init__(self, path: Path, why: OSError) -> None:
        super().__init__(
            f"The key file {path} cannot be replaced ({why.strerror}), so nothing was changed.",
            owner="operator",
            remedy="Keep the key file in a folder that this program may write, with room left on its disk.",
        )


class KeyFile:
    """The file at `path` (mode 0600), and `coming`, the successor while one takes over.

    The key in force is in one of the two at every moment, and moves from `coming` to `path` only. Whoever
    calls `announce` or `settle` holds the write lock of the key store, so that no two take over at once.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        self.coming = self.path.with_name(f"{self.path.name}.next")

    def holding(self, *, store: str, generation: int) -> KeyEncryptingKey:
        """Return the key of this store and generation, or refuse, saying what is there instead."""
        places = (self.coming, self.path)  # in this order, or a key on its way is missed in both
        narrow(self.path)
        found = [key for key in map(_read, places) if key]
        for key in found:
            if (key.store, key.generation) == (store, generation):
                return key
        if not any(place.exists() for place in places):
            raise KeyFileMissing(self.path)
        raise WrongKeyFile(self.path, _difference(found, store=store, generation=generation))

    def announce(self, key: KeyEncryptingKey, *, after: KeyEncryptingKey | None = None) -> None:
        """Write `key` as the coming one, safe on disk on return, once the one it comes `after` has settled."""
        try:
            if after:
                self.settle(after)
            _write(self.coming, key)
        except OSError as failure:
            raise KeyFileFixed(self.path, failure) from failure

    def settle(self, key: KeyEncryptingKey) -> None:
        """Leave `key`, the one in force, as the only one: any other is overwritten and gone.

        A file system that writes elsewhere what is written over may keep the old bytes.
        """
        if not self.coming.exists():
            return
        if _read(self.coming) == key:
            _overwrite(self.path)
            self.coming.replace(self.path)
        elif _read(self.path) == key:
            _overwrite(self.coming)
            self.coming.unlink()
        else:
            raise WrongKeyFile(self.path, "it changed while the key store was open")
        _flush(self.path.parent)


def narrow(path: Path) -> None:
    """Take the file from all eyes but its owner's, where it is ours: a copy put back is often open to more."""
    with suppress(FileNotFoundError, PermissionError):
        if path.stat().st_mode & 0o077:
            path.chmod(0o600)


def _read(path: Path) -> KeyEncryptingKey | None:
    """Return the key in the file; None where there is no file, or none that was written whole."""
    try:
        mark, form, store, generation, text = path.read_text().strip().split(":")
        secret = b64decode(text, validate=True)
        key = KeyEncryptingKey(store=store, generation=int(generation), secret=secret)
    except (FileNotFoundError, ValueError):
        return None
    return key if (mark, form, len(secret)) == (MARK, FORM, KEY_BYTES) else None


def _write(path: Path, key: KeyEncryptingKey) -> None:
    text = b64encode(key.secret).decode()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(opened, "w") as file:
        os.fchmod(opened, 0o600)
        file.write(f"{MARK}:{FORM}:{key.store}:{key.generation}:{text}\n")
        file.flush()
        os.fsync(opened)
    _flush(path.parent)


def _overwrite(path: Path) -> None:
    """Put random bytes over those of the file, if there is one, and see them to the disk."""
    if not path.exists():
        return
    with path.open("r+b") as file:
        file.write(os.urandom(path.stat().st_size))
        file.flush()
        os.fsync(file.fileno())


def _flush(folder: Path) -> None:
    """See to the disk which names the folder holds."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _difference(found: list[KeyEncryptingKey], *, store: str, generation: int) -> str:
    if not found:
        return "it is not a key file, or a damaged one"
    if all(key.store != store for key in found):
        return "it belongs to another key store"
    return f"it is of generation {found[-1].generation}, the key store of generation {generation}"
