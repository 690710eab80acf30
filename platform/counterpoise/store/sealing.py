"""How words are closed: padding, AES-256-GCM bound to one place in the log, and the wrapping of keys. Pure."""

import hashlib
import hmac
import os
import re
from binascii import a2b_base64, b2a_base64
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from counterpoise.domain.refusals import Refusal

SIZES = (64, 256, 1024, 4096, 16384)
"""Bytes that closed words may take before encryption; above the last, its multiples."""

KEY_BYTES = 32
NONCE_BYTES = 12
LENGTH_BYTES = 4
SALT_BYTES, PASSES, KIBIBYTES = 16, 3, 32 * 1024
"""What Argon2id is given (RFC 9106): a salt, passes over so much memory, one lane."""
LEAST_BYTES = NONCE_BYTES + SIZES[0] + 16

_BOX = re.compile(r"sealed:1:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}):")


class Tampered(Refusal):
    """These words were altered, or moved from the place they were closed for."""

    rule: ClassVar[str] = "tampered"

    def __init__(self, sentence: str) -> None:
        super().__init__(
            sentence, owner="operator", remedy="Verify the log, and restore it from a copy that verifies."
        )


@dataclass(frozen=True, kw_only=True)
class Sealing:
    """Words closed: the stored form, and a (key id, commitment) for each key that was made for it."""

    box: str
    made: tuple[tuple[str, str], ...] = ()


def padded(words: bytes) -> bytes:
    """Return `words` behind their 32-bit big-endian length, zero-filled to the least size that holds both."""
    needed = LENGTH_BYTES + len(words)
    size = next((size for size in SIZES if size >= needed), -(-needed // SIZES[-1]) * SIZES[-1])
    return (len(words).to_bytes(LENGTH_BYTES, "big") + words).ljust(size, b"\0")


def unpadded(filled: bytes) -> bytes:
    """Return the words of `padded`; anything that `padded` would not have written is `Tampered`."""
    length = int.from_bytes(filled[:LENGTH_BYTES], "big")
    words = filled[LENGTH_BYTES : LENGTH_BYTES + length]
    if padded(words) != filled:
        raise Tampered("These words do not fill their box as they should.")
    return words


def place(*, stream: str, version: int, field: str) -> bytes:
    """Return the associated data that binds a box to one field of one event."""
    return _joined("cp.sealed.v1", stream, str(version), field)


def commitment(key_id: str, secret: bytes) -> str:
    """Return the SHA-256 in hex that commits to a key: AES-GCM alone lets one box open under two keys."""
    return hashlib.sha256(b"cp.dek.v1" + key_id.encode() + secret).hexdigest()


def lookup(secret: bytes, *parts: str) -> bytes:
    """Return the 32 bytes under which `parts` are found again and from which they are not read."""
    return hmac.digest(secret, _joined("cp.lookup.v1", *parts), "sha256")


def slow_lookup(secret: bytes, text: str) -> bytes:
    """Return the 32 bytes under which a text that could be guessed is found again: Argon2id, a tenth of a second."""
    salt = lookup(secret, "slow")[:SALT_BYTES]
    return Argon2id(salt=salt, length=KEY_BYTES, iterations=PASSES, lanes=1, memory_cost=KIBIBYTES).derive(
        text.encode()
    )


def contents(box: str) -> tuple[str, bytes]:
    """Return the key id and the sealed bytes of a stored form; one that no seal would write is `Tampered`."""
    matched = _BOX.match(box)
    if not matched:
        raise Tampered("This is not the stored form of sealed words.")
    text = box[matched.end() :]
    try:
        sealed = a2b_base64(text, strict_mode=True)
    except ValueError:
        raise Tampered("The stored form of these sealed words is damaged.") from None
    if len(sealed) < LEAST_BYTES or _base64(sealed) != text:
        raise Tampered("The stored form of these sealed words is damaged.")
    return matched[1], sealed


class DataKey:
    """The key of one keeper in one pilot. Knows its id and its commitment, and never shows its secret."""

    __slots__ = ("_cipher", "commitment", "id")

    def __init__(self, key_id: str, secret: bytes) -> None:
        self.id = key_id
        self.commitment = commitment(key_id, secret)
        self._cipher = AESGCM(secret)

    def close(self, text: str, where: bytes) -> str:
        """Return `text` as `sealed:1:<key id>:<base64 of nonce, ciphertext and tag>`, bound to `where`."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = nonce + self._cipher.encrypt(nonce, padded(text.encode()), where)
        return f"sealed:1:{self.id}:{_base64(sealed)}"

    def open(self, sealed: bytes, where: bytes) -> str:
        """Return the text closed for `where`; altered or closed for elsewhere, it is `Tampered`."""
        try:
            filled = self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], where)
        except InvalidTag:
            raise Tampered("These words were altered, or moved from the event they were closed in.") from None
        return unpadded(filled).decode()


@dataclass(frozen=True, kw_only=True)
class KeyEncryptingKey:
    """The key that closes all other keys of one key store, from one erasure (its `generation`) to the next."""

    store: str
    generation: int
    secret: bytes = field(repr=False)

    @cached_property
    def _cipher(self) -> AESGCM:
        return AESGCM(self.secret)

    def wrap(self, kind: str, name: str | bytes, secret: bytes) -> bytes:
        """Return `secret` closed for the row `name` of `kind` in this store and generation."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, secret, self._row(kind, name))

    def unwrap(self, kind: str, name: str | bytes, wrapped: bytes) -> bytes:
        """Return what `wrap` closed; under another key, or for another row, it is `Tampered`."""
        try:
            return self._cipher.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], self._row(kind, name))
        except InvalidTag:
            raise Tampered("A row of the key store was altered or moved.") from None

    def _row(self, kind: str, name: str | bytes) -> bytes:
        return _joined("cp.kek.v1", self.store, str(self.generation), kind, name)


def _joined(*parts: str | bytes) -> bytes:
    """Return the parts in order, each behind its 32-bit length: no two lists give the same bytes."""
    joined = b""
    for part in parts:
        octets = part.encode() if isinstance(part, str) else part
        joined += len(octets).to_bytes(LENGTH_BYTES, "big") + octets
    return joined


def _base64(octets: bytes) -> str:
    return b2a_base64(octets, newline=False).decode()
