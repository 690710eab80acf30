"""Verbs on settings: theatres, actors and the tables of the deployment."""

from collections.abc import Mapping
from typing import Any

from counterpoise.application.circumstances import PLAIN, Circumstances
from counterpoise.application.desk import Desk, require_administrator
from counterpoise.domain import actors, deployments, theatres
from counterpoise.policy import Member
from counterpoise.store.log import Receipt


class Theatres:
    """What is done with theatres: by administrators, and by coordinators of any pilot."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def open(
        self,
        by: Member,
        *,
        name: str,
        kinds: Mapping[str, float],
        conditions: Mapping[str, float] | None = None,
        audiences: tuple[str, ...] = (),
        visibility_cap: str = "",
        invited_by_host: bool = False,
        how: Circumstances = PLAIN,
    ) -> Receipt:
        """Open a theatre with a mixture of kinds; conditions not given come from the kinds."""
        _require_setting(by)
        theatre = self._desk.ids()
        given = {"name": name, "kinds": kinds, "conditions": conditions or {}, "audiences": audiences}
        return self._desk.record(
            by,
            "theatre-open",
            lambda seen, act: [
                theatres.open_theatre(
                    seen.theatre(theatre),
                    theatre_id=theatre,
                    name=name,
                    kinds=kinds,
                    conditions=conditions or {},
                    audiences=audiences,
                    visibility_cap=visibility_cap,
                    tables=seen.tables,
                    act=act,
                    invited_by_host=invited_by_host,
                )
            ],
            given={**given, "cap": visibility_cap, "invited": invited_by_host},
            how=how,
            answer={"theatre": theatre},
        )

    def shift(
        self,
        by: Member,
        *,
        theatre: str,
        reason: str,
        kinds: Mapping[str, float] | None = None,
        conditions: Mapping[str, float] | None = None,
        audiences: tuple[str, ...] | None = None,
        visibility_cap: str = "",
        how: Circumstances = PLAIN,
    ) -> Receipt:
        """Shift a theatre's context from now on; what is not given stays."""
        _require_setting(by)
        return self._desk.record(
            by,
            "theatre-shift",
            lambda seen, act: [
                theatres.shift_context(
                    seen.theatre(theatre),
                    kinds=kinds,
                    conditions=conditions or {},
                    audiences=audiences,
                    visibility_cap=visibility_cap,
                    reason=reason,
                    tables=seen.tables,
                    act=act,
                )
            ],
            given={
                "theatre": theatre,
                "kinds": kinds,
                "conditions": conditions,
                "audiences": audiences,
                "cap": visibility_cap,
                "reason": reason,
            },
            how=how,
            answer={"theatre": theatre},
        )

    def close(self, by: Member, *, theatre: str, reason: str, how: Circumstances = PLAIN) -> Receipt:
        """Close a theatre."""
        _require_setting(by)
        return self._desk.record(
            by,
            "theatre-close",
            lambda seen, act: [theatres.close_theatre(seen.theatre(theatre), reason=reason, act=act)],
            given={"theatre": theatre, "reason": reason},
            how=how,
            answer={"theatre": theatre},
        )


