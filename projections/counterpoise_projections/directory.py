"""The directory: who and what there is, as it stands by the order of the log. Names stay in their boxes.

`event` is the event that gave a thing its name: a box opens at that place.
"""

from collections.abc import Mapping
from typing import Any

import polars as pl

from counterpoise import frame
from counterpoise.domain.actors import (
    ActorRegistered,
    AudiencesSet,
    FulcrumSet,
    MandateClarified,
    RedLineDeclared,
    RedLineLifted,
)
from counterpoise.domain.events import Event
from counterpoise.domain.members import (
    MemberEnrolled,
    MemberLeft,
    MemberLinked,
    MemberUnlinked,
    RoleGranted,
    RoleRevoked,
)
from counterpoise.domain.pilots import (
    ActorInvited,
    ActorWithdrew,
    CharterSet,
    InvitationAnswered,
    LevelChosen,
    PilotClosed,
    PilotProposed,
    StageEntered,
)
from counterpoise.domain.steps import StepAbandoned, StepCompleted, StepPaused, StepPlanned, StepStarted
from counterpoise.domain.theatres import ContextShifted, TheatreClosed, TheatreOpened
from counterpoise_projections.histories import memberships, standing_at, visibilities

HEARD = frame.body_types(AudiencesSet)["audiences"]
LINE = {"red_line": pl.String, "touch": pl.String, "of": pl.String, "only_in": pl.String, "event": pl.String}
ROLE = {"pilot": pl.String, "role": pl.String}

ACTORS: dict[str, Any] = {
    "actor": pl.String,
    "name": pl.String,
    "categories": pl.List(pl.String),
    "mandate_edition": pl.Int64,  # 0: none clarified
    "audiences": HEARD,
    "fulcrum": pl.Float64,  # null: its categories' holds
    "fulcrum_doubt": pl.Float64,
    "red_lines": pl.List(pl.Struct(LINE)),
    "event": pl.String,
}

THEATRES: dict[str, Any] = {
    "theatre": pl.String,
    "name": pl.String,
    **{name: kind for name, kind in frame.body_types(ContextShifted).items() if name != "reason"},
    "closed": pl.Boolean,
    "event": pl.String,
    "context_event": pl.String,  # of the newest context
}

MEMBERS: dict[str, Any] = {
    "member": pl.String,
    "actor": pl.String,
    "name": pl.String,
    "language": pl.String,
    "active": pl.Boolean,
    "accounts": pl.List(pl.String),
    "roles": pl.List(pl.Struct(ROLE)),  # an empty pilot: the deployment
    "event": pl.String,
}

PILOTS: dict[str, Any] = {
    "pilot": pl.String,
    "theatre": pl.String,
    "owner": pl.String,
    "title": pl.String,
    "hypothesis": pl.String,
    "format": pl.String,
    "visibility": pl.String,
    "stage": pl.String,
    "level": pl.String,  # empty: none chosen
    "charter": pl.Int64,  # edition; 0: none set
    "joined": pl.List(pl.String),  # in the order of joining
    "unanswered": pl.List(pl.String),
    "scan_label": pl.String,
    "fictional": pl.Boolean,
    "parallel_to": pl.String,
    "closed": pl.Boolean,
    "event": pl.String,
}

STEPS: dict[str, Any] = {
    "pilot": pl.String,
    "step": pl.String,
    "theatre": pl.String,
    "title": pl.String,
    "kind": pl.String,
    "stake": pl.String,
    "safe_to_fail": pl.Boolean,
    "visibility": pl.String,
    "touches": frame.body_types(StepPlanned)["touches"],
    "status": pl.String,
    "started_at": pl.Int64,  # occurred
    "achieved": pl.Float64,
    "event": pl.String,
}

FIRST_STAGE = "framing"
"""The stage of a pilot that has entered no other."""

STATUSES = {
    StepPlanned: "planned",
    StepStarted: "started",
    StepPaused: "paused",
    StepCompleted: "completed",
    StepAbandoned: "abandoned",
}
"""What becomes of a step."""


