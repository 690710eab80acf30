"""Questions about steps and scans under way: what a step's card says, whose scans are in, what a scan would say."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import polars as pl

from counterpoise import frame, policy
from counterpoise.application.coming import row
from counterpoise.application.evidence import Evidence
from counterpoise.application.names import Names
from counterpoise.application.shown import DAY, SCANS, Shown, tables_of
from counterpoise.domain import scans
from counterpoise.domain.actors import MandateClarified
from counterpoise.domain.events import LABELS, Act
from counterpoise.domain.pilots import (
    ActorInvited,
    CharterSet,
    LevelChosen,
    OutcomeStated,
    Pilot,
    PilotClosed,
    PositionTaken,
    RoundClosed,
    RoundOpened,
    ScansOpened,
    StageEntered,
    running,
)
from counterpoise.domain.scans import ScanRecorded
from counterpoise.domain.steps import StepAbandoned, StepCompleted, StepPaused, StepPlanned, StepStarted
from counterpoise.policy import ONLOOKER, Member, Visible
from counterpoise_projections import balances, directory, readiness, rounds, scales

Rows = tuple[Mapping[str, Any], ...]
Showing = Callable[..., Shown]

LINE = "red-line/"
"""What the gates of red lines begin with: then their owner and the line."""


TAKING_PART = frozenset({"participant", "coordinator"})
TURNS = (
    StepPlanned,
    StepStarted,
    StepPaused,
    StepCompleted,
    StepAbandoned,
    OutcomeStated,
    StageEntered,
    ScansOpened,
    LevelChosen,
    CharterSet,
    PositionTaken,
    PilotClosed,
)
"""What changes where a pilot stands."""

OWN = ("scores", "audiences", "cares", "fulcrum", "fulcrum_doubt", "red_line", "stage")
"""What a scan says, beside its words."""


class Steps:
    """What a member may ask about the steps of a pilot they know of, and about its scans."""

    def __init__(self, shown: Showing) -> None:
        self._shown = shown

    def cards(self, reader: Member, *, pilot: str) -> Visible[Rows]:
        """Return each step that the reader may read as its card tells it, in the order they were planned.

        `positions` is one row an organisation, its newest; `gates` and `lines` what holds the step, `rounds` the
        phases asked about; `label` the strictest of what went in.
        """
        shown = self._known(reader, pilot)
        names = Names(shown)
        gates = self._gates(shown, names, pilot)
        steps = directory.steps(shown.rows.value).filter(pl.col("pilot") == pilot).collect().to_dicts()
        found = [
            _card(shown, names, each, [gate for gate in gates if gate["step"] == each["step"]])
            for each in steps
        ]
        ordered = sorted(found, key=lambda card: card["planned_at"])
        return policy.computed(tuple(ordered), basis=shown.rows)

    def card(self, reader: Member, *, pilot: str, step: str) -> Visible[Mapping[str, Any]]:
        """Return one of `cards`; an empty mapping where the reader may not read the step."""
        cards = self.cards(reader, pilot=pilot)
        found = next((card for card in cards.value if card["step"] == step), {})
        return policy.computed(found, basis=[cards])

    def scans(self, reader: Member, *, pilot: str) -> Visible[Mapping[str, Any]]:
        """Return how far a stage's scans are: stage, opened, `done` and `asked` (actors), `own`, `doubts` (by word).

        That a scan is in is known to all on the pilot; what it says is not. `own` is the reader's organisation's
        standing scan as fields, None where there is none.
        """
        shown = self._known(reader, pilot)
        (row,) = directory.pilots(shown.standing).filter(pl.col("pilot") == pilot).collect().to_dicts()
        readings = scales.readings(shown.standing).filter(
            (pl.col("pilot") == pilot) & (pl.col("stage") == row["stage"])
        )
        standing = readings.sort("position").unique("actor", keep="last").sort("actor").collect().to_dicts()
        asked = tuple(sorted({*row["joined"], *row["unanswered"]}))
        told = {
            "stage": row["stage"],
            "closed": row["closed"],
            "asked": asked,
            "done": tuple(each["actor"] for each in standing if each["actor"] in asked),
            "opened": _opened(shown.standing, pilot, row["stage"]),
            "own": self._own(shown, reader, pilot, row["stage"]),
            "doubts": dict(tables_of(shown.standing)["doubts"]),
        }
        return policy.computed(told, basis=shown.skeletons)

    def preview(
        self,
        reader: Member,
        *,
        pilot: str,
        scores: Mapping[str, float],
        doubts: Mapping[str, float] | None = None,
        audiences: Mapping[str, float] | None = None,
        cares: Mapping[str, Mapping[str, float]] | None = None,
        fulcrum: float | None = None,
        fulcrum_doubt: float | None = None,
        red_line: bool = False,
    ) -> Visible[Mapping[str, Any]]:
        """Return the balance that a scan of the reader's organisation would have, as `balances` gives it.

        Nothing is recorded. BadValue where it could not be weighed.
        """
        shown = self._known(reader, pilot)
        tables = tables_of(shown.rows.value)
        (standing,) = directory.pilots(shown.standing).filter(pl.col("pilot") == pilot).collect().to_dicts()
        at = int(shown.day * DAY)
        said = scans.scanned(
            _as_pilot(standing),
            scores=scores,
            doubts=doubts or {},
            weights={},
            audiences=audiences or {},
            cares=cares or {},
            fulcrum=fulcrum,
            fulcrum_doubt=fulcrum_doubt,
            red_line=red_line,
            words="",
            tables=tables,
            act=Act(at=at, occurred_at=at, actor=reader.actor, group=(reader.actor,)),
        )
        last = shown.moment.position
        coming = pl.LazyFrame(
            [row(ScanRecorded(**said), position=last + 1, version=last + 1)], schema=frame.FRAME
        )
        rows = pl.concat([shown.rows.value, coming], how="diagonal").collect().lazy()
        known = Evidence(rows, tables)
        weighed = balances.weighed(known, tables, day=shown.day, own=reader.actor, pilot=pilot)
        own = balances.table(weighed, tables).filter(pl.col("actor") == reader.actor).collect().to_dicts()
        return policy.computed(own[0] if own else {}, basis=shown.rows)

    def rounds(self, readers: Sequence[Member], *, now: int) -> Visible[Rows]:
        """One row a round that is open at `now` and member who takes part: person, pilot, step, phase, since, answered.

        Each row is known to its person: rounds of their pilots, and whether they answered.
        """
        rows = self._pilots_and(self._shown(ONLOOKER), "reflection:")
        found = rounds.rounds(rows, now=now).collect().to_dicts()
        said = set(rounds.answers(rows).collect().iter_rows())
        asked = [
            {
                "person": reader.id,
                **{name: each[name] for name in ("pilot", "step", "phase", "since")},
                "answered": (
                    each["pilot"],
                    each["step"],
                    each["phase"],
                    reader.pseudonyms.get(each["pilot"], ""),
                )
                in said,
            }
            for each in found
            for reader in readers
            if TAKING_PART & reader.roles.get(each["pilot"], frozenset())
        ]
        return policy.public(tuple(asked))

    def touched(self, *, after: int) -> Visible[Mapping[str, Any]]:
        """Return the position of the log, and the pilots of which something happened after another: ids alone."""
        shown = self._shown(ONLOOKER)
        fresh = shown.recorded.filter((pl.col("position") > after) & (pl.col("pilot") != ""))
        pilots = tuple(fresh.select("pilot").unique().sort("pilot").collect()["pilot"].to_list())
        return policy.public({"position": shown.moment.position, "pilots": pilots})

    def happened(self, reader: Member, *, after: int, until: int) -> Visible[Rows]:
        """One row an event that changed where a pilot stands: topic, pilot and step by name, when; in order.

        `after` and `until` are microseconds UTC, of recording. Only what the reader may read.
        """
        shown = self._shown(reader)
        recent = (pl.col("recorded_at") > after) & (pl.col("recorded_at") <= until)
        topics = [kind.TOPIC for kind in TURNS]
        rows = shown.rows.value.filter(recent & pl.col("topic").is_in(topics)).sort("position").collect()
        names = Names(shown)
        return policy.computed(tuple(_turn(each, names) for each in rows.to_dicts()), basis=shown.rows)

    def invitation(self, reader: Member, *, pilot: str) -> Visible[Mapping[str, Any]]:
        """Return the newest invitation of the reader's organisation: framing, visibility, by whom; {} without one."""
        shown = self._known(reader, pilot)
        asked = frame.of(shown.rows.value, ActorInvited).filter(
            (pl.col("pilot") == pilot) & (pl.col("invited") == reader.actor)
        )
        found = _last(asked.sort("position").collect().to_dicts())
        if not found:
            return policy.computed({}, basis=shown.rows)
        told = {"visibility": found["visibility"], "by": Names(shown).of("actor", found["actor"])}
        told |= {"actor": found["actor"], "label": found["label"]}
        return policy.computed(told | {"framing": _words(shown, found, "framing")}, basis=shown.rows)

    def mandates(self, reader: Member, *, pilot: str) -> Visible[Rows]:
        """One row a partner of the reader's organisation that has clarified its mandate: its words, by name."""
        shown = self._known(reader, pilot)
        (standing,) = directory.pilots(shown.standing).filter(pl.col("pilot") == pilot).collect().to_dicts()
        newest = directory.newest(shown.rows.value, MandateClarified, by="actor").collect().to_dicts()
        names = Names(shown)
        partners = [
            each for each in newest if each["actor"] in standing["joined"] and each["actor"] != reader.actor
        ]
        rows = tuple(
            {
                "actor": each["actor"],
                "name": names.of("actor", each["actor"]),
                "edition": each["edition"],
                "label": each["label"],
                **{field: _words(shown, each, field) for field in ("mandate", "incentives", "fears")},
            }
            for each in partners
        )
        return policy.computed(tuple(sorted(rows, key=lambda each: each["name"])), basis=shown.rows)

    def _known(self, reader: Member, pilot: str) -> Shown:
        """Return the log for the reader; a pilot they do not know of is refused as one that does not exist."""
        shown: Shown = self._shown(reader)
        if not policy.knows(reader, pilot):
            running(None)
        return shown

    def _pilots_and(self, shown: Shown, *more: str) -> pl.LazyFrame:
        """Return the rows of pilots' streams, and of more, as they stand: ids and states, nobody's words."""
        wanted = pl.any_horizontal(pl.col("stream").str.starts_with(kind) for kind in ("pilot:", *more))
        return frame.standing(shown.recorded.filter(wanted)).collect().lazy()

    def _gates(self, shown: Shown, names: Names, pilot: str) -> list[Mapping[str, Any]]:
        """Return the gates of a pilot's steps: the same for everybody on it, with names beside ids."""
        gates = readiness.readiness(shown.standing, tables_of(shown.standing)).filter(
            pl.col("pilot") == pilot
        )
        return [
            {
                **gate,
                "owner_name": names.of("actor", gate["owner"]),
                "about_name": names.of("actor", gate["rule"].rpartition("/")[2]),
            }
            for gate in gates.collect().to_dicts()
        ]

    def _own(self, shown: Shown, reader: Member, pilot: str, stage: str) -> Mapping[str, Any] | None:
        """Return the reader's organisation's scan of a stage as it stands, with its words."""
        stream = scans.stream_of(pilot, reader.actor, stage)
        found = [each for each in shown.each(*SCANS) if each["stream"] == stream]
        if not found:
            return None
        read = json.loads(found[-1]["body"])
        return {
            **{name: read.get(name) for name in OWN},
            "words": shown.words(found[-1], "words"),
            "label": found[-1]["own_label"],
        }


