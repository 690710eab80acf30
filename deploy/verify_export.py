#!/usr/bin/env python3
# /// script
# requires-python = ">=3.11"
# dependencies = ["cryptography"]
# ///
"""Check an export of a Counterpoise log on any machine, with nothing of Counterpoise on it.

    python3 verify_export.py EXPORT [--vkey KEY] [--held NOTE]

Exit codes: 0 verified, 1 not verified, 2 unreadable. Signatures need the package `cryptography`; all else needs
Python alone. This is written apart from the product on purpose: two programs rarely share a mistake.
The tree is that of RFC 9162, the checkpoint that of C2SP tlog-checkpoint.
"""

import argparse
import base64
import gzip
import hashlib
import json
import re
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

VERIFIED, NOT_VERIFIED, UNREADABLE = 0, 1, 2
LONGEST_LINE = 1 << 24
LONGEST_NOTE = 1_000_000
MOST_SIGNATURES = 100
HASH = re.compile(r"[0-9a-f]{64}")
SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
KEY_ID = re.compile(r"[0-9a-f]{8}")


class Unreadable(Exception):  # noqa: N818  it says what the file is
    """What was given is no export, no key or no checkpoint."""


class Refuted(Exception):  # noqa: N818  it says what became of the claim
    """What was given can be read, and is not what it claims to be."""


class Note(NamedTuple):
    """A signed checkpoint, taken apart. `signatures` are (name, key id, signature)."""

    text: str
    signatures: list[tuple[str, bytes, bytes]]
    origin: str
    size: int
    root: bytes


class Found(NamedTuple):
    """What the lines of an export hold, and its root at the size of the checkpoint that is held."""

    events: int
    withheld: int
    root_at_held: bytes | None


def sha256(content: bytes) -> bytes:
    """Return the 32 bytes of the digest."""
    return hashlib.sha256(content).digest()


def counted(text: str) -> bytes:
    """Return a text as UTF-8 after its length in four bytes."""
    return len(text.encode()).to_bytes(4, "big") + text.encode()


def leaf_of(event: list[Any], line: int) -> bytes:
    """Return the leaf hash of `[stream, version, topic, state or null, hash or null]`."""
    stream, version, topic, state, state_hash = event
    whole = isinstance(stream, str) and type(version) is int and isinstance(topic, str)
    if not whole or not 0 <= version < 1 << 64:
        raise Unreadable(f"Line {line} has no stream, version and topic.")
    if isinstance(state, str) and state_hash is None:
        digest = sha256(state.encode())
    elif state is None:
        digest = hash_of(state_hash, line)
    else:
        raise Unreadable(f"Line {line} has neither a state nor the hash of one, or both.")
    return sha256(
        b"\x00counterpoise.leaf.v1\x00"
        + counted(stream)
        + version.to_bytes(8, "big")
        + counted(topic)
        + digest
    )


def hash_of(written: object, line: int) -> bytes:
    """Return the 32 bytes of 64 hex digits."""
    if not isinstance(written, str) or not HASH.fullmatch(written):
        raise Unreadable(f"Line {line} has something else where a hash belongs.")
    return bytes.fromhex(written)


