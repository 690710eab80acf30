"""Verbs on steps: planned, started through the gates, paused, completed, abandoned; red lines and exceptions."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from counterpoise.application.circumstances import PLAIN, Circumstances
from counterpoise.application.desk import COORDINATING, TAKING_PART, Desk
from counterpoise.application.seen import Seen
from counterpoise.domain import steps
from counterpoise.domain.actors import NoSuchRedLine, RedLineDeclared, held, registered
from counterpoise.domain.events import Act, Event
from counterpoise.domain.steps import Touch
from counterpoise.policy import Action, Item, Member, decide
from counterpoise.store.log import Receipt


class Steps:
    """What is done with the steps of a pilot."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def plan(
        self,
        by: Member,
        *,
        pilot: str,
        title: str,
        hypothesis: str = "",
        kind: str = "hypothesis_test",
        stake: str = "normal",
        safe_to_fail: bool = False,
        visibility: str = "",
        touches: tuple[Touch, ...] = (),
        measures: Mapping[str, float] | None = None,
        how: Circumstances = PLAIN,
    ) -> Receipt:
        """Plan a step: what it touches, how it is measured, what is at stake."""
        step = self._desk.ids()
        said: dict[str, Any] = {
            "title": title,
            "hypothesis": hypothesis,
            "kind": kind,
            "stake": stake,
            "safe_to_fail": safe_to_fail,
            "visibility": visibility,
            "touches": touches,
            "measures": measures or {},
        }
        return self._record(
            by,
            "plan",
            pilot,
            step,
            said,
            lambda seen, act: steps.plan(seen.pilot(pilot), step=step, tables=seen.tables, act=act, **said),
            how,
        )

    def start(self, by: Member, *, pilot: str, step: str, how: Circumstances = PLAIN) -> Receipt:
        """Start a step, or take it up again; every gate that is shut is named in the refusal."""
        return self._record(
            by,
            "start",
            pilot,
            step,
            {},
            lambda seen, act: steps.start(
                seen.pilot(pilot), step=step, gates=seen.gates(pilot, step), act=act
            ),
            how,
        )

    def pause(
        self, by: Member, *, pilot: str, step: str, reason: str = "", how: Circumstances = PLAIN
    ) -> Receipt:
        """Pause a step that runs."""
        said: dict[str, Any] = {"reason": reason}
        return self._record(
            by,
            "pause",
            pilot,
            step,
            said,
            lambda seen, act: steps.pause(seen.pilot(pilot), step=step, act=act, **said),
            how,
        )

    def complete(
        self,
        by: Member,
        *,
        pilot: str,
        step: str,
        achieved: float,
        took_part: tuple[str, ...] = (),
        results: Mapping[str, float] | None = None,
        words: str = "",
        how: Circumstances = PLAIN,
    ) -> Receipt:
        """Complete a step: the share achieved, who took part, what the measures came to."""
        said: dict[str, Any] = {
            "achieved": achieved,
            "took_part": took_part,
            "results": results or {},
            "words": words,
        }
        return self._record(
            by,
            "complete",
            pilot,
            step,
            said,
            lambda seen, act: steps.complete(seen.pilot(pilot), step=step, act=act, **said),
            how,
        )

    def abandon(
        self, by: Member, *, pilot: str, step: str, reason: str, how: Circumstances = PLAIN
    ) -> Receipt:
        """Abandon a step."""
        said: dict[str, Any] = {"reason": reason}
        return self._record(
            by,
            "abandon",
            pilot,
            step,
            said,
            lambda seen, act: steps.abandon(seen.pilot(pilot), step=step, act=act, **said),
            how,
        )

    def override_gate(
        self, by: Member, *, pilot: str, step: str, gate: str, reason: str, how: Circumstances = PLAIN
    ) -> Receipt:
        """Let a step start although a gate is shut, for a reason that stands in the log. Never a red line."""
        said: dict[str, Any] = {"gate": gate, "reason": reason}
        return self._record(
            by,
            "override",
            pilot,
            step,
            said,
            lambda seen, act: steps.override_gate(
                seen.pilot(pilot), step=step, gates=seen.gates(pilot, step), act=act, **said
            ),
            how,
        )

    def grant_exception(
        self,
        by: Member,
        *,
        pilot: str,
        step: str,
        touch: Touch,
        reason: str,
        limits: str,
        until: int,
        how: Circumstances = PLAIN,
    ) -> Receipt:
        """Grant an exception with its limits and its end (microseconds UTC)."""
        said: dict[str, Any] = {"touch": touch, "reason": reason, "limits": limits, "until": until}
        return self._record(
            by,
            "exception",
            pilot,
            step,
            said,
            lambda seen, act: steps.grant_exception(
                seen.pilot(pilot), step=step, tables=seen.tables, act=act, **said
            ),
            how,
        )

    def waive_red_line(
        self, by: Member, *, pilot: str, step: str, red_line: str, reason: str, how: Circumstances = PLAIN
    ) -> Receipt:
        """Waive a red line of one's own organisation for one step."""
        said: dict[str, Any] = {"red_line": red_line, "reason": reason}

        def decide(seen: Seen, act: Act) -> Event:
            held(registered(seen.actor(by.actor)), red_line)
            return steps.waive_red_line(seen.pilot(pilot), step=step, owner=by.actor, act=act, **said)

        return self._record(by, "waive", pilot, step, said, decide, how, role=TAKING_PART)

    def cross_red_line(
        self,
        by: Member,
        *,
        pilot: str,
        red_line: str,
        owner: str,
        by_actor: str,
        step: str = "",
        words: str = "",
        how: Circumstances = PLAIN,
    ) -> Receipt:
        """Note that a red line was crossed."""
        said: dict[str, Any] = {"red_line": red_line, "owner": owner, "by": by_actor, "words": words}

        def decide(seen: Seen, act: Act) -> Event:
            if owner == by.actor:
                held(registered(seen.actor(owner)), red_line)
            elif not _drawn(by, seen, owner, red_line):
                raise NoSuchRedLine(
                    f"{red_line} is no red line of theirs.",
                    owner="you",
                    remedy="Check its id, or let its owner note it.",
                )
            return steps.cross_red_line(seen.pilot(pilot), step=step, act=act, **said)

        return self._record(by, "cross", pilot, step, said, decide, how, role=TAKING_PART)

    def _record(
        self,
        by: Member,
        verb: str,
        pilot: str,
        step: str,
        said: Mapping[str, Any],
        decide: Callable[[Seen, Act], Event],
        how: Circumstances,
        *,
        role: Sequence[str] = COORDINATING,
    ) -> Receipt:
        planned = {} if verb == "plan" else {"step": step}
        return self._desk.record(
            by,
            f"step-{verb}",
            lambda seen, act: [decide(seen, act)],
            given={**said, **planned, "pilot": pilot},
            how=how,
            pilot=pilot,
            role=role,
            answer={"pilot": pilot, "step": step},
        )


def _drawn(by: Member, seen: Seen, owner: str, red_line: str) -> bool:
    """Return whether an actor holds a red line that the member may know of."""
    actor = seen.actor(owner)
    declared = (
        event
        for event in seen.standing(f"actor:{owner}")
        if isinstance(event, RedLineDeclared) and event.red_line == red_line
    )
    return bool(
        actor
        and red_line in actor.red_lines
        and any(decide(by, Action.READ_SKELETON, Item.of(event)).allowed for event in declared)
    )
