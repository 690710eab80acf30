"""Verbs in which members speak: scans, reflections, concerns, lessons, narratives."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from counterpoise import policy
from counterpoise.application.advice import opening
from counterpoise.application.circumstances import PLAIN, Circumstances
from counterpoise.application.desk import COORDINATING, TAKING_PART, Desk
from counterpoise.application.seen import Seen
from counterpoise.domain import concerns, lessons, narratives, reflections, scans
from counterpoise.domain.events import Act, Event
from counterpoise.domain.lessons import Lesson, LessonReleased
from counterpoise.domain.narratives import Narrative
from counterpoise.domain.pilots import running
from counterpoise.domain.theatres import Theatre
from counterpoise.policy import Member
from counterpoise.store.log import Receipt

WITHIN = "AMBER+STRICT"
"""What members say stays within their organisation unless they give it another label."""


class Scans:
    """What is done with scans."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def record(
        self,
        by: Member,
        *,
        pilot: str,
        scores: Mapping[str, float],
        doubts: Mapping[str, float] | None = None,
        weights: Mapping[str, float] | None = None,
        audiences: Mapping[str, float] | None = None,
        cares: Mapping[str, Mapping[str, float]] | None = None,
        fulcrum: float | None = None,
        fulcrum_doubt: float | None = None,
        red_line: bool = False,
        words: str = "",
        how: Circumstances = PLAIN,
    ) -> Receipt:
        """Record one's own organisation's scan at the pilot's stage, or revise it if there is one.

        Scores and cares are 0..1, doubts deviations. The scans open together when this was the last one missing.
        """
        said: dict[str, Any] = {
            "scores": scores,
            "doubts": doubts or {},
            "weights": weights or {},
            "audiences": audiences or {},
            "cares": cares or {},
            "fulcrum": fulcrum,
            "fulcrum_doubt": fulcrum_doubt,
            "red_line": red_line,
            "words": words,
        }

        def decision(seen: Seen, act: Act) -> Sequence[Event]:
            standing = seen.pilot(pilot)
            scan = seen.scan(pilot, by.actor, running(standing).stage)
            record = scans.record if scan is None else scans.revise
            recorded = record(standing, scan, tables=seen.tables, act=act, **said)
            return [recorded, *opening(self._desk, seen, act, pilot=pilot, added=(recorded,))]

        return self._desk.record(
            by,
            "scan-record",
            decision,
            given=said | {"pilot": pilot},
            how=how,
            pilot=pilot,
            role=TAKING_PART,
            label=WITHIN,
            answer={"pilot": pilot},
        )


