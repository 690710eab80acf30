"""The log as one table: one row an event, the same columns always."""

import dataclasses
import types
import typing
from collections.abc import Iterable
from functools import cache
from typing import Any

import polars as pl

from counterpoise.domain.events import Event, Sealed

FRAME: dict[str, Any] = {
    "position": pl.Int64,  # dense from 1: leaf index + 1
    "stream": pl.String,
    "version": pl.Int64,  # dense from 1 in its stream
    "topic": pl.String,
    "schema": pl.Int64,  # of the body, after it was brought up: the current one
    "recorded_at": pl.Int64,  # microseconds UTC
    "occurred_at": pl.Int64,  # microseconds UTC
    "member": pl.String,  # pseudonym; empty: anonymous or the system
    "actor": pl.String,  # the owning organisation
    "theatre": pl.String,
    "pilot": pl.String,
    "label": pl.String,
    "recipients": pl.List(pl.String),
    "group": pl.List(pl.String),
    "clients": pl.List(pl.String),
    "source": pl.String,
    "body": pl.String,  # JSON object of the event's own fields; sealed words stay sealed
}
"""The columns of a frame, in order. `event id` is `stream#version`."""

ENVELOPE = tuple(field.name for field in dataclasses.fields(Event))


def empty() -> pl.LazyFrame:
    """Return a frame of no events."""
    return pl.LazyFrame(schema=FRAME)


def of(log: pl.LazyFrame, *kinds: type[Event]) -> pl.LazyFrame:
    """Return the rows of events of one kind, its own fields as columns (several kinds: envelope only).

    Reads `body` with the types of the dataclass; sealed words come as their stored text.
    """
    rows = log.filter(pl.col("topic").is_in([kind.TOPIC for kind in kinds]))
    if len(kinds) != 1:
        return rows
    fields = body_types(kinds[0])
    if not fields:
        return rows.drop("body")
    decoded = pl.col("body").str.json_decode(pl.Struct(fields))
    return rows.with_columns(decoded.alias("body")).unnest("body")


def event_id() -> pl.Expr:
    """Return the name of an event that people follow: `stream#version`."""
    return pl.format("{}#{}", pl.col("stream"), pl.col("version"))


@cache
def body_types(kind: type[Event]) -> dict[str, Any]:
    """Return the polars type of each field an event adds to the envelope."""
    hints = typing.get_type_hints(kind)
    return {field.name: _type(hints[field.name]) for field in own_fields(kind)}


def own_fields(kind: type[Event]) -> Iterable[dataclasses.Field[Any]]:
    """Return the dataclass fields an event adds to the envelope."""
    return (field for field in dataclasses.fields(kind) if field.name not in ENVELOPE)


def _type(hint: Any) -> Any:  # noqa: ANN401  a type hint has no narrower type
    plain = {str: pl.String, int: pl.Int64, float: pl.Float64, bool: pl.Boolean, Sealed: pl.String}
    if hint in plain:
        return plain[hint]
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        (present,) = [argument for argument in arguments if argument is not type(None)]
        return _type(present)
    if origin is tuple:
        return pl.List(_type(arguments[0]))
    if dataclasses.is_dataclass(hint):
        hints = typing.get_type_hints(hint)
        return pl.Struct({field.name: _type(hints[field.name]) for field in dataclasses.fields(hint)})
    raise TypeError(f"an event field of type {hint!r} has no column type; add it to frame._type")
