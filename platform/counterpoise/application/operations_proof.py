"""The operator's work on proofs: checkpoints are signed and held against the log, events are shown to be in it."""

from dataclasses import dataclass
from pathlib import Path

from counterpoise.application.operations_stores import NoKeysNamed, keys_of
from counterpoise.domain.refusals import Refusal
from counterpoise.store.checkpoints import (
    CheckpointSigner,
    Verdict,
    read_checkpoint,
    verify_against,
)
from counterpoise.store.log import Log
from counterpoise.store.notes import MalformedNote, Signer
from counterpoise.store.verifying import Told, Verification

SIGNING = ".signing"
"""The ending of the folder, beside the key store, in which the log's signing key and its last note are."""


class NoKeyToVerifyBy(Refusal):
    """A checkpoint is held against the key it was signed with, told by another way than the checkpoint."""

    rule = "no-key-to-verify-by"


class KeyDamaged(Refusal):
    """The file of the signing key holds none."""

    rule = "key-damaged"


@dataclass(frozen=True)
class Signed:
    """A checkpoint that was signed: the note, its parts, and the key to verify it by."""

    note: str
    origin: str
    size: int
    root: str
    vkey: str


def signing_folder(keys: Path) -> Path:
    """Return the folder of the signing key that belongs to a key store."""
    return keys.with_name(f"{keys.name}{SIGNING}")


def signing_folder_at(url: str) -> Path | None:
    """Return the folder of the signing key of a store; None where nothing says where its keys are."""
    try:
        return signing_folder(keys_of(url))
    except NoKeysNamed:
        return None


def signer(log: Log, folder: Path, *, origin: str = "") -> CheckpointSigner:
    """Return the log's signer, its key made if there is none. Refuses as CheckpointSigner.opened does."""
    key = folder / "log.key"
    known = _loaded(key).verifier.name if key.exists() else ""
    named = origin or known or f"counterpoise-{log.store_id[:12]}/log/events"
    return CheckpointSigner.opened(folder, origin=named, consistency=log.consistency)


def checkpoint(log: Log, folder: Path, *, origin: str = "") -> Signed:
    """Sign what the log holds now, if it extends what was signed last."""
    signs = signer(log, folder, origin=origin)
    size = log.size()
    note = signs.sign(size, log.root(size))
    signed = read_checkpoint(note, signs.vkey)
    return Signed(note, signed.origin, signed.size, signed.root.hex(), signs.vkey)


def last_signed(log: Log, folder: Path | None) -> Signed | None:
    """Return the checkpoint that was signed last; None if none was, or it is of no events."""
    if folder is None or not (folder / "log.key").exists():
        return None
    signs = signer(log, folder)
    signed = read_checkpoint(signs.last, signs.vkey)
    return (
        Signed(signs.last, signed.origin, signed.size, signed.root.hex(), signs.vkey) if signed.size else None
    )


@dataclass(frozen=True)
class Checked:
    """What a look at the whole log has shown, and (where one was given) how it stands to a checkpoint."""

    verification: Verification
    verdict: Verdict | None

    @property
    def sound(self) -> bool:
        """Whether nothing was found that is not as it was recorded."""
        return self.verification.sound and (self.verdict is None or self.verdict.holds)


def checked(
    log: Log, *, note: bytes | None = None, vkey: str = "", told: Told = lambda _done, _of: None
) -> Checked:
    """Look at every event, leaf and tile; hold the root that is found against a checkpoint somebody keeps."""
    found = log.verify(told)
    if note is None:
        return Checked(found, None)
    return Checked(found, held_against(note, vkey, size=found.size, root=found.root, log=log))


def held_against(note: bytes, vkey: str, *, size: int, root: bytes, log: Log) -> Verdict:
    """Compare a log of `size` events, whose root was computed anew, with a checkpoint that somebody holds."""
    try:
        return verify_against(note, vkey, size, root, log.consistency)
    except MalformedNote as why:
        raise NoKeyToVerifyBy(
            f"{vkey!r} is no key to verify by: {why}",
            owner="you",
            remedy="Give the line `checkpoint` prints as vkey.",
        ) from why


def own_key(folder: Path) -> str:
    """Return the key that this log's checkpoints are verified by; NoKeyToVerifyBy if this machine has none."""
    key = folder / "log.key"
    if not key.exists():
        raise NoKeyToVerifyBy(
            "This machine has no signing key, so the checkpoint needs the key to be verified by.",
            owner="you",
            remedy="Give it with --vkey, as the checkpoint's signer told it.",
        )
    return _loaded(key).vkey


def _loaded(key: Path) -> Signer:
    try:
        return Signer.load(key)
    except MalformedNote as why:
        raise KeyDamaged(
            f"{key} is no signing key: {why}",
            owner="operator",
            remedy="Put it back from its copy, or move its folder away to begin a new origin.",
        ) from why
