"""Verbs on pilots: proposing, stages, levels, partners, tweaks, signals, positions, the end."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from counterpoise.application import phases
from counterpoise.application.advice import opening
from counterpoise.application.channels import channel_address, lead, pilot_at
from counterpoise.application.circumstances import PLAIN, Circumstances
from counterpoise.application.desk import COORDINATING, TAKING_PART, Desk, RoleMissing
from counterpoise.application.seen import Seen
from counterpoise.domain import actors, conduct, members, partnership
from counterpoise.domain.events import Act, Event
from counterpoise.domain.refusals import Refusal
from counterpoise.policy import Member
from counterpoise.store.log import Receipt


class Pilots:
    """What is done with a pilot."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def propose(
        self,
        by: Member,
        *,
        theatre: str,
        title: str,
        hypothesis: str = "",
        format: str = "table_top",  # noqa: A002  the word of the field
        visibility: str = "closed",
        fictional: bool = False,
        parallel_to: str = "",
        scan_label: str = "GREEN",
        how: Circumstances = PLAIN,
    ) -> Receipt:
        """Propose a pilot; whoever proposes it coordinates it, and their organisation has joined it."""
        if not (by.administrator or any(by.roles.values())):
            raise RoleMissing(
                "You hold no role yet.", owner="administrator", remedy="An administrator grants you one."
            )
        pilot = self._desk.ids()
        said: dict[str, Any] = {
            "title": title,
            "hypothesis": hypothesis,
            "format": format,
            "visibility": visibility,
            "fictional": fictional,
            "parallel_to": parallel_to,
            "scan_label": scan_label,
        }

        def decision(seen: Seen, act: Act) -> Sequence[Event]:
            named = self._desk.named(by, act, pilot, how.recipients)
            known = by.administrator or seen.knows(by, f"theatre:{theatre}")
            actors.registered(seen.actor(by.actor))
            proposed = conduct.propose(
                seen.pilot(pilot),
                seen.theatre(theatre) if known else None,
                pilot_id=pilot,
                tables=seen.tables,
                act=named,
                **said,
            )
            granted = members.grant(
                seen.member(by.id),
                role="coordinator",
                pilot=pilot,
                theatre=theatre,
                act=replace(act, recipients=named.recipients),
            )
            return [proposed, granted]

        return self._desk.record(
            by,
            "pilot-propose",
            decision,
            given=said | {"theatre": theatre},
            how=how,
            answer={"pilot": pilot},
        )

    def enter_stage(self, by: Member, *, pilot: str, stage: str, how: Circumstances = PLAIN) -> Receipt:
        """Enter the next stage; each joined actor owes a scan of it."""
        receipt = self._conduct(by, "stage", conduct.enter_stage, pilot, {"stage": stage}, how, tables=True)
        with suppress(
            Refusal
        ):  # it is recorded; who has spoken is forgotten with the next release at the latest
            phases.end(self._desk.keys, pilot)
        return receipt

    def choose_level(
        self, by: Member, *, pilot: str, level: str, reason: str = "", how: Circumstances = PLAIN
    ) -> Receipt:
        """Choose the level the pilot is run at."""
        said = {"level": level, "reason": reason}
        return self._conduct(by, "level", conduct.choose_level, pilot, said, how, tables=True)

    def change_visibility(
        self, by: Member, *, pilot: str, visibility: str, reason: str = "", how: Circumstances = PLAIN
    ) -> Receipt:
        """Make the pilot more or less visible."""
        said = {"visibility": visibility, "reason": reason}
        return self._conduct(by, "visibility", conduct.change_visibility, pilot, said, how, tables=True)

    def adopt_tweak(
        self,
        by: Member,
        *,
        pilot: str,
        because_of: str,
        change: str,
        step: str = "",
        safeguards: tuple[str, ...] = (),
        how: Circumstances = PLAIN,
    ) -> Receipt:
        """Adopt a design change because of a reflection or a concern."""
        tweak = self._desk.ids()
        said = {"because_of": because_of, "change": change, "step": step, "safeguards": safeguards}
        return self._conduct(
            by,
            "tweak",
            conduct.adopt_tweak,
            pilot,
            said,
            how,
            fresh={"tweak": tweak},
            answer={"tweak": tweak},
        )

    def plan_analysis(
        self, by: Member, *, pilot: str, plan: str, measures: tuple[str, ...] = (), how: Circumstances = PLAIN
    ) -> Receipt:
        """Set down how results will be read, before there are any."""
        said = {"plan": plan, "measures": measures}
        return self._conduct(by, "analysis", conduct.plan_analysis, pilot, said, how)

    def state_outcome(
        self,
        by: Member,
        *,
        pilot: str,
        outcome: str,
        words: str = "",
        step: str = "",
        how: Circumstances = PLAIN,
    ) -> Receipt:
        """State what came of the pilot or one of its steps."""
        said = {"outcome": outcome, "step": step, "words": words}
        return self._conduct(by, "outcome", conduct.state_outcome, pilot, said, how, tables=True)

    def open_round(
        self, by: Member, *, pilot: str, step: str, phase: str, how: Circumstances = PLAIN
    ) -> Receipt:
        """Ask members to reflect on a step at a phase."""
        said = {"step": step, "phase": phase}
        return self._conduct(by, "round-open", conduct.open_round, pilot, said, how, tables=True)

    def close_round(
        self, by: Member, *, pilot: str, step: str, phase: str, how: Circumstances = PLAIN
    ) -> Receipt:
        """Close a round."""
        said = {"step": step, "phase": phase}
        return self._conduct(by, "round-close", conduct.close_round, pilot, said, how, tables=True)

    def link_channel(
        self, by: Member, *, pilot: str, channel: str, team: str = "", how: Circumstances = PLAIN
    ) -> Receipt:
        """Join a chat channel of a team and the pilot. A channel belongs to one pilot; a pilot may have several."""
        address = channel_address(team, channel)

        def decision(seen: Seen, act: Act) -> Sequence[Event]:
            self._free(seen, by, pilot, address)
            joined = conduct.channels(seen.events(f"pilot:{pilot}"))
            return [conduct.link_channel(seen.pilot(pilot), channel=address, joined=joined, act=act)]

        return self._channel(by, "channel-link", decision, pilot, team, channel, how)

    def unlink_channel(
        self, by: Member, *, pilot: str, channel: str, team: str = "", how: Circumstances = PLAIN
    ) -> Receipt:
        """Part a chat channel of a team from the pilot."""
        address = channel_address(team, channel)

        def decision(seen: Seen, act: Act) -> Sequence[Event]:
            joined = conduct.channels(seen.events(f"pilot:{pilot}"))
            return [conduct.unlink_channel(seen.pilot(pilot), channel=address, joined=joined, act=act)]

        return self._channel(by, "channel-unlink", decision, pilot, team, channel, how)

    def close(self, by: Member, *, pilot: str, reason: str, how: Circumstances = PLAIN) -> Receipt:
        """End the pilot."""
        receipt = self._conduct(by, "close", conduct.close, pilot, {"reason": reason}, how)
        with suppress(
            Refusal
        ):  # it is recorded; who has spoken is forgotten with the next release at the latest
            phases.end(self._desk.keys, pilot)
        return receipt

    def set_charter(
        self,
        by: Member,
        *,
        pilot: str,
        data_ownership: str,
        branding: str,
        public_messaging: str,
        information_limits: str = "",
        how: Circumstances = PLAIN,
    ) -> Receipt:
        """Set the charter in a new edition; every joined actor accepts it anew."""
        said = {
            "data_ownership": data_ownership,
            "branding": branding,
            "public_messaging": public_messaging,
            "information_limits": information_limits,
        }
        return self._conduct(by, "charter", partnership.set_charter, pilot, said, how)

    def invite(
        self,
        by: Member,
        *,
        pilot: str,
        actor: str,
        framing: str,
        visibility: str = "closed",
        how: Circumstances = PLAIN,
    ) -> Receipt:
        """Invite an actor under a framing and a visibility it will judge."""
        said: dict[str, Any] = {"framing": framing, "visibility": visibility}
        return self._desk.record(
            by,
            "pilot-invite",
            lambda seen, act: [
                partnership.invite(seen.pilot(pilot), seen.actor(actor), tables=seen.tables, act=act, **said)
            ],
            given=said | {"pilot": pilot, "actor": actor},
            how=how,
            pilot=pilot,
            role=COORDINATING,
            answer={"pilot": pilot},
        )

    def answer(
        self,
        by: Member,
        *,
        pilot: str,
        reply: str,
        reason_codes: tuple[str, ...] = (),
        reasons: str = "",
        conditions: str = "",
        accepted_format: str = "",
        preferred_framing: str = "",
        how: Circumstances = PLAIN,
    ) -> Receipt:
        """Answer an invitation for one's own organisation; the scans open if it was the last thing missing."""
        said = {
            "reply": reply,
            "reason_codes": reason_codes,
            "reasons": reasons,
            "conditions": conditions,
            "accepted_format": accepted_format,
            "preferred_framing": preferred_framing,
        }
        return self._partner(by, "answer", partnership.answer, pilot, said, how, opens=True)

    def withdraw(
        self,
        by: Member,
        *,
        pilot: str,
        reason_codes: tuple[str, ...] = (),
        reasons: str = "",
        how: Circumstances = PLAIN,
    ) -> Receipt:
        """Take one's own organisation out of the pilot."""
        said = {"reason_codes": reason_codes, "reasons": reasons}
        return self._partner(by, "withdraw", partnership.withdraw, pilot, said, how, opens=True)

    def accept_charter(
        self, by: Member, *, pilot: str, edition: int = 0, how: Circumstances = PLAIN
    ) -> Receipt:
        """Accept the charter's newest edition for one's own organisation."""
        return self._desk.record(
            by,
            "pilot-accept",
            lambda seen, act: [partnership.accept_charter(seen.pilot(pilot), edition=edition, act=act)],
            given={"pilot": pilot, "edition": edition},
            how=how,
            pilot=pilot,
            role=TAKING_PART,
            answer={"pilot": pilot},
        )

    def acknowledge_mandate(
        self,
        by: Member,
        *,
        pilot: str,
        partner: str,
        misunderstanding: str = "",
        how: Circumstances = PLAIN,
    ) -> Receipt:
        """Acknowledge a partner's mandate for one's own organisation, noting what is not understood."""
        return self._desk.record(
            by,
            "pilot-acknowledge",
            lambda seen, act: [
                partnership.acknowledge_mandate(
                    seen.pilot(pilot), seen.actor(partner), misunderstanding=misunderstanding, act=act
                )
            ],
            given={"pilot": pilot, "partner": partner, "misunderstanding": misunderstanding},
            how=how,
            pilot=pilot,
            role=TAKING_PART,
            answer={"pilot": pilot},
        )

    def note_signal(
        self,
        by: Member,
        *,
        pilot: str,
        signal: str,
        towards: str,
        by_actor: str = "",
        audience: str = "",
        words: str = "",
        how: Circumstances = PLAIN,
    ) -> Receipt:
        """Note a public act that associates actors, or dissociates them."""
        said = {
            "signal": signal,
            "by": by_actor or by.actor,
            "towards": towards,
            "audience": audience,
            "words": words,
        }
        return self._partner(by, "signal", conduct.note_signal, pilot, said, how)

    def note_stance(
        self,
        by: Member,
        *,
        pilot: str,
        towards: str,
        stance: str,
        words: str = "",
        how: Circumstances = PLAIN,
    ) -> Receipt:
        """Note where one's own organisation privately stands; it stays within it unless another label is given."""
        said = {"towards": towards, "stance": stance, "words": words}
        return self._partner(by, "stance", conduct.note_stance, pilot, said, how, label="AMBER+STRICT")

    def take_position(
        self,
        by: Member,
        *,
        pilot: str,
        position: str,
        step: str = "",
        reason: str = "",
        how: Circumstances = PLAIN,
    ) -> Receipt:
        """Consent, consent with a reservation, object or abstain."""
        said = {"position": position, "step": step, "reason": reason}
        return self._partner(by, "position", conduct.take_position, pilot, said, how)

    def observe_reading(
        self,
        by: Member,
        *,
        pilot: str,
        about: str,
        audience: str,
        expected: float,
        observed: float,
        words: str = "",
        how: Circumstances = PLAIN,
    ) -> Receipt:
        """Record what an audience did think, against what was expected."""
        said: dict[str, Any] = {
            "about": about,
            "audience": audience,
            "expected": expected,
            "observed": observed,
            "words": words,
        }
        return self._desk.record(
            by,
            "pilot-reading",
            lambda seen, act: [conduct.observe_reading(seen.pilot(pilot), act=act, **said)],
            given=said | {"pilot": pilot},
            how=how,
            pilot=pilot,
            role=TAKING_PART,
            answer={"pilot": pilot},
        )

    def open_scans(self, by: Member, *, pilot: str, reason: str = "", how: Circumstances = PLAIN) -> Receipt:
        """Open the stage's scans together: when all are in, or for a reason; each actor's level is advised."""
        return self._desk.record(
            by,
            "pilot-open-scans",
            lambda seen, act: opening(self._desk, seen, act, pilot=pilot, added=(), reason=reason, must=True),
            given={"pilot": pilot, "reason": reason},
            how=how,
            pilot=pilot,
            role=COORDINATING,
            answer={"pilot": pilot},
        )

    def _conduct(
        self,
        by: Member,
        verb: str,
        decide: Callable[..., Event],
        pilot: str,
        said: dict[str, Any],
        how: Circumstances,
        *,
        tables: bool = False,
        fresh: dict[str, Any] | None = None,
        answer: dict[str, Any] | None = None,
    ) -> Receipt:
        """Record what a coordinator does with the pilot as a whole."""

        def decision(seen: Seen, act: Act) -> Sequence[Event]:
            more = {"tables": seen.tables} if tables else {}
            return [decide(seen.pilot(pilot), **said, **(fresh or {}), **more, act=act)]

        return self._desk.record(
            by,
            f"pilot-{verb}",
            decision,
            given=said | {"pilot": pilot},
            how=how,
            pilot=pilot,
            role=COORDINATING,
            answer={"pilot": pilot} | (answer or {}),
        )

    def _channel(
        self,
        by: Member,
        verb: str,
        decision: Callable[[Seen, Act], Sequence[Event]],
        pilot: str,
        team: str,
        channel: str,
        how: Circumstances,
    ) -> Receipt:
        try:
            return self._desk.record(
                by,
                f"pilot-{verb}",
                decision,
                given={"channel": channel_address(team, channel), "pilot": pilot},
                how=how,
                pilot=pilot,
                role=COORDINATING,
                answer={"pilot": pilot},
            )
        finally:
            self._find_again(pilot, team, channel)

    def _find_again(self, pilot: str, team: str, channel: str) -> None:
        """Let a channel lead where the log says, also after a command that was cut short before it did."""
        address = channel_address(team, channel)
        joined = conduct.channels(each.event for each in self._desk.log.history(f"pilot:{pilot}"))
        if address in joined:
            lead(self._desk.keys, team, channel, pilot)
        elif pilot_at(self._desk.keys, address) == pilot:
            lead(self._desk.keys, team, channel, "")

    def _free(self, seen: Seen, by: Member, pilot: str, address: str) -> None:
        """Refuse a channel of another pilot that runs; of one the member does not know, without saying which."""
        other = pilot_at(self._desk.keys, address)
        standing = seen.pilot(other) if other not in {"", pilot} else None
        if standing is not None and not standing.closed:
            theirs = by.roles.get(other)
            raise conduct.ChannelState(
                "This channel belongs to another pilot.",
                owner=f"a coordinator of {other}" if theirs else "its coordinator",
                remedy="Unlink it there first, or use another channel.",
            )

    def _partner(
        self,
        by: Member,
        verb: str,
        decide: Callable[..., Event],
        pilot: str,
        said: dict[str, Any],
        how: Circumstances,
        *,
        opens: bool = False,
        label: str = "GREEN",
    ) -> Receipt:
        """Record what a partner does; where it `opens`, the scans open if nothing is missing any more."""

        def decision(seen: Seen, act: Act) -> Sequence[Event]:
            event = decide(seen.pilot(pilot), **said, tables=seen.tables, act=act)
            more = opening(self._desk, seen, act, pilot=pilot, added=(event,)) if opens else []
            return [event, *more]

        return self._desk.record(
            by,
            f"pilot-{verb}",
            decision,
            given=said | {"pilot": pilot},
            how=how,
            pilot=pilot,
            role=TAKING_PART,
            label=label,
            answer={"pilot": pilot},
        )
