"""What the log vouches for: checkpoints (C2SP tlog-checkpoint), who signs them, how a log is held to them."""

import fcntl
import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from counterpoise.domain.refusals import Refusal
from counterpoise.store.notes import (
    MalformedNote,
    NotSigned,
    Signer,
    Verifier,
    from_base64,
    parse_note,
    settle,
    signed,
    to_base64,
    write_new,
)
from counterpoise.store.tree import EMPTY_ROOT, HASH, IncompleteTree, verify_consistency

Consistency = Callable[[int, int], Sequence[bytes]]
"""(first, second) -> the consistency proof between the trees of those sizes."""

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)


class CheckpointContradicted(Refusal):
    """A signed checkpoint is only ever extended."""

    rule = "checkpoint-contradicted"


class LastCheckpointLost(Refusal):
    """Nothing is signed by a key of which it is unknown what it signed before."""

    rule = "last-checkpoint-lost"


class KeyOfAnotherLog(Refusal):
    """A key signs for the one log it is named for."""

    rule = "key-of-another-log"


@dataclass(frozen=True)
class Checkpoint:
    """What a log held at one moment: its origin, its size in events, its root (32 bytes)."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    @property
    def body(self) -> str:
        """The text of the note: origin, size and root in base64, a line each."""
        return "\n".join([self.origin, str(self.size), to_base64(self.root), *self.extensions, ""])

    @classmethod
    def of(cls, body: str) -> "Checkpoint":
        """Return the checkpoint a note's text states; MalformedNote if it states none."""
        *lines, end = body.split("\n")
        if end or not all(lines) or len(lines) < 3:  # noqa: PLR2004  origin, size, root
            raise MalformedNote("A checkpoint is an origin, a size and a root, a line each.")
        origin, size, root, *extensions = lines
        if not _SIZE.fullmatch(size) or len(from_base64(root)) != HASH:
            raise MalformedNote("A checkpoint's size is a decimal number, its root 32 bytes in base64.")
        return cls(origin, int(size), from_base64(root), tuple(extensions))


def read_checkpoint(note: str | bytes, vkey: str) -> Checkpoint:
    """Return the checkpoint in a note that the log of `vkey` signed; otherwise MalformedNote or NotSigned."""
    verifier = Verifier.of(vkey)
    parsed = parse_note(note)
    verifier.check(parsed)
    checkpoint = Checkpoint.of(parsed.text)
    if checkpoint.origin != verifier.name:
        raise NotSigned(f"{verifier.name} does not sign for {checkpoint.origin!r}.")
    return checkpoint


Finding = Literal["extends", "malformed", "unsigned", "shorter", "rewritten"]

_SENTENCES: dict[Finding, str] = {
    "extends": "The log extends the checkpoint: the events it covers are all there, unaltered and in order.",
    "malformed": "This is no checkpoint.",
    "unsigned": "The checkpoint is not signed by this log's key.",
    "shorter": "The log has fewer events than the checkpoint covers: some were removed.",
    "rewritten": "The log does not extend the checkpoint: events it covers were altered, removed or moved.",
}


@dataclass(frozen=True)
class Verdict:
    """What comparing a log with a checkpoint that somebody holds has shown."""

    finding: Finding
    checkpoint: Checkpoint | None = None

    @property
    def holds(self) -> bool:
        """Whether the log extends the checkpoint."""
        return self.finding == "extends"

    @property
    def sentence(self) -> str:
        """The finding in words."""
        return _SENTENCES[self.finding]


def verify_against(note: str | bytes, vkey: str, size: int, root: bytes, consistency: Consistency) -> Verdict:
    """Compare a log of `size` events and root `root` with a checkpoint in the hands of somebody else.

    The root must be of the events as they are stored now: a root that was only read back proves nothing.
    MalformedNote if `vkey` is no key.
    """
    Verifier.of(vkey)
    try:
        checkpoint = read_checkpoint(note, vkey)
    except MalformedNote:
        return Verdict("malformed")
    except NotSigned:
        return Verdict("unsigned")
    if size < checkpoint.size:
        return Verdict("shorter", checkpoint)
    return Verdict("extends" if _extends(checkpoint, size, root, consistency) else "rewritten", checkpoint)


