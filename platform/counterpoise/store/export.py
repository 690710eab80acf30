"""The log as a file that others can check: JSON lines, whole or in part, with states shown or withheld.

The first line is a header; each further line is an event. An export of the whole log has
`[stream, version, topic, state]`, or `[stream, version, topic, null, SHA-256 of the state in hex]` where the
state is withheld. An export of a part has seven elements a line: the same five (null for the hash of a state
that is shown), then the index of the leaf and its inclusion proof, a list of hashes in hex.
"""

import gzip
import hashlib
import os
import re
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Literal, TypeVar

import msgspec

from counterpoise.domain.refusals import Refusal
from counterpoise.store.checkpoints import Checkpoint, read_checkpoint
from counterpoise.store.notes import MalformedNote, NotSigned, Verifier, parse_note, settle
from counterpoise.store.tree import Frontier, leaf_hash, leaf_hash_of, verify_inclusion

_FORMAT: Literal["counterpoise.export.v1"] = "counterpoise.export.v1"

Row = tuple[int, str, int, str, bytes]
"""Position (dense from 1), stream, version, topic, state as stored."""

Shown = Callable[[Row], bool]
"""Whether the reader of an export may see the state of this event."""

Prove = Callable[[int, int], Sequence[bytes]]
"""(leaf index, size) -> the inclusion proof."""

_CHUNK = 4096
_LONGEST_LINE = 1 << 24
_HEX = re.compile(r"[0-9a-f]{64}")


class ExportContradicted(Refusal):
    """No export is handed out that its own checkpoint would contradict."""

    rule = "export-contradicted"


class UnreadableExport(ValueError):  # noqa: N818  it says what the file is
    """The file is no export, or it is damaged."""


class _Header(msgspec.Struct):
    format: Literal["counterpoise.export.v1"]
    scope: Literal["log", "part"]
    redacted: bool
    checkpoint: str
    vkey: str