class Reflections:
    """What is done with reflections."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def record(
        self,
        by: Member,
        *,
        pilot: str,
        step: str,
        phase: str,
        ratings: Mapping[str, int] | None = None,
        words: str = "",
        confidence: int = 0,
        language: str = "en",
        named: bool = False,
        how: Circumstances = PLAIN,
    ) -> Receipt:
        """Record a reflection on a step before, during or after it, with ratings 1 to 5 of partners."""
        reflection = self._desk.ids()
        said: dict[str, Any] = {
            "step": step,
            "phase": phase,
            "ratings": ratings or {},
            "words": words,
            "confidence": confidence,
            "language": language,
            "named": named,
        }
        return self._desk.record(
            by,
            "reflection-record",
            lambda seen, act: [
                reflections.record(
                    seen.pilot(pilot),
                    seen.reflection(reflection),
                    reflection_id=reflection,
                    tables=seen.tables,
                    act=act,
                    **said,
                )
            ],
            given=said | {"pilot": pilot},
            how=how,
            pilot=pilot,
            role=TAKING_PART,
            label=WITHIN,
            answer={"reflection": reflection},
        )

    def note_difference(
        self,
        by: Member,
        *,
        pilot: str,
        reflection: str,
        before: str,
        than_expected: int,
        words: str = "",
        how: Circumstances = PLAIN,
    ) -> Receipt:
        """Note how a step came out against what one expected of it: -2 (much worse) to 2 (much better)."""

        def decision(seen: Seen, act: Act) -> Sequence[Event]:
            running(seen.pilot(pilot))
            after, earlier = seen.reflection(reflection), seen.reflection(before)
            here = after is None or after.pilot == pilot
            return [
                reflections.note_difference(
                    after if here else None, earlier, than_expected=than_expected, words=words, act=act
                )
            ]

        return self._desk.record(
            by,
            "reflection-difference",
            decision,
            given={
                "pilot": pilot,
                "reflection": reflection,
                "before": before,
                "than_expected": than_expected,
                "words": words,
            },
            how=how,
            pilot=pilot,
            role=TAKING_PART,
            label=WITHIN,
            answer={"reflection": reflection},
        )


class Concerns:
    """What is done with concerns."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def raise_one(
        self,
        by: Member,
        *,
        pilot: str,
        words: str,
        kind: str = "other",
        severity: str = "medium",
        factor: str = "",
        about: str = "",
        step: str = "",
        language: str = "en",
        named: bool = False,
        how: Circumstances = PLAIN,
    ) -> Receipt:
        """Raise a concern, in one's own name; an anonymous one is left on the one-time form."""
        concern = self._desk.ids()
        said: dict[str, Any] = {
            "words": words,
            "kind": kind,
            "severity": severity,
            "factor": factor,
            "about": about,
            "step": step,
            "language": language,
            "named": named,
        }
        return self._desk.record(
            by,
            "concern-raise",
            lambda seen, act: [
                concerns.raise_concern(
                    seen.pilot(pilot),
                    seen.concern(concern),
                    concern_id=concern,
                    tables=seen.tables,
                    act=act,
                    anonymous=False,
                    **said,
                )
            ],
            given=said | {"pilot": pilot},
            how=how,
            pilot=pilot,
            role=TAKING_PART,
            label=WITHIN,
            answer={"concern": concern},
        )

    def acknowledge(
        self, by: Member, *, pilot: str, concern: str, words: str = "", how: Circumstances = PLAIN
    ) -> Receipt:
        """Take a concern up."""
        return self._record(
            by,
            "acknowledge",
            pilot,
            concern,
            {"words": words},
            lambda seen, act: concerns.acknowledge(seen.concern(concern), words=words, act=act),
            how,
        )

    def answer(
        self,
        by: Member,
        *,
        pilot: str,
        concern: str,
        tweak: str,
        words: str = "",
        how: Circumstances = PLAIN,
    ) -> Receipt:
        """Answer a concern with a tweak."""
        return self._record(
            by,
            "answer",
            pilot,
            concern,
            {"tweak": tweak, "words": words},
            lambda seen, act: concerns.answer(
                seen.concern(concern), seen.pilot(pilot), tweak=tweak, words=words, act=act
            ),
            how,
        )

    def resolve(
        self, by: Member, *, pilot: str, concern: str, words: str = "", how: Circumstances = PLAIN
    ) -> Receipt:
        """Say that a concern of one's own organisation is settled."""
        return self._record(
            by,
            "resolve",
            pilot,
            concern,
            {"words": words},
            lambda seen, act: concerns.resolve(seen.concern(concern), words=words, act=act),
            how,
        )

    def withdraw(
        self, by: Member, *, pilot: str, concern: str, reason: str = "", how: Circumstances = PLAIN
    ) -> Receipt:
        """Take a concern of one's own organisation back."""
        return self._record(
            by,
            "withdraw",
            pilot,
            concern,
            {"reason": reason},
            lambda seen, act: concerns.withdraw(seen.concern(concern), reason=reason, act=act),
            how,
        )

    def _record(
        self,
        by: Member,
        verb: str,
        pilot: str,
        concern: str,
        said: Mapping[str, Any],
        decide: Any,  # noqa: ANN401  a decision of one event
        how: Circumstances,
    ) -> Receipt:
        def decision(seen: Seen, act: Act) -> Sequence[Event]:
            raised = next(iter(seen.standing(f"concern:{concern}")), None)
            if raised is None or raised.pilot != pilot or not _known(by, raised):
                raise concerns.NoSuchConcern("There is no such concern.", owner="you", remedy="Check its id.")
            return [decide(seen, act if how.label else _beside(act, raised))]

        return self._desk.record(
            by,
            f"concern-{verb}",
            decision,
            given={**said, "concern": concern, "pilot": pilot},
            how=how,
            pilot=pilot,
            role=TAKING_PART,
            answer={"concern": concern},
        )


