"""The log as one table: one row an event, the same columns always."""

import dataclasses
import json
import types
import typing
from collections.abc import Iterable
from functools import cache
from typing import Any

import polars as pl

from counterpoise.domain.corrections import Corrected, LabelNarrowed, LabelWidened, Withdrawn
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

    Reads `body` with the types of the dataclass; sealed words come as their stored text. A further column of the
    log that is named like a field gives way to it.
    """
    rows = log.filter(pl.col("topic").is_in([kind.TOPIC for kind in kinds]))
    if len(kinds) != 1:
        return rows
    fields = body_types(kinds[0])  # type: ignore[arg-type]  # a class is hashable, whatever its instances are
    if not fields:
        return rows.drop("body")
    decoded = pl.col("body").str.json_decode(pl.Struct(fields))
    return rows.drop(*fields, strict=False).with_columns(decoded.alias("body")).unnest("body")


def event_id() -> pl.Expr:
    """Return the name of an event that people follow: `stream#version`."""
    return phrase("{}#{}", "stream", "version")


def phrase(template: str, *columns: str) -> pl.Expr:
    """Return `template` with the columns in place of its `{}`, named as the first; null where one of them is.

    It is here because `polars.format` (2.1) panics on a frame whose columns lie in different chunks, as a
    collected frame's may.
    """
    *texts, last = template.split("{}")
    parts = [part for text, name in zip(texts, columns, strict=True) for part in (pl.lit(text), pl.col(name))]
    return pl.concat_str(*parts, pl.lit(last)).alias(columns[0])


def as_of(log: pl.LazyFrame, position: int | None) -> pl.LazyFrame:
    """Return what was recorded up to a position; everything where it is None."""
    return log if position is None else log.filter(pl.col("position") <= position)


def position_at(log: pl.LazyFrame, moment: int) -> int:
    """Return the last position recorded by `moment` (microseconds UTC); 0 if there is none."""
    recorded = log.filter(pl.col("recorded_at") <= moment).select(pl.col("position").max())
    return recorded.collect().item() or 0


CORRECTIONS = (Corrected.TOPIC, Withdrawn.TOPIC, LabelWidened.TOPIC, LabelNarrowed.TOPIC)


def standing(log: pl.LazyFrame) -> pl.LazyFrame:
    """Return the rows as they read now: without what is withdrawn, with what is corrected or relabelled.

    Cut the log first (`as_of`): a correction acts from its own position on. A row keeps its position and times;
    `corrected_at` is the position of its last correction, else null. Words that a correction brought stand as
    `@<version>|<box>`, the version of the correction they are bound to.
    """
    changes = log.filter(pl.col("topic").is_in(CORRECTIONS)).sort("position").collect()
    undated = log.with_columns(corrected_at=pl.lit(None, pl.Int64))
    if changes.is_empty():
        return undated
    named = changes.with_columns(of=_named())
    keys = named.select("stream", version="of").unique()
    old = undated.join(keys.lazy(), on=["stream", "version"], how="semi").collect()
    read = {(row["stream"], row["version"]): row for row in old.iter_rows(named=True)}
    for change in named.iter_rows(named=True):
        _change(read, change)
    schema = undated.collect_schema()
    present = pl.LazyFrame(list(read.values()), schema=schema)
    untouched = undated.join(keys.lazy(), on=["stream", "version"], how="anti")
    return pl.concat([untouched, present]).sort("position")


READERS = ("label", "recipients", "group", "clients")
"""The columns that say who may read a row."""


def labelled(rows: pl.LazyFrame, log: pl.LazyFrame) -> pl.LazyFrame:
    """Return rows under the labels that hold at the end of `log`, whatever they were recorded under.

    What corrects, withdraws or relabels an event has the label of that event. `relabelled` says whether a label was
    changed. However far back a question looks, who may read the answer is a matter of today.
    """
    changed = (
        log.filter(pl.col("topic").is_in((LabelWidened.TOPIC, LabelNarrowed.TOPIC)))
        .sort("position")
        .with_columns(named=_named())
        .unique(["stream", "named"], keep="last")
        .select("stream", "named", **{f"new_{name}": name for name in READERS}, relabelled=pl.lit(value=True))
    )
    return (
        rows.with_columns(named=concerned())
        .join(changed, on=["stream", "named"], how="left")
        .with_columns(
            pl.col("relabelled").fill_null(value=False),
            **{name: pl.when("relabelled").then(f"new_{name}").otherwise(name) for name in READERS},
        )
        .drop("named", *(f"new_{name}" for name in READERS))
    )


def concerned() -> pl.Expr:
    """Return the version of the event a row is about: its own, or of what it corrects, withdraws or relabels."""
    return pl.when(pl.col("topic").is_in(CORRECTIONS)).then(_named()).otherwise("version")


def _named() -> pl.Expr:
    """Return the version that a correction, withdrawal or change of label names."""
    return pl.col("body").str.json_path_match("$.of").cast(pl.Int64)


def _change(read: dict[tuple[str, int], dict[str, Any]], change: dict[str, Any]) -> None:
    """Apply one correction, withdrawal or change of label to the rows it may name."""
    key = (change["stream"], change["of"])
    if key not in read:
        return
    if change["topic"] == Withdrawn.TOPIC:
        del read[key]
        return
    row = read[key]
    if change["topic"] == Corrected.TOPIC:
        said = json.loads(change["body"])
        words = {said["field"]: f"@{change['version']}|{said['words']}"} if said["field"] else {}
        row["body"] = json.dumps({**json.loads(row["body"]), **json.loads(said["changes"]), **words})
        row["corrected_at"] = change["position"]
    else:
        row |= {name: change[name] for name in READERS}


@cache
def body_types(kind: type[Event]) -> dict[str, Any]:
    """Return the polars type of each field an event adds to the envelope."""
    types_of = hints(kind)
    return {field.name: _type(types_of[field.name]) for field in own_fields(kind)}


def hints(kind: type[Event]) -> dict[str, Any]:
    """Return the type of each field of an event's class."""
    return typing.get_type_hints(kind)


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
        inner = typing.get_type_hints(hint)
        return pl.Struct({field.name: _type(inner[field.name]) for field in dataclasses.fields(hint)})
    raise TypeError(f"an event field of type {hint!r} has no column type; add it to frame._type")
