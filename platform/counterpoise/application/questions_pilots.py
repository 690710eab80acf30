"""Questions about pilots: what there is, what is missing before a step starts, what was learnt."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import polars as pl

from counterpoise import frame, policy
from counterpoise.application.alike import Alike
from counterpoise.application.names import Names
from counterpoise.application.shown import Shown, tables_of
from counterpoise.domain.concerns import ConcernAddedTo, ConcernRaised
from counterpoise.domain.pilots import CharterSet, running
from counterpoise.policy import Member, Visible
from counterpoise_projections import concerns, directory, lessons, readiness

Rows = tuple[Mapping[str, Any], ...]
Showing = Callable[..., Shown]

NAMEABLE = ("actor", "pilot", "theatre", "deployment", "key")
"""The kinds of streams that hold what may be named in conversation, and what was erased of it."""

CHARTER = ("data_ownership", "branding", "public_messaging", "information_limits")


class Pilots:
    """What a member may ask about pilots they know of."""

    def __init__(self, shown: Showing) -> None:
        self._shown = shown
        self._around: Alike[Mapping[str, Any]] = Alike()

    def all(self, reader: Member, *, as_of: str = "") -> Visible[Rows]:
        """One row a pilot the reader knows: title, theatre, format, stage, level, visibility, who joined."""
        shown = self._shown(reader, as_of=as_of)
        names = Names(shown)
        rows = directory.pilots(shown.rows.value).collect().to_dicts()
        return policy.computed(tuple(_titled(row, names) for row in rows), basis=shown.rows)

    def around(self, reader: Member) -> Visible[Mapping[str, Any]]:
        """Return what the reader may name: the rows of `all`, each with its `steps`, and actors' names by id.

        Actors are those that are registered: parties that coded interactions name are not among them.
        """
        shown = self._shown(reader, kinds=NAMEABLE)
        return self._around.of(reader, shown.recorded, lambda: _nameable(shown))

    def steps(self, reader: Member, *, pilot: str, as_of: str = "") -> Visible[Rows]:
        """One row a step of a pilot: title, kind, touches, status, share achieved."""
        shown = self._shown(reader, as_of=as_of)
        _known(reader, pilot)
        names = Names(shown)
        rows = directory.steps(shown.rows.value).filter(pl.col("pilot") == pilot).collect().to_dicts()
        titled = tuple(row | {"title": names.of("step", row["step"])} for row in rows)
        return policy.computed(titled, basis=shown.rows)

    def charter(self, reader: Member, *, pilot: str, as_of: str = "") -> Visible[Mapping[str, Any]]:
        """Return the newest edition of a pilot's charter in words; edition 0 where none is set."""
        shown = self._shown(reader, as_of=as_of)
        _known(reader, pilot)
        editions = [row for row in shown.each(CharterSet.TOPIC) if row["pilot"] == pilot]
        words = {rule: shown.words(editions[-1], rule) if editions else "" for rule in CHARTER}
        return policy.computed({"edition": len(editions), **words}, basis=shown.rows)

    def readiness(self, reader: Member, *, pilot: str = "", as_of: str = "") -> Visible[Rows]:
        """One row a gate of each step that is not ended: who can satisfy it, and what would.

        The same for everybody on the pilot: that a scan is in or missing is known to all, what it says is not.
        """
        shown = self._shown(reader, as_of=as_of)
        if pilot:
            _known(reader, pilot)
        pilots = [pilot] if pilot else [name for name in reader.roles if policy.knows(reader, name)]
        gates = readiness.readiness(shown.standing, tables_of(shown.standing)).filter(
            pl.col("pilot").is_in(pilots)
        )
        known = shown.skeletons.value.select(event=frame.event_id(), known=pl.lit(value=True))
        seen = (
            gates.join(known, on="event", how="left", maintain_order="left")
            .with_columns(event=pl.when("known").then("event"))
            .drop("known")
        )
        names = Names(shown)
        return policy.computed(
            tuple(_in_words(row, names) for row in seen.collect().to_dicts()), basis=shown.skeletons
        )

    def concerns(self, reader: Member, *, pilot: str = "", as_of: str = "", at: str = "") -> Visible[Rows]:
        """One row a concern the reader may read: what it says, how severe, what became of it, and `name`.

        The name is that of an author who chose to be named. `added` are words that whoever raised it without a name
        came back to add.
        """
        shown = self._shown(reader, as_of=as_of, at=at)
        found = concerns.concerns(shown.rows.value, day=shown.day).collect()
        chosen = found.filter(pl.col("pilot") == pilot) if pilot else found
        opened = self._opened(shown, chosen["event"].to_list(), ("words",))
        names = {f"{row['stream']}#{row['version']}": row for row in shown.each(ConcernRaised.TOPIC)}
        added: dict[str, list[str]] = {}
        for each in shown.each(ConcernAddedTo.TOPIC):
            added.setdefault(each["stream"], []).append(shown.words(each, "words"))
        rows = tuple(
            {
                **row,
                **opened[row["event"]],
                "name": shown.name_of(names[row["event"]]),
                "added": tuple(added.get(row["concern"], ())),
            }
            for row in chosen.to_dicts()
        )
        return policy.computed(rows, basis=shown.rows)

    def directory(self, reader: Member, *, kind: str, as_of: str = "") -> Visible[Rows]:
        """One row an actor, theatre or member the reader may know of, with what is set for it."""
        shown = self._shown(reader, as_of=as_of)
        names = Names(shown)
        tables = {"actor": directory.actors, "theatre": directory.theatres, "member": directory.members}
        rows = tables[kind](shown.rows.value).collect().to_dicts()
        named = tuple(row | {"name": names.of(kind, row[kind])} for row in rows)
        return policy.computed(named, basis=shown.rows)

    def lessons(
        self, reader: Member, *, words: str = "", factor: str = "", drafts: bool = False, as_of: str = ""
    ) -> Visible[Rows]:
        """One row a lesson that bears on `words`, the likeliest first, with its title and words opened."""
        shown = self._shown(reader, as_of=as_of)
        found = lessons.lessons(shown.rows.value, drafts=drafts).collect()
        opened = self._opened(shown, found["event"].to_list(), ("title", "words"))
        texts = {event: " ".join(parts.values()) for event, parts in opened.items()}
        ranked = lessons.search(found.lazy(), texts, asked=words, factor=factor).collect().to_dicts()
        return policy.computed(tuple({**row, **opened[row["event"]]} for row in ranked), basis=shown.rows)

    def _opened(
        self, shown: Shown, events: Sequence[str], fields: Sequence[str]
    ) -> Mapping[str, Mapping[str, str]]:
        """Return the words of some fields of visible events, by event."""
        named = shown.rows.value.with_columns(event=frame.event_id()).filter(pl.col("event").is_in(events))
        return {
            row["event"]: {field: shown.words(row, field) for field in fields}
            for row in named.collect().iter_rows(named=True)
        }