class Lessons:
    """What is done with lessons."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def draft(
        self,
        by: Member,
        *,
        pilot: str,
        title: str,
        words: str,
        because_of: str = "",
        consent_of: tuple[str, ...] = (),
        factors: tuple[str, ...] = (),
        step: str = "",
        language: str = "en",
        how: Circumstances = PLAIN,
    ) -> Receipt:
        """Draft a lesson, naming the organisations whose consent its release needs."""
        lesson = self._desk.ids()
        said: dict[str, Any] = {
            "title": title,
            "words": words,
            "because_of": because_of,
            "consent_of": consent_of,
            "factors": factors,
            "step": step,
            "language": language,
        }
        return self._desk.record(
            by,
            "lesson-draft",
            lambda seen, act: [
                lessons.draft(seen.pilot(pilot), seen.lesson(lesson), lesson_id=lesson, act=act, **said)
            ],
            given=said | {"pilot": pilot},
            how=how,
            pilot=pilot,
            role=TAKING_PART,
            answer={"lesson": lesson},
        )

    def consent(self, by: Member, *, pilot: str, lesson: str, how: Circumstances = PLAIN) -> Receipt:
        """Consent to a lesson's release for one's own organisation."""
        return self._desk.record(
            by,
            "lesson-consent",
            lambda seen, act: [lessons.consent(_lesson_of(seen, pilot, lesson), act=act)],
            given={"pilot": pilot, "lesson": lesson},
            how=how,
            pilot=pilot,
            role=TAKING_PART,
            answer={"lesson": lesson},
        )

    def release(
        self,
        by: Member,
        *,
        pilot: str,
        lesson: str,
        title: str,
        words: str,
        named: bool = False,
        how: Circumstances = PLAIN,
    ) -> Receipt:
        """Release a lesson to every member, in words that may say less than its draft."""
        return self._desk.record(
            by,
            "lesson-release",
            lambda seen, act: [
                lessons.release(
                    _lesson_of(seen, pilot, lesson), title=title, words=words, named=named, act=act
                )
            ],
            given={"pilot": pilot, "lesson": lesson, "title": title, "words": words, "named": named},
            how=how,
            pilot=pilot,
            role=COORDINATING,
            label="CLEAR",
            answer={"lesson": lesson},
        )

    def mark_useful(
        self, by: Member, *, lesson: str, useful: bool = True, how: Circumstances = PLAIN
    ) -> Receipt:
        """Say whether a released lesson was useful."""

        def decision(seen: Seen, act: Act) -> Sequence[Event]:
            found = [each for each in seen.standing(f"lesson:{lesson}") if isinstance(each, LessonReleased)]
            known = seen.lesson(lesson) if found and _known(by, found[-1]) else None
            named = replace(act, member=self._desk.pseudonym(by.id, known.pilot)) if known else act
            return [lessons.mark_useful(known, useful=useful, act=named)]

        return self._desk.record(
            by,
            "lesson-useful",
            decision,
            given={"lesson": lesson, "useful": useful},
            how=how,
            answer={"lesson": lesson},
        )


class Narratives:
    """What is done with narratives."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def sight(
        self,
        by: Member,
        *,
        theatre: str,
        narrative: str = "",
        words: str = "",
        about: tuple[str, ...] = (),
        valence: float = 0.0,
        credibility: float = 0.5,
        reach: str = "local",
        audience: str = "",
        carrier: str = "",
        visibility: str = "public",
        how: Circumstances = PLAIN,
    ) -> Receipt:
        """Record a sighting of a story; without the id of a known one it is sighted for the first time."""
        story = narrative or self._desk.ids()
        said: dict[str, Any] = {
            "words": words,
            "about": about,
            "valence": valence,
            "credibility": credibility,
            "reach": reach,
            "audience": audience,
            "carrier": carrier,
            "visibility": visibility,
        }

        def decision(seen: Seen, act: Act) -> Sequence[Event]:
            known = _story(by, seen, story)
            if narrative and known is None:
                raise narratives.NoSuchNarrative(
                    "There is no such story.", owner="you", remedy="Check its id."
                )
            setting = _setting(by, seen, theatre)
            return [narratives.sight(known, setting, narrative_id=story, tables=seen.tables, act=act, **said)]

        return self._desk.record(
            by,
            "narrative-sight",
            decision,
            given=said | {"theatre": theatre, "narrative": narrative},
            how=how,
            answer={"narrative": story},
        )

    def adjust_to(
        self,
        by: Member,
        *,
        theatre: str,
        narrative: str,
        action: str,
        because_of: str = "",
        how: Circumstances = PLAIN,
    ) -> Receipt:
        """Record what was done because of a story."""
        return self._desk.record(
            by,
            "narrative-adjust",
            lambda seen, act: [
                narratives.adjust_to(
                    _story(by, seen, narrative),
                    _setting(by, seen, theatre),
                    action=action,
                    because_of=because_of,
                    act=act,
                )
            ],
            given={"theatre": theatre, "narrative": narrative, "action": action, "because_of": because_of},
            how=how,
            answer={"narrative": narrative},
        )


def _known(by: Member, event: Event) -> bool:
    return policy.decide(by, policy.Action.READ_SKELETON, policy.Item.of(event)).allowed


def _lesson_of(seen: Seen, pilot: str, lesson: str) -> Lesson | None:
    """Return a lesson if it is one of the pilot, on which alone the member's role holds."""
    found = seen.lesson(lesson)
    return found if found is not None and found.pilot == pilot else None


def _story(by: Member, seen: Seen, narrative: str) -> Narrative | None:
    return seen.narrative(narrative) if seen.knows(by, f"narrative:{narrative}") else None


def _setting(by: Member, seen: Seen, theatre: str) -> Theatre | None:
    return seen.theatre(theatre) if seen.knows(by, f"theatre:{theatre}") else None


def _beside(act: Act, raised: Event) -> Act:
    """Return the act under the concern's own label, readable by whoever raised it and whoever follows it up."""
    return replace(
        act,
        label=raised.label,
        recipients=tuple(filter(None, dict.fromkeys((*raised.recipients, raised.member))))
        if raised.label == "RED"
        else (),
        group=tuple(dict.fromkeys((*raised.group, raised.actor, act.actor))) if raised.group else (),
        clients=raised.clients,
    )