def _card(
    shown: Shown, names: Names, row: Mapping[str, Any], gates: Sequence[Mapping[str, Any]]
) -> Mapping[str, Any]:
    """Return a step as its card tells it."""
    step = row["step"]
    planned = _of_step(shown, step, StepPlanned)[-1]
    taken = _positions(shown, step, names)
    outcome = _last(_of_step(shown, step, OutcomeStated))
    told = [planned, *taken, *([outcome] if outcome else [])]
    return {
        **row,
        "title": names.of("step", step),
        "pilot_title": names.of("pilot", row["pilot"]),
        "hypothesis": _words(shown, planned, "hypothesis"),
        "owner": planned["actor"],
        "owner_name": names.of("actor", planned["actor"]),
        "positions": tuple(_position(shown, each, names) for each in taken),
        "gates": tuple(gate for gate in gates if not gate["rule"].startswith(LINE)),
        "lines": _lines(shown, [gate for gate in gates if gate["rule"].startswith(LINE)]),
        "rounds": _open_rounds(shown, step),
        "outcome": outcome["outcome"] if outcome else "",
        "outcome_words": _words(shown, outcome, "words") if outcome else "",
        "outcome_event": f"{outcome['stream']}#{outcome['version']}" if outcome else "",
        "outcome_by": (outcome["actor"], outcome["label"]) if outcome else ("", ""),
        "planned_by": (planned["actor"], planned["label"]),
        "label": max((each["label"] for each in told), key=LABELS.index),
        "planned_at": planned["position"],
    }


