"""The log as columns: decoded in bulk where that can be done, row by row where it must, kept in memory."""

import typing
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import zip_longest
from threading import Lock
from typing import Any

import msgspec
import polars as pl

from counterpoise import frame
from counterpoise.store.database import Database
from counterpoise.store.mapper import Kind, Mapper, Unreadable

CHUNK = 32_768
"""Rows decoded at once, and rows beyond which decoded chunks are no longer joined to others."""

_FEW = 100  # rows that are quicker read one by one
_SLICE = 2_048  # rows whose text is decoded together: few enough to stay in the processor's cache

_ENVELOPE: dict[str, Any] = {
    name: kind
    for name, kind in frame.FRAME.items()
    if name == "schema" or (name in frame.ENVELOPE and name != "stream")
}

Quarantine = Callable[[int, str, str], None]
"""Told of a row that cannot be read: its position, its event id, why."""


class Frames:
    """The log as one frame. What was decoded is kept; only newer rows are read from the database."""

    def __init__(self, database: Database, mapper: Mapper, quarantine: Quarantine) -> None:
        self._database = database
        self._decoder = Decoder(mapper, quarantine)
        self._lock = Lock()
        self._chunks: list[pl.DataFrame] = []
        self._size = 0

    def upto(self, position: int) -> pl.LazyFrame:
        """Return the rows at positions up to `position`, which is in the log."""
        with self._lock:
            for upto, stored in self._stored(position):
                self._take(upto, stored)
            if not self._chunks:
                return frame.empty()
            rows = pl.concat(self._chunks, rechunk=False).lazy()
            return rows if position == self._size else rows.filter(pl.col("position") <= position)

    def _stored(self, position: int) -> Iterator[tuple[int, pl.DataFrame]]:
        """Yield what is stored up to a position, a chunk at a time; the next is read while one is decoded."""
        spans = [(start, min(start + CHUNK, position)) for start in range(self._size, position, CHUNK)]
        with ThreadPoolExecutor(1) as ahead:
            reading: Future[pl.DataFrame] | None = None
            for span, following in zip_longest(spans, spans[1:]):
                stored = reading.result() if reading else self._database.columns(*span)
                reading = ahead.submit(self._database.columns, *following) if following else None
                yield span[1], stored

    def _take(self, upto: int, stored: pl.DataFrame) -> None:
        """Decode a chunk; join small ones, so that there are never many."""
        chunk = self._decoder.decoded(stored)
        while self._chunks and self._chunks[-1].height < min(CHUNK, 2 * chunk.height):
            chunk = pl.concat([self._chunks.pop(), chunk], rechunk=True)
        if chunk.height:
            self._chunks.append(chunk)
        self._size = upto


class Decoder:
    """Turns stored rows into rows of the frame, in the schema each event has now.

    What only a faulty hand could have written, a number where a text belongs, is refused by the mapper and may
    be taken for the text where many rows are decoded at once; `verify` tells of it.
    """

    def __init__(self, mapper: Mapper, quarantine: Quarantine) -> None:
        self._mapper = mapper
        self._quarantine = quarantine
        self._kinds = {topic: _Columns(kind) for topic, kind in mapper.kinds.items()}

    def decoded(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return FRAME rows for stored rows (COLUMNS), in order; those that cannot be read are quarantined."""
        parts = [part for group in rows.partition_by("topic") for part in self._of_topic(group)]
        if len(parts) == 1:
            return parts[0]
        return pl.concat([pl.DataFrame(schema=frame.FRAME), *parts]).sort("position")

    def _of_topic(self, rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
        kind = self._kinds.get(rows["topic"][0])
        if kind is None or rows.height <= _FEW:
            yield self._one_by_one(rows)
            return
        current = kind.current(rows)
        whole = kind.at_once(rows.filter(current)) if current is not None else None
        if current is None or whole is None:
            half = rows.height // 2
            yield from self._of_topic(rows[:half])
            yield from self._of_topic(rows[half:])
            return
        readable, left = whole
        yield readable
        if left.height or not current.all():
            yield self._one_by_one(pl.concat([left, rows.filter(~current)]))

    def _one_by_one(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Read rows through the mapper, which knows every old shape."""
        read = [row for row in map(self._row, rows.iter_rows()) if row is not None]
        return pl.DataFrame(read, schema=frame.FRAME, orient="row")

    def _row(self, stored: tuple[int, str, int, str, bytes]) -> tuple[Any, ...] | None:
        position, stream, version, topic, state = stored
        try:
            body = self._mapper.body(topic, state)
        except Unreadable as why:
            self._quarantine(position, f"{stream}#{version}", str(why))
            return None
        own = msgspec.json.encode({name: body[name] for name in self._kinds[topic].own}).decode()
        return (position, stream, version, topic, *(body[name] for name in _ENVELOPE), own)


class _Columns:
    """How rows of one kind of event are decoded at once."""

    def __init__(self, kind: Kind) -> None:
        self.own: dict[str, Any] = frame.body_types(kind.event)  # type: ignore[arg-type]  # classes hash
        hints = typing.get_type_hints(kind.event)
        needed = [name for name in self.own if type(None) not in typing.get_args(hints[name])]
        self._schema = kind.schema
        self._struct = pl.Struct({**_ENVELOPE, **self.own})
        self._sound = pl.all_horizontal(
            pl.col("schema") == kind.schema,
            *(pl.col(name).is_not_null() for name in (*_ENVELOPE, *needed)),
        ).fill_null(value=False)

    def at_once(self, rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame] | None:
        """Return the FRAME rows of those that decode, and the stored rows of the others; None if all fail.

        One bad row fails the decoding of all, and a value that is missing becomes a null.
        """
        fields = _json(rows, self._struct)
        if fields is None:
            return None
        own = pl.struct(list(self.own)).struct.json_encode() if self.own else pl.lit("{}")
        body = fields.select(*_ENVELOPE, body=own, sound=self._sound)
        whole = rows.select("position", "stream", "version", "topic").hstack(body)
        if body["sound"].all():
            return whole.drop("sound"), rows.clear()
        return whole.filter("sound").drop("sound"), rows.filter(~body["sound"])

    def current(self, rows: pl.DataFrame) -> pl.Series | None:
        """Return which rows have the shape their event has now; None if that cannot be told of all at once."""
        if self._schema == 1:
            return pl.Series([True] * rows.height)
        schemas = _json(rows, pl.Struct({"schema": pl.Int64}))
        return None if schemas is None else (schemas["schema"] == self._schema).fill_null(value=False)


def _json(rows: pl.DataFrame, struct: pl.Struct) -> pl.DataFrame | None:
    """Return the fields of each row's state; None if a row is no such object, or more than one."""
    decoded = pl.col("state").cast(pl.String).str.json_decode(struct)
    slices = [rows[start : start + _SLICE] for start in range(0, rows.height, _SLICE)]
    if rows["state"].bin.size().min() == 0:
        return None
    try:
        fields = pl.collect_all([each.lazy().select(decoded).unnest("state") for each in slices])
    except pl.exceptions.PolarsError:
        return None
    if any(each.height != found.height for each, found in zip(slices, fields, strict=True)):
        return None
    return pl.concat(fields)