class Actors:
    """What is done with actors: registered by administrators, described by their own members."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def register(
        self, by: Member, *, name: str, categories: tuple[str, ...], how: Circumstances = PLAIN
    ) -> Receipt:
        """Register an organisation of one or more categories."""
        require_administrator(by)
        actor = self._desk.ids()
        return self._desk.record(
            by,
            "actor-register",
            lambda seen, act: [
                actors.register(
                    seen.actor(actor),
                    actor_id=actor,
                    name=name,
                    categories=categories,
                    tables=seen.tables,
                    act=act,
                )
            ],
            given={"name": name, "categories": categories},
            how=how,
            answer={"actor": actor},
        )

    def clarify_mandate(
        self,
        by: Member,
        *,
        mandate: str,
        incentives: str = "",
        fears: str = "",
        sources_of_legitimacy: tuple[str, ...] = (),
        how: Circumstances = PLAIN,
    ) -> Receipt:
        """Say what one's own organisation is for, hopes and fears."""
        return self._desk.record(
            by,
            "actor-mandate",
            lambda seen, act: [
                actors.clarify_mandate(
                    seen.actor(by.actor),
                    mandate=mandate,
                    incentives=incentives,
                    fears=fears,
                    sources_of_legitimacy=sources_of_legitimacy,
                    tables=seen.tables,
                    act=act,
                )
            ],
            given={"mandate": mandate, "incentives": incentives, "fears": fears, "of": sources_of_legitimacy},
            how=how,
            answer={"actor": by.actor},
        )

    def set_audiences(
        self, by: Member, *, weights: Mapping[str, float], how: Circumstances = PLAIN
    ) -> Receipt:
        """Set whose judgement one's own organisation depends on."""
        return self._desk.record(
            by,
            "actor-audiences",
            lambda seen, act: [actors.set_audiences(seen.actor(by.actor), weights=weights, act=act)],
            given={"weights": weights},
            how=how,
            answer={"actor": by.actor},
        )

    def set_fulcrum(
        self, by: Member, *, fulcrum: float, reason: str, doubt: float = 0.05, how: Circumstances = PLAIN
    ) -> Receipt:
        """Set by how much gains must outweigh risks for one's own organisation."""
        return self._desk.record(
            by,
            "actor-fulcrum",
            lambda seen, act: [
                actors.set_fulcrum(seen.actor(by.actor), fulcrum=fulcrum, doubt=doubt, reason=reason, act=act)
            ],
            given={"fulcrum": fulcrum, "doubt": doubt, "reason": reason},
            how=how,
            answer={"actor": by.actor},
        )

    def declare_red_line(
        self,
        by: Member,
        *,
        red_line: str,
        touch: str,
        of: str = "",
        only_in: str = "",
        words: str = "",
        how: Circumstances = PLAIN,
    ) -> Receipt:
        """Declare a limit one's own organisation will not cross."""
        return self._desk.record(
            by,
            "actor-red-line",
            lambda seen, act: [
                actors.declare_red_line(
                    seen.actor(by.actor),
                    red_line=red_line,
                    touch=touch,
                    of=of,
                    only_in=only_in,
                    words=words,
                    tables=seen.tables,
                    act=act,
                )
            ],
            given={"line": red_line, "touch": touch, "of": of, "in": only_in, "words": words},
            how=how,
            answer={"actor": by.actor, "red_line": red_line},
        )

    def lift_red_line(self, by: Member, *, red_line: str, reason: str, how: Circumstances = PLAIN) -> Receipt:
        """Lift a red line of one's own organisation."""
        return self._desk.record(
            by,
            "actor-lift-red-line",
            lambda seen, act: [
                actors.lift_red_line(seen.actor(by.actor), red_line=red_line, reason=reason, act=act)
            ],
            given={"line": red_line, "reason": reason},
            how=how,
            answer={"actor": by.actor, "red_line": red_line},
        )

    def set_chat_ceiling(self, by: Member, *, ceiling: str, how: Circumstances = PLAIN) -> Receipt:
        """Set the highest label that one's own organisation lets pass through Slack at all; RED never does."""
        return self._desk.record(
            by,
            "actor-chat-ceiling",
            lambda seen, act: [actors.set_chat_ceiling(seen.actor(by.actor), ceiling=ceiling, act=act)],
            given={"ceiling": ceiling},
            how=how,
            answer={"actor": by.actor},
        )


class Deployment:
    """What is done with the deployment itself: by administrators."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def change_policy(
        self, by: Member, *, changes: Mapping[str, Any], reason: str, how: Circumstances = PLAIN
    ) -> Receipt:
        """Change the tables: widen a vocabulary, or set a figure; every later figure names the new version."""
        require_administrator(by)
        return self._desk.record(
            by,
            "policy-change",
            lambda seen, act: [
                deployments.change_policy(seen.deployment(), changes=changes, reason=reason, act=act)
            ],
            given={"changes": changes, "reason": reason},
            how=how,
            label="CLEAR",
        )


def _require_setting(by: Member) -> None:
    coordinates = any("coordinator" in roles for roles in by.roles.values())
    if not coordinates:
        require_administrator(by)