def _turn(row: Mapping[str, Any], names: Names) -> Mapping[str, Any]:
    """Return what changed where a pilot stands, in names."""
    body = json.loads(row["body"])
    return {
        "topic": row["topic"],
        "pilot": row["pilot"],
        "pilot_title": names.of("pilot", row["pilot"]),
        "step": body.get("step", ""),
        "step_title": names.of("step", body["step"]) if body.get("step") else "",
        "stage": body.get("stage", ""),
        "position": body.get("position", ""),
        "actor_name": names.of("actor", row["actor"]) if row["attributed"] and row["actor"] else "",
        "actor": row["actor"] if row["attributed"] else "",
        "recorded_at": row["recorded_at"],
        "label": row["label"],
    }


def _opened(rows: pl.LazyFrame, pilot: str, stage: str) -> bool:
    """Return whether a stage's scans are open: opened since it was last entered."""
    here = (pl.col("pilot") == pilot) & (pl.col("stage") == stage)
    last = [
        int(frame.of(rows, kind).filter(here).select(pl.col("position").max()).collect().item() or 0)
        for kind in (StageEntered, ScansOpened)
    ]
    return last[1] > last[0]


def _words(shown: Shown, read: Mapping[str, Any], field: str) -> str:
    """Return the words of a field of a visible row whose fields stand as columns."""
    return shown.words({**read, "body": json.dumps({field: read[field]})}, field)