def parent_of(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node."""
    return sha256(b"\x01" + left + right)


class Tree:
    """A stack of complete subtrees, the widest at the bottom: (leaves below, hash)."""

    def __init__(self) -> None:
        self.size = 0
        self.stack: list[tuple[int, bytes]] = []

    def add(self, leaf: bytes) -> None:
        """Append a leaf; equal neighbours on the stack become their parent."""
        self.size += 1
        width, node = 1, leaf
        while self.stack and self.stack[-1][0] == width:
            node = parent_of(self.stack.pop()[1], node)
            width *= 2
        self.stack.append((width, node))

    def root(self) -> bytes:
        """Return the root over all leaves so far."""
        if not self.stack:
            return sha256(b"")
        node = self.stack[-1][1]
        for _, left in reversed(self.stack[:-1]):
            node = parent_of(left, node)
        return node


def root_by(path: list[bytes], leaf: bytes, index: int, size: int) -> bytes | None:
    """Return the root that a proof leads to, following the definition in RFC 9162, 2.1.3; None if it cannot."""
    if size == 1:
        return None if path else leaf
    if not path:
        return None
    middle = 1 << (size - 1).bit_length() - 1
    if index < middle:
        left = root_by(path[:-1], leaf, index, middle)
        return left and parent_of(left, path[-1])
    right = root_by(path[:-1], leaf, index - middle, size - middle)
    return right and parent_of(path[-1], right)


def from_base64(text: str) -> bytes:
    """Return what is encoded, in the one standard form."""
    try:
        content = base64.b64decode(text, validate=True)
    except ValueError as why:
        raise Unreadable("Something that should be base64 is not.") from why
    if base64.b64encode(content).decode() != text:
        raise Unreadable("Something that should be base64 is not.")
    return content


def note_of(text: str) -> Note:
    """Take a signed checkpoint apart."""
    body, blank, under = text.rpartition("\n\n")
    odd = any(character < " " and character != "\n" for character in text)
    if not blank or not under.endswith("\n") or odd or len(text) > LONGEST_NOTE:
        raise Unreadable("The checkpoint is no signed note.")
    lines = under[:-1].split("\n")
    if len(lines) > MOST_SIGNATURES:
        raise Unreadable("The checkpoint has too many signatures.")
    parts = body.split("\n")
    if len(parts) < 3 or not all(parts) or not SIZE.fullmatch(parts[1]):  # noqa: PLR2004  origin, size, root
        raise Unreadable("The checkpoint does not state an origin, a size and a root.")
    root = from_base64(parts[2])
    if len(root) != len(sha256(b"")):
        raise Unreadable("The checkpoint's root is no SHA-256 hash.")
    return Note(f"{body}\n", [signature_of(line) for line in lines], parts[0], int(parts[1]), root)


def signature_of(line: str) -> tuple[str, bytes, bytes]:
    """Return name, key id and signature of a signature line."""
    dash, _, rest = line.partition(" ")
    name, _, stamp = rest.partition(" ")
    content = from_base64(stamp)
    if dash != "—" or not one_word(name) or len(content) <= 4:  # noqa: PLR2004  the bytes of a key id
        raise Unreadable("A line under the checkpoint is no signature.")
    return name, content[:4], content[4:]


def one_word(name: str) -> bool:
    """Return whether a text can be the name of a key."""
    return bool(name) and "+" not in name and not any(character.isspace() for character in name)


def check_signature(note: Note, vkey: str) -> None:
    """Refute a checkpoint that the key did not sign, or that is of another log than the key."""
    name, _, rest = vkey.partition("+")
    key_id, _, encoded = rest.partition("+")
    key = from_base64(encoded)
    known = one_word(name) and KEY_ID.fullmatch(key_id) and key[:1] == b"\x01" and len(key) == 33  # noqa: PLR2004
    if not known or sha256(name.encode() + b"\n" + key)[:4].hex() != key_id:
        raise Unreadable("The key given as --vkey is none, or was mistyped.")
    ours = [stamp for signer, by, stamp in note.signatures if signer == name and by.hex() == key_id]
    if not ours:
        raise Refuted("The checkpoint is not signed by the key you gave.")
    if not all(signed_by(key[1:], stamp, note.text.encode()) for stamp in ours):
        raise Refuted("The signature under the checkpoint is false.")
    if note.origin != name:
        raise Refuted("The key you gave is of another log than the checkpoint.")


def signed_by(public: bytes, stamp: bytes, text: bytes) -> bool:
    """Return whether an Ed25519 signature holds."""
    try:
        from cryptography.exceptions import InvalidSignature  # noqa: PLC0415  all but signatures does without
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415
    except ImportError as why:
        raise Unreadable(
            "The signature cannot be checked here: run pip install cryptography, or leave out --vkey."
        ) from why
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(stamp, text)
    except InvalidSignature:
        return False
    return True


def lines_of(path: Path) -> Iterator[bytes]:
    """Yield the lines of a file, packed by gzip or not."""
    with path.open("rb") as raw:
        packed = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        file = gzip.GzipFile(fileobj=raw) if packed else raw
        while line := file.readline(LONGEST_LINE):
            if not line.endswith(b"\n"):
                raise Unreadable(
                    "The file ends in the middle of a line, or has a line too long to be an event."
                )
            yield line


def json_of(line: bytes, number: int) -> Any:  # noqa: ANN401  anything can stand in a file
    """Return what a line says."""
    try:
        return json.loads(line.decode())
    except (ValueError, RecursionError) as why:
        raise Unreadable(f"Line {number} is no JSON.") from why


def header_of(line: bytes) -> dict[str, Any]:
    """Return the header of an export."""
    header = json_of(line, 1) if line else None
    if not isinstance(header, dict) or header.get("format") != "counterpoise.export.v1":
        raise Unreadable("The file does not begin as an export of Counterpoise does.")
    texts = all(isinstance(header.get(name), str) for name in ("checkpoint", "vkey"))
    if not texts or type(header.get("redacted")) is not bool or header.get("scope") not in ("log", "part"):
        raise Unreadable("The header of the export is incomplete.")
    return header


def check_log(lines: Iterator[bytes], note: Note, held: Note | None) -> Found:
    """Recompute the root over all events; refute an export that leads to another."""
    tree = Tree()
    withheld = 0
    at_held = tree.root() if held and held.size == 0 else None
    for number, line in enumerate(lines, start=2):
        event = json_of(line, number)
        if not isinstance(event, list) or len(event) not in (4, 5):
            raise Unreadable(f"Line {number} is no event.")
        tree.add(leaf_of([*event, None][:5], number))
        withheld += event[3] is None
        if held and tree.size == held.size:
            at_held = tree.root()
    if tree.size != note.size:
        raise Refuted(f"The checkpoint covers {note.size} events, and the file holds {tree.size}.")
    if tree.root() != note.root:
        raise Refuted("The events do not lead to the root in the checkpoint: something was altered.")
    return Found(tree.size, withheld, at_held)


def check_part(lines: Iterator[bytes], note: Note) -> Found:
    """Follow the proof of each event; refute an export in which one leads elsewhere."""
    events = withheld = 0
    before = -1
    for number, line in enumerate(lines, start=2):
        event = json_of(line, number)
        if not isinstance(event, list) or len(event) != 7 or type(event[5]) is not int:  # noqa: PLR2004
            raise Unreadable(f"Line {number} is no event with its proof.")
        *event, index, proof = event
        if not isinstance(proof, list):
            raise Unreadable(f"Line {number} is no event with its proof.")
        leaf, path = leaf_of(event, number), [hash_of(node, number) for node in proof]
        if not before < index < note.size or root_by(path, leaf, index, note.size) != note.root:
            raise Refuted(
                f"The event in line {number} was altered, repeated, or never in that place of the log."
            )
        before = index
        events += 1
        withheld += event[3] is None
    return Found(events, withheld, None)


def held_note(path: Path, vkey: str | None) -> Note:
    """Return the checkpoint in the reader's hands; the key, if one was given, must have signed it too."""
    try:
        note = note_of(path.read_bytes().decode())
        if vkey is not None:
            check_signature(note, vkey)
    except (Unreadable, OSError, ValueError) as why:
        raise Unreadable(f"The checkpoint you hold: {why}") from why
    except Refuted as why:
        raise Refuted(f"The checkpoint you hold: {why}") from why
    return note


def compare_held(note: Note, held: Note, found: Found, scope: str) -> str:
    """Refute an export that does not extend the checkpoint in the reader's hands; say what was compared."""
    if held.origin != note.origin:
        raise Refuted("The checkpoint you hold is of another log.")
    if held.size > note.size:
        raise Refuted(
            f"The checkpoint you hold covers {held.size} events, this export {note.size}: "
            "it is older than your checkpoint, or the log was cut."
        )
    at_held = note.root if held.size == note.size else found.root_at_held
    if at_held is None and scope == "part":
        return ""
    if at_held != held.root:
        raise Refuted("The checkpoint you hold is of another history: events were altered, removed or moved.")
    return f"The first {held.size} events are those of the checkpoint you hold."


def check(path: Path, vkey: str | None, held_at: Path | None) -> tuple[list[str], list[str]]:
    """Return what was checked and what was not, in sentences; raise Refuted or Unreadable."""
    lines = lines_of(path)
    header = header_of(next(lines, b""))
    note = note_of(header["checkpoint"])
    held = held_note(held_at, vkey) if held_at else None
    if vkey is not None:
        check_signature(note, vkey)
    scope = header["scope"]
    found = check_log(lines, note, held) if scope == "log" else check_part(lines, note)
    if found.withheld and not header["redacted"]:
        raise Refuted("States are withheld, but the header says that none is.")
    compared = compare_held(note, held, found, scope) if held else ""
    return (
        sentences_checked(note, found, scope, vkey, compared),
        sentences_unchecked(note, found, scope, vkey, compared),
    )


def sentences_checked(note: Note, found: Found, scope: str, vkey: str | None, compared: str) -> list[str]:
    """Say what holds."""
    log = ascii(note.origin)[1:-1]  # a name may carry signs that a terminal obeys
    if scope == "log":
        said = [f"The {found.events} events, in this order, are all that {log} held at its checkpoint."]
    else:
        said = [
            f"Each of the {found.events} events is among the {note.size} that {log} held at its checkpoint."
        ]
    if vkey is not None:
        said.append("The checkpoint is signed by the key you gave.")
    return said + ([compared] if compared else [])


def sentences_unchecked(note: Note, found: Found, scope: str, vkey: str | None, compared: str) -> list[str]:
    """Say what nobody should read into the result."""
    said = []
    if vkey is None:
        said.append(
            "The signature was not checked, as no key was given: anybody could have made this file. "
            "Ask the operator or, better, another participant for the log's key, and give it as --vkey."
        )
    if found.withheld:
        said.append(
            f"{found.withheld} events came without their state, so what they say is unknown; "
            "a state shown to you later can be compared with its hash."
        )
    if scope == "part":
        said.append(f"Whether other events among the {note.size} belong here too cannot be told from a part.")
    if not compared:
        said.append(
            "Whether the log was rewritten before this checkpoint: give a checkpoint that you or a partner "
            "kept as --held, with an export of the whole log."
        )
    said.append(
        "Whether what was recorded is true, and whether times in it are right: no proof can show that."
    )
    return said


def listed(title: str, sentences: list[str]) -> str:
    """Return a heading and its points."""
    return "\n".join([title, *(f"  - {sentence}" for sentence in sentences)])


def main(arguments: list[str] | None = None) -> int:
    """Check the export named on the command line and say so; return the exit code."""
    parser = argparse.ArgumentParser(description="Check an export of a Counterpoise log.")
    parser.add_argument("export", type=Path, help="the file: JSON lines, packed by gzip or not")
    parser.add_argument("--vkey", help="the log's public key, name+id+key, from somebody you trust")
    parser.add_argument(
        "--held", type=Path, help="a file with an older checkpoint that you or a partner kept"
    )
    given = parser.parse_args(arguments)
    try:
        checked, unchecked = check(given.export, given.vkey, given.held)
    except Refuted as why:
        code, said = NOT_VERIFIED, f"NOT VERIFIED. {why}"
    except Unreadable as why:
        code, said = UNREADABLE, f"UNREADABLE. {why}"
    except (OSError, EOFError, zlib.error, ValueError) as why:
        code, said = UNREADABLE, f"UNREADABLE. The file cannot be read to its end: {why}"
    else:
        result = "VERIFIED." if given.vkey is not None else "VERIFIED, but for the signature."
        code = VERIFIED
        said = "\n".join([result, listed("Checked:", checked), listed("Not checked:", unchecked)])
    sys.stdout.write(f"{said}\n".encode("ascii", "backslashreplace").decode())
    return code


if __name__ == "__main__":
    sys.exit(main())
