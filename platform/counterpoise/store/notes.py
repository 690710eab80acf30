"""Signed notes (C2SP signed-note): a text, and Ed25519 signatures by named keys under it."""

import base64
import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from counterpoise.domain.refusals import Refusal

_DASH = "— "
_ED25519 = b"\x01"
_MOST_SIGNATURES = 100
_MOST_CHARACTERS = 1_000_000
_SECRET = "PRIVATE+KEY+"  # noqa: S105  the mark that opens every such key, itself no secret


class MalformedNote(ValueError):  # noqa: N818  it says what the note is
    """The text is no signed note, no key, or no checkpoint."""


class NotSigned(ValueError):  # noqa: N818  it says what the note is not
    """The note has no signature by this key, or a false one."""


class KeyExposed(Refusal):
    """A key that others can read signs nothing."""

    rule = "key-exposed"


@dataclass(frozen=True)
class Signature:
    """One signature under a note: the key's name, its 4-byte id, and the signature itself."""

    name: str
    key_id: bytes
    signature: bytes

    @property
    def line(self) -> str:
        """The signature line, without its newline."""
        return f"{_DASH}{self.name} {to_base64(self.key_id + self.signature)}"


@dataclass(frozen=True)
class Note:
    """A text that ends in a newline, and the signatures under it. Nothing is verified yet."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return "\n".join([self.text, *(signature.line for signature in self.signatures), ""])


def parse_note(note: str | bytes) -> Note:
    """Return the parts of a signed note; MalformedNote if it is none. Verifies nothing."""
    written = _characters(note)
    text, blank, lines = written.rpartition("\n\n")
    if not blank or not lines.endswith("\n"):
        raise MalformedNote("A signed note is a text, an empty line, then signature lines.")
    signatures = [_signature(line) for line in lines[:-1].split("\n")]
    if len(signatures) > _MOST_SIGNATURES:
        raise MalformedNote(f"A note has at most {_MOST_SIGNATURES} signatures.")
    return Note(f"{text}\n", tuple(signatures))


def _characters(note: str | bytes) -> str:
    try:
        written = note.decode() if isinstance(note, bytes) else note
        written.encode()
    except UnicodeError:
        raise MalformedNote("A note is UTF-8.") from None
    if len(written) > _MOST_CHARACTERS:
        raise MalformedNote(f"A note has at most {_MOST_CHARACTERS} characters.")
    if any(character < " " and character != "\n" for character in written):
        raise MalformedNote("A note has no control characters but newlines.")
    return written


def _signature(line: str) -> Signature:
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    stamp = from_base64(encoded)
    if not line.startswith(_DASH) or not _named(name) or len(stamp) < 5:  # noqa: PLR2004  a key id and more
        raise MalformedNote("A signature line is an em dash, a key name and a signature in base64.")
    return Signature(name, stamp[:4], stamp[4:])


def _named(name: str) -> bool:
    return bool(name) and "+" not in name and not any(character.isspace() for character in name)


def to_base64(stored: bytes) -> str:
    """Return the standard base64 form (RFC 4648, 4)."""
    return base64.b64encode(stored).decode()


def from_base64(encoded: str) -> bytes:
    """Return what is encoded; MalformedNote unless it is the one standard base64 form of those bytes."""
    try:
        stored = base64.b64decode(encoded, validate=True)
    except ValueError:
        stored = b""
    if to_base64(stored) != encoded:
        raise MalformedNote("Something in it is not base64.")  # what it is may be a secret
    return stored


def _key_id(name: str, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + public).digest()[:4]


def _key_parts(key: str, *, kind: str) -> tuple[str, bytes, bytes]:
    """Return name, key id and 32 key bytes of `name+id+base64(0x01 || key)`."""
    parts = key.split("+", 2)
    if len(parts) != 3 or not _named(parts[0]) or not re.fullmatch(r"[0-9a-f]{8}", parts[1]):  # noqa: PLR2004
        raise MalformedNote(f"A {kind} is name+id+key: the id in 8 hex digits, the key in base64.")
    stored = from_base64(parts[2])
    if stored[:1] != _ED25519 or len(stored) != 33:  # noqa: PLR2004  the algorithm's byte and 32 more
        raise MalformedNote(f"This {kind} is not of Ed25519.")
    return parts[0], bytes.fromhex(parts[1]), stored[1:]


@dataclass(frozen=True)
class Verifier:
    """A public key and its name: what a reader trusts, told to them by another way than the log."""

    name: str
    public: bytes

    @classmethod
    def of(cls, vkey: str) -> "Verifier":
        """Return the verifier of `name+id+base64(0x01 || public key)`; MalformedNote if it is none."""
        name, key_id, public = _key_parts(vkey, kind="verifier key")
        if key_id != _key_id(name, public):
            raise MalformedNote("The id in this verifier key is not that of its name and key.")
        return cls(name, public)

    @property
    def key_id(self) -> bytes:
        """The 4 bytes by which signatures name this key."""
        return _key_id(self.name, self.public)

    @property
    def vkey(self) -> str:
        """The key as text, to be handed to whoever verifies."""
        return f"{self.name}+{self.key_id.hex()}+{to_base64(_ED25519 + self.public)}"

    def check(self, note: Note) -> None:
        """Return if this key signed the note; NotSigned if not. Signatures of other keys are ignored."""
        ours = [s for s in note.signatures if (s.name, s.key_id) == (self.name, self.key_id)]
        if not ours:
            raise NotSigned(f"The note is not signed by {self.name}+{self.key_id.hex()}.")
        key = Ed25519PublicKey.from_public_bytes(self.public)
        for signature in ours:
            try:
                key.verify(signature.signature, note.text.encode())
            except InvalidSignature:
                raise NotSigned(f"The signature by {self.name}+{self.key_id.hex()} is false.") from None


class Signer:
    """A private key and its name. It rests in a file that its owner alone can read."""

    def __init__(self, name: str, key: Ed25519PrivateKey) -> None:
        if not _named(name):
            raise MalformedNote(f"{name!r} is no key name: it has a space or a plus, or nothing.")
        self._key = key
        self.verifier = Verifier(name, key.public_key().public_bytes_raw())

    @classmethod
    def generate(cls, name: str) -> "Signer":
        """Return a new key named `name`, which is the log's origin: `<deployment>/log/<name>`."""
        return cls(name, Ed25519PrivateKey.generate())

    @classmethod
    def of(cls, secret: str) -> "Signer":
        """Return the signer of `PRIVATE+KEY+name+id+base64(0x01 || seed)`; MalformedNote if it is none."""
        if not secret.startswith(_SECRET):
            raise MalformedNote("A signer's key begins with PRIVATE+KEY+.")
        name, key_id, seed = _key_parts(secret.removeprefix(_SECRET), kind="signer's key")
        signer = cls(name, Ed25519PrivateKey.from_private_bytes(seed))
        if key_id != signer.verifier.key_id:
            raise MalformedNote("The id in this signer's key is not that of its name and key.")
        return signer

    @classmethod
    def load(cls, path: Path) -> "Signer":
        """Return the signer kept in a file; KeyExposed if others can read it, MalformedNote if it is none."""
        if path.stat().st_mode & 0o077:
            raise KeyExposed(
                f"Others than its owner can read the key in {path}.",
                owner="operator",
                remedy=f"Run chmod 600 {path}, and change the key if somebody may have read it.",
            )
        return cls.of(_characters(path.read_bytes()).removesuffix("\n"))

    def save(self, path: Path) -> None:
        """Write the key to a new file of mode 0600; FileExistsError if it exists: no key is replaced."""
        seed = self._key.private_bytes_raw()
        name, key_id = self.verifier.name, self.verifier.key_id.hex()
        write_new(path, f"{_SECRET}{name}+{key_id}+{to_base64(_ED25519 + seed)}\n")

    @property
    def vkey(self) -> str:
        """The public key as text, to be handed to whoever verifies."""
        return self.verifier.vkey

    def sign(self, text: str) -> Signature:
        """Return the signature of a note's text, which ends in a newline."""
        return Signature(self.verifier.name, self.verifier.key_id, self._key.sign(text.encode()))


def signed(text: str, *signers: Signer) -> str:
    """Return the note of a text under the signatures of `signers`; MalformedNote if no note can carry it."""
    if not text.endswith("\n"):
        raise MalformedNote("A note's text ends in a newline.")
    note = Note(_characters(text), tuple(signer.sign(text) for signer in signers))
    return str(parse_note(str(note)))


def write_new(path: Path, text: str) -> None:
    """Write a new file of mode 0600 and see it to the disk; FileExistsError if it exists."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(text.encode())
        file.flush()
        os.fsync(file.fileno())
    settle(path.parent)


def settle(folder: Path) -> None:
    """See a folder's names to the disk."""
    held = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(held)
    finally:
        os.close(held)