def _of_step(shown: Shown, step: str, kind: type[Any]) -> list[dict[str, Any]]:
    """Return the visible events of a kind about a step, in order, their fields as columns.

    They are ordered first: a position taken is a field too, and its word stands in place of the log's.
    """
    ordered = shown.rows.value.sort("position")
    return frame.of(ordered, kind).filter(pl.col("step") == step).collect().to_dicts()


def _positions(shown: Shown, step: str, names: Names) -> list[dict[str, Any]]:
    """Return the newest position of each organisation on a step, by its name."""
    newest = {each["actor"]: each for each in _of_step(shown, step, PositionTaken)}
    return sorted(newest.values(), key=lambda each: names.of("actor", each["actor"]))


def _position(shown: Shown, row: dict[str, Any], names: Names) -> Mapping[str, Any]:
    attributed = bool(row["attributed"])
    return {
        "actor": row["actor"] if attributed else "",
        "name": names.of("actor", row["actor"]) if attributed else "",
        "position": row["position"],
        "reason": _words(shown, row, "reason"),
        "label": row["label"],
        "event": f"{row['stream']}#{row['version']}",
    }


def _lines(shown: Shown, gates: Sequence[Mapping[str, Any]]) -> Rows:
    """Return the red lines a step touches: whose, what they keep out, in whose words, whether waived."""
    declared = {
        (each["actor"], each["red_line"]): each
        for each in directory.red_lines(shown.rows.value).collect().to_dicts()
    }
    events = [each["event"] for each in declared.values()]
    named = shown.rows.value.with_columns(event=frame.event_id()).filter(pl.col("event").is_in(events))
    rows = {each["event"]: each for each in named.collect().iter_rows(named=True)}
    words = {event: (shown.words(each, "words"), each["label"]) for event, each in rows.items()}
    return tuple(_line(gate, declared, words) for gate in gates)


def _line(
    gate: Mapping[str, Any],
    declared: Mapping[tuple[str, str], Mapping[str, Any]],
    words: Mapping[str, tuple[str, str]],
) -> Mapping[str, Any]:
    name = str(gate["rule"]).removeprefix(f"{LINE}{gate['owner']}/")
    found = declared.get((gate["owner"], name), {})
    text, label = words.get(found.get("event", ""), ("", ""))
    return {
        "owner": gate["owner"],
        "owner_name": gate["owner_name"],
        "red_line": name,
        "touch": found.get("touch", ""),
        "of": found.get("of", ""),
        "words": text,
        "label": label,
        "waived": bool(gate["satisfied"]),
    }


def _open_rounds(shown: Shown, step: str) -> tuple[str, ...]:
    """Return the phases in which members are asked about a step, in the order they were opened."""
    both = [(each["position"], each["phase"], True) for each in _of_step(shown, step, RoundOpened)]
    both += [(each["position"], each["phase"], False) for each in _of_step(shown, step, RoundClosed)]
    last = {phase: opened for _, phase, opened in sorted(both)}
    return tuple(phase for phase, opened in last.items() if opened)


def _last(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return rows[-1] if rows else {}


def _as_pilot(row: Mapping[str, Any]) -> Pilot:
    """Return what a scan needs to know of a pilot."""
    fields = ("theatre", "owner", "format", "visibility", "scan_label", "stage")
    return Pilot(id=row["pilot"], **{field: row[field] for field in fields})