def actors(log: pl.LazyFrame, *, position: int | None = None) -> pl.LazyFrame:
    """One row an actor: ACTORS, by actor."""
    rows = standing_at(log, position)
    lines = red_lines(rows).group_by("actor", maintain_order=True).agg(red_lines=pl.struct(*LINE))
    return _joined(
        frame.of(rows, ActorRegistered).with_columns(event=frame.event_id()),
        newest(rows, MandateClarified, by="actor").select("actor", mandate_edition="edition"),
        newest(rows, AudiencesSet, by="actor").select("actor", "audiences"),
        newest(rows, FulcrumSet, by="actor").select("actor", "fulcrum", fulcrum_doubt="doubt"),
        lines,
        on="actor",
        schema=ACTORS,
        absent={"mandate_edition": 0, "audiences": [], "red_lines": []},
    )


def red_lines(rows: pl.LazyFrame) -> pl.LazyFrame:
    """One row a red line that is held: actor and the fields of LINE, by (actor, red_line)."""
    declared = frame.of(rows, RedLineDeclared).with_columns(event=frame.event_id())
    lifted = frame.of(rows, RedLineLifted).select("actor", "red_line", "position")
    return (
        pl.concat([declared.select("actor", *LINE, "position"), lifted], how="diagonal")
        .sort("position")
        .unique(["actor", "red_line"], keep="last")
        .filter(pl.col("event").is_not_null())
        .select("actor", *LINE)
        .sort("actor", "red_line")
    )


def theatres(log: pl.LazyFrame, *, position: int | None = None) -> pl.LazyFrame:
    """One row a theatre: THEATRES, by theatre; the context is the newest, in the order of the log."""
    rows = standing_at(log, position)
    context = [name for name in frame.body_types(ContextShifted) if name != "reason"]
    opened = frame.of(rows, TheatreOpened).with_columns(event=frame.event_id())
    newest_context = (
        pl.concat(
            each.select("theatre", "position", *context, context_event=frame.event_id())
            for each in (opened, frame.of(rows, ContextShifted))
        )
        .sort("position")
        .unique("theatre", keep="last")
        .drop("position")
    )
    return _joined(
        opened.drop(*context),
        newest_context,
        frame.of(rows, TheatreClosed).select("theatre", closed=pl.lit(value=True)).unique("theatre"),
        on="theatre",
        schema=THEATRES,
        absent={"closed": False},
    )


def members(log: pl.LazyFrame, *, position: int | None = None) -> pl.LazyFrame:
    """One row a member: MEMBERS, by member; roles by (pilot, role)."""
    rows = standing_at(log, position).with_columns(member=pl.col("stream").str.strip_prefix("member:"))
    granted = (
        pl.concat(
            frame.of(rows, kind).select("member", *ROLE, "position", held=pl.lit(kind is RoleGranted))
            for kind in (RoleGranted, RoleRevoked)
        )
        .sort("position")
        .unique(["member", "pilot", "role"], keep="last")
        .filter("held")
        .sort("pilot", "role")
        .group_by("member", maintain_order=True)
        .agg(roles=pl.struct(*ROLE))
    )
    left = frame.of(rows, MemberLeft).select("member", active=pl.lit(value=False)).unique("member")
    accounts = (
        pl.concat(
            frame.of(rows, kind).select("member", "account", "position", held=pl.lit(kind is MemberLinked))
            for kind in (MemberLinked, MemberUnlinked)
        )
        .sort("position")
        .unique(["member", "account"], keep="last")
        .filter("held")
        .join(left, on="member", how="anti")
        .group_by("member")
        .agg(accounts=pl.col("account").sort())
    )
    return _joined(
        frame.of(rows, MemberEnrolled).with_columns(event=frame.event_id()),
        accounts,
        granted,
        left,
        on="member",
        schema=MEMBERS,
        absent={"active": True, "accounts": [], "roles": []},
    )


