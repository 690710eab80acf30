"""What partners do again and again: take their parts, agree on the charter, look at each other's mandates, meet."""

from collections.abc import Mapping

from counterpoise.application.storytelling import Teller

UNSTATED = frozenset({"office", "grid"})
"""Organisations that have stated no mandate, so that there is none to acknowledge."""


def take_parts(tell: Teller, pilot: str, by: str, **roles: str) -> None:
    """Grant roles on a pilot, by a coordinator of it: handle to role."""
    for handle, role in roles.items():
        tell(by, source="web").members.grant(member=handle, role=role, pilot=pilot)


def agree(
    tell: Teller, pilot: str, unclear: Mapping[tuple[str, str], str] | None = None, **spokes: str
) -> None:
    """Let each partner accept the charter and acknowledge the others' mandates: actor to who speaks for it.

    `unclear` says what an actor did not understand of a partner's mandate.
    """
    for actor, handle in spokes.items():
        voice = tell(handle, on=pilot, source="web")
        voice.pilots.accept_charter()
        for partner in spokes:
            if partner not in {actor, *UNSTATED}:
                doubt = (unclear or {}).get((actor, partner), "")
                voice.pilots.acknowledge_mandate(partner=partner, misunderstanding=doubt)


def reflect(
    tell: Teller,
    *,
    by: str,
    on: str,
    step: str,
    phase: str,
    words: str,
    language: str = "en",
    confidence: int = 0,
    label: str = "GREEN",
    called: str = "",
    **ratings: int,
) -> str:
    """Let a member reflect on a step, rating partners 1 to 5 by short name; return the reflection's event."""
    answer = tell(by, on=on).reflections.record(
        called=called,
        step=step,
        phase=phase,
        ratings=ratings,
        words=words,
        language=language,
        confidence=confidence,
        label=label,
    )
    return str(answer["events"][-1])