def _nameable(shown: Shown) -> Visible[Mapping[str, Any]]:
    names = Names(shown)
    steps: dict[str, list[Mapping[str, Any]]] = {}
    for row in directory.steps(shown.rows.value).collect().iter_rows(named=True):
        steps.setdefault(row["pilot"], []).append(row | {"title": names.of("step", row["step"])})
    pilots = [
        {**_titled(row, names), "steps": steps.get(row["pilot"], [])}
        for row in directory.pilots(shown.rows.value).collect().iter_rows(named=True)
    ]
    return policy.computed({"pilots": pilots, "actors": names.all("actor")}, basis=shown.rows)


def _titled(row: Mapping[str, Any], names: Names) -> Mapping[str, Any]:
    """Return a pilot with its title in words, and the names of its theatre and actors beside their ids."""
    return {
        **{name: value for name, value in row.items() if name != "hypothesis"},
        "title": names.of("pilot", row["pilot"]),
        "theatre_name": names.of("theatre", row["theatre"]),
        "joined_names": [names.of("actor", actor) for actor in row["joined"]],
    }


def _in_words(gate: Mapping[str, Any], names: Names) -> Mapping[str, Any]:
    """Return a gate with names beside ids, and in its remedy."""
    remedy = str(gate["remedy"])
    for actor, name in names.all("actor").items():
        remedy = remedy.replace(actor, name)
    named = {"owner_name": names.of("actor", gate["owner"]), "step_title": names.of("step", gate["step"])}
    return {**gate, **named, "remedy": remedy}


def _known(reader: Member, pilot: str) -> None:
    """Refuse a pilot the reader does not know of, as one that does not exist."""
    if not policy.knows(reader, pilot):
        running(None)