class _Event(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    stream: str
    version: int
    topic: str
    state: str | None
    state_hash: str | None = None


class _Proved(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    stream: str
    version: int
    topic: str
    state: str | None
    state_hash: str | None
    index: int
    proof: list[str]


@dataclass(frozen=True)
class ExportReport:
    """What checking an export has shown.

    `signed` is None where no key was given to check by. `fault` says what is wrong, and is empty if nothing is.
    """

    scope: Literal["log", "part"]
    checkpoint: Checkpoint
    events: int
    withheld: int
    signed: bool | None
    fault: str

    @property
    def verified(self) -> bool:
        """Whether all that could be checked holds."""
        return not self.fault


def export_log(
    path: Path, rows: Iterable[Row], *, checkpoint: str, vkey: str, shown: Shown | None = None
) -> int:
    """Write the events a checkpoint covers, in their order, and return how many: its root can be recomputed.

    Rows past the checkpoint are left out. The file is gzip where its name ends in .gz, is readable by its owner
    alone, and appears whole or not at all: ExportContradicted if the rows do not hash to the checkpoint's root.
    Without `shown` every state is shown.
    """
    covered = read_checkpoint(checkpoint, vkey)
    frontier = Frontier()
    source = islice(rows, covered.size)
    with _appearing(path) as file:
        file.write(_header("log", checkpoint, vkey, shown))
        while chunk := list(islice(source, _CHUNK)):
            frontier, _ = frontier.appended([leaf_hash(*row[1:]) for row in chunk])
            file.writelines(_encoded(_line(row, shown)) for row in chunk)
        if (frontier.size, frontier.root()) != (covered.size, covered.root):
            raise _contradicted(
                f"The {frontier.size} events read are not the {covered.size} of the checkpoint."
            )
    return frontier.size


def export_part(
    path: Path,
    rows: Iterable[Row],
    *,
    checkpoint: str,
    vkey: str,
    prove: Prove,
    shown: Shown | None = None,
) -> int:
    """Write some of the events a checkpoint covers, each with the proof that it is among them; return how many.

    Rows come in the order of their positions. ExportContradicted if a proof does not hold or a row is not
    covered. Otherwise as `export_log`.
    """
    covered = read_checkpoint(checkpoint, vkey)
    written = 0
    with _appearing(path) as file:
        file.write(_header("part", checkpoint, vkey, shown))
        for row in rows:
            index = row[0] - 1
            proof = list(prove(index, covered.size)) if index < covered.size else []
            if not verify_inclusion(leaf_hash(*row[1:]), index, covered.size, proof, covered.root):
                raise _contradicted(f"Event {row[1]}#{row[2]} is not among those of the checkpoint.")
            stream, version, topic, state, *state_hash = _line(row, shown)
            hashed = state_hash[0] if state_hash else None
            file.write(
                _encoded([stream, version, topic, state, hashed, index, [node.hex() for node in proof]])
            )
            written += 1
    return written


def _header(scope: Literal["log", "part"], checkpoint: str, vkey: str, shown: Shown | None) -> bytes:
    return _encoded(_Header(_FORMAT, scope, shown is not None, checkpoint, vkey))


def _line(row: Row, shown: Shown | None) -> list[str | int | None]:
    _, stream, version, topic, state = row
    if shown is None or shown(row):
        return [stream, version, topic, state.decode()]
    return [stream, version, topic, None, hashlib.sha256(state).hexdigest()]


def _encoded(line: object) -> bytes:
    return msgspec.json.encode(line) + b"\n"


def _contradicted(sentence: str) -> ExportContradicted:
    return ExportContradicted(
        sentence,
        owner="operator",
        remedy="Verify the log: either it or the checkpoint was altered.",
    )


@contextmanager
def _appearing(path: Path) -> Iterator[BinaryIO]:
    """Open a file that takes its name when all of it is written, and goes if it is not."""
    opened, name = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")
    growing = Path(name)
    try:
        with os.fdopen(opened, "wb") as raw:
            if path.suffix == ".gz":
                with gzip.GzipFile("", "wb", 6, raw, 0) as packed:
                    yield packed  # type: ignore[misc]  # it is written to like any binary file
            else:
                yield raw
            raw.flush()
            os.fsync(raw.fileno())
        growing.replace(path)
        settle(path.parent)
    finally:
        growing.unlink(missing_ok=True)


def check_export(path: Path, vkey: str | None = None) -> ExportReport:
    """Return what a file shows: that its events are those of its checkpoint, and whether `vkey` signed that.

    UnreadableExport if the file is no export or is damaged; MalformedNote if `vkey` is no key.
    """
    verifier = None if vkey is None else Verifier.of(vkey)
    with _lines(path) as lines:
        header = _decoded(_Header, next(lines, b""), 1)
        try:
            covered = Checkpoint.of(parse_note(header.checkpoint).text)
        except MalformedNote as why:
            raise UnreadableExport(f"The checkpoint in the header is none: {why}") from why
        check = _check_log if header.scope == "log" else _check_part
        events, withheld, fault = check(lines, covered)
    if withheld and not header.redacted:
        fault = fault or "States are withheld, but the header says that none is."
    signed = None if verifier is None else _signed(header.checkpoint, verifier)
    if signed is False:
        fault = "The checkpoint is not signed by the key that was given."
    return ExportReport(header.scope, covered, events, withheld, signed, fault)


def _signed(checkpoint: str, verifier: Verifier) -> bool:
    try:
        read_checkpoint(checkpoint, verifier.vkey)
    except NotSigned:
        return False
    return True


def _check_log(lines: Iterator[bytes], covered: Checkpoint) -> tuple[int, int, str]:
    frontier = Frontier()
    withheld = 0
    while chunk := list(islice(lines, _CHUNK)):
        read = [_decoded(_Event, line, frontier.size + 2 + n) for n, line in enumerate(chunk)]
        withheld += sum(line.state is None for line in read)
        leaves = [_leaf(line, frontier.size + 2 + n) for n, line in enumerate(read)]
        frontier, _ = frontier.appended(leaves)
    if frontier.size != covered.size:
        fault = f"The checkpoint covers {covered.size} events; the file holds {frontier.size}."
    elif frontier.root() != covered.root:
        fault = "The events do not hash to the root of the checkpoint: they were altered, or it was."
    else:
        fault = ""
    return frontier.size, withheld, fault


def _check_part(lines: Iterator[bytes], covered: Checkpoint) -> tuple[int, int, str]:
    events = withheld = 0
    before = -1
    fault = ""
    for number, text in enumerate(lines, start=2):
        line = _decoded(_Proved, text, number)
        leaf = _leaf(line, number)
        try:
            proof = [_hash(node) for node in line.proof]
        except ValueError as why:
            raise UnreadableExport(f"Line {number}: {why}") from why
        if line.index <= before:
            fault = fault or f"Line {number} repeats an event or is out of order."
        if not verify_inclusion(leaf, line.index, covered.size, proof, covered.root):
            fault = (
                fault or f"The event in line {number} is not among those of the checkpoint, or was altered."
            )
        before = line.index
        events += 1
        withheld += line.state is None
    return events, withheld, fault


def _hash(written: str) -> bytes:
    if not _HEX.fullmatch(written):
        raise ValueError("a hash is 64 hex digits.")
    return bytes.fromhex(written)


def _leaf(line: _Event | _Proved, number: int) -> bytes:
    try:
        match line.state, line.state_hash:
            case str(state), None:
                return leaf_hash(line.stream, line.version, line.topic, state.encode())
            case None, str(written):
                return leaf_hash_of(line.stream, line.version, line.topic, _hash(written))
    except (ValueError, OverflowError) as why:
        raise UnreadableExport(f"Line {number} is no event: {why}") from why
    raise UnreadableExport(f"Line {number} has neither a state nor the hash of one, or both.")


_Read = TypeVar("_Read", _Header, _Event, _Proved)


def _decoded(kind: type[_Read], line: bytes, number: int) -> _Read:
    try:
        return msgspec.json.decode(line, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as why:
        raise UnreadableExport(f"Line {number} is not as an export has it: {why}") from why


@contextmanager
def _lines(path: Path) -> Iterator[Iterator[bytes]]:
    """Open an export, packed or not, whatever its name says."""
    try:
        with path.open("rb") as raw:
            packed = raw.read(2) == b"\x1f\x8b"
            raw.seek(0)
            yield _whole_lines(gzip.GzipFile(fileobj=raw) if packed else raw)
    except (OSError, EOFError, zlib.error) as why:
        raise UnreadableExport(f"{path} cannot be read to its end: {why}") from why


def _whole_lines(file: gzip.GzipFile | BinaryIO) -> Iterator[bytes]:
    while line := file.readline(_LONGEST_LINE):
        if not line.endswith(b"\n"):
            raise UnreadableExport("A line is cut off, or longer than any in an export.")
        yield line