def _extends(old: Checkpoint, size: int, root: bytes, consistency: Consistency) -> bool:
    if size < old.size:
        return False
    try:
        path = list(consistency(old.size, size))
    except IncompleteTree:
        return False
    return verify_consistency(old.size, size, old.root, root, path)


class CheckpointSigner:
    """Signs checkpoints of one log, each of which extends the one before.

    `last` is the file of the last note it signed; it is written, and reached the disk, before that note is
    handed out. Two signers of one folder wait for each other. While keys change, `alongside` sign with it.
    """

    def __init__(
        self, signer: Signer, last: Path, consistency: Consistency, *, alongside: Sequence[Signer] = ()
    ) -> None:
        self._signer = signer
        self._last = last
        self._consistency = consistency
        self._alongside = alongside

    @classmethod
    def opened(cls, folder: Path, *, origin: str, consistency: Consistency) -> "CheckpointSigner":
        """Return the signer kept in `folder` as `log.key` and `last.note`, made if neither is there.

        KeyOfAnotherLog if the key is not named `origin`; LastCheckpointLost if only one of the two is there.
        """
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        key, last = folder / "log.key", folder / "last.note"
        with _alone(folder):
            if not key.exists() and not last.exists():
                signer = Signer.generate(origin)
                signer.save(key)
                begin(signer, last)
            if not key.exists() or not last.exists():
                raise _lost(last if key.exists() else key)
        signer = Signer.load(key)
        if signer.verifier.name != origin:
            raise KeyOfAnotherLog(
                f"The key in {key} is that of {signer.verifier.name}, not of {origin}.",
                owner="operator",
                remedy="Open the log under the origin it was begun with.",
            )
        return cls(signer, last, consistency)

    @property
    def vkey(self) -> str:
        """The public key as text, to be handed to whoever verifies."""
        return self._signer.vkey

    @property
    def last(self) -> str:
        """The last note this signer signed; LastCheckpointLost if it cannot be told."""
        self._read()
        return self._last.read_bytes().decode()

    def sign(self, size: int, root: bytes) -> str:
        """Return the signed checkpoint of a log of `size` events and root `root`.

        CheckpointContradicted if that log does not extend the last one signed, LastCheckpointLost if the last
        one is missing or is none of this key's.
        """
        with _alone(self._last.parent):
            last = self._read()
            if not _extends(last, size, root, self._consistency):
                raise CheckpointContradicted(
                    f"The log of {size} events does not extend the {last.size} events that were signed last.",
                    owner="operator",
                    remedy="Restore the log that holds the signed events; or record that it was cut, "
                    "and begin a new origin whose first event names the old checkpoint.",
                )
            note = signed(Checkpoint(last.origin, size, root).body, self._signer, *self._alongside)
            _replace(self._last, note)
            return note

    def _read(self) -> Checkpoint:
        try:
            return read_checkpoint(self._last.read_bytes(), self.vkey)
        except (OSError, ValueError) as why:
            raise _lost(self._last) from why


def begin(signer: Signer, last: Path) -> None:
    """Write the first note of a log, that of no events; FileExistsError if the signer has signed before."""
    write_new(last, signed(Checkpoint(signer.verifier.name, 0, EMPTY_ROOT).body, signer))


def _lost(path: Path) -> LastCheckpointLost:
    return LastCheckpointLost(
        f"{path} is missing or damaged, so nobody knows what this log's key signed last.",
        owner="operator",
        remedy=f"Restore {path} from its latest copy, or begin a new origin.",
    )


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold a folder against every other process and thread that signs in it."""
    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)


def _replace(path: Path, text: str) -> None:
    """Put a text in the place of a file's, whole or not at all."""
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    write_new(fresh, text)
    fresh.replace(path)
    settle(path.parent)