def pilots(log: pl.LazyFrame, *, position: int | None = None) -> pl.LazyFrame:
    """One row a pilot: PILOTS, by pilot."""
    rows = standing_at(log, position)
    proposed = frame.of(rows, PilotProposed).with_columns(owner="actor", event=frame.event_id())
    together = (
        memberships(rows)
        .filter(pl.col("until").is_null())
        .group_by("pilot", maintain_order=True)
        .agg(joined="actor")
    )
    waiting = (
        invitations(rows)
        .filter(~pl.col("answered"))
        .group_by("pilot", maintain_order=True)
        .agg(unanswered="actor")
    )
    return _joined(
        proposed.drop("visibility"),
        visibilities(rows).unique("pilot", keep="last").select("pilot", "visibility"),
        newest(rows, StageEntered, by="pilot").select("pilot", "stage"),
        newest(rows, LevelChosen, by="pilot").select("pilot", "level"),
        newest(rows, CharterSet, by="pilot").select("pilot", charter="edition"),
        together,
        waiting,
        frame.of(rows, PilotClosed).select("pilot", closed=pl.lit(value=True)).unique("pilot"),
        on="pilot",
        schema=PILOTS,
        absent={
            "stage": FIRST_STAGE,
            "level": "",
            "charter": 0,
            "joined": [],
            "unanswered": [],
            "closed": False,
        },
    )


def invitations(rows: pl.LazyFrame) -> pl.LazyFrame:
    """One row a pilot and actor invited: pilot, actor, answered (since), event of the invitation; by both."""
    invited = frame.of(rows, ActorInvited).with_columns(actor="invited", event=frame.event_id())
    replied = (frame.of(rows, kind) for kind in (InvitationAnswered, ActorWithdrew))
    columns = ("pilot", "actor", "position")
    last = pl.concat(each.select(*columns) for each in (invited, *replied)).group_by("pilot", "actor").max()
    return (
        invited.sort("position")
        .unique(["pilot", "actor"], keep="last")
        .join(last.rename({"position": "replied"}), on=["pilot", "actor"])
        .select("pilot", "actor", "event", answered=pl.col("replied") > pl.col("position"))
        .sort("pilot", "actor")
    )


def steps(log: pl.LazyFrame, *, position: int | None = None) -> pl.LazyFrame:
    """One row a step: STEPS, by (pilot, step)."""
    rows = standing_at(log, position)
    planned = frame.of(rows, StepPlanned).with_columns(event=frame.event_id())
    happened = pl.concat(
        frame.of(rows, kind).select("pilot", "step", "position", "occurred_at", status=pl.lit(status))
        for kind, status in STATUSES.items()
    ).sort("position")
    status = happened.unique(["pilot", "step"], keep="last").select("pilot", "step", "status")
    started = (
        happened.filter(pl.col("status") == STATUSES[StepStarted])
        .unique(["pilot", "step"], keep="first")
        .select("pilot", "step", started_at="occurred_at")
    )
    completed = newest(rows, StepCompleted, by=("pilot", "step")).select("pilot", "step", "achieved")
    return _joined(planned, status, started, completed, on=("pilot", "step"), schema=STEPS, absent={})


def newest(rows: pl.LazyFrame, kind: type[Event], *, by: str | tuple[str, ...]) -> pl.LazyFrame:
    """Return the last event of a kind for each of what `by` names, in the order of the log."""
    return frame.of(rows, kind).sort("position").unique(by, keep="last")


def _joined(
    first: pl.LazyFrame,
    *others: pl.LazyFrame,
    on: str | tuple[str, ...],
    schema: Mapping[str, Any],
    absent: Mapping[str, object],
) -> pl.LazyFrame:
    """Return the columns of `schema` of what tables say of the same things; `absent` where none says it."""
    keys = [on] if isinstance(on, str) else list(on)
    for other in others:
        first = first.join(other, on=keys, how="left")
    present = {name: pl.col(name).fill_null(pl.lit(value, schema[name])) for name, value in absent.items()}
    return first.with_columns(**present).select(*schema).sort(keys)
