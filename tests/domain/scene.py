"""The scene decisions are tried in: a pilot of two partners, acts of its people, and what a refusal must say."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from counterpoise.domain.actors import Actor
from counterpoise.domain.events import Act, Event, Sealed
from counterpoise.domain.pilots import Pilot, Step
from counterpoise.domain.refusals import Refusal
from counterpoise.domain.streams import Folded, evolve
from counterpoise.domain.tables import starting_tables
from counterpoise.domain.theatres import Theatre

TABLES = starting_tables()
DAY = 86_400_000_000
NOON = 20_000 * DAY + DAY // 2
NAME = Sealed("Name", keeper="m-agency")

AGENCY = Actor(id="agency", name=NAME, categories=("humanitarian",))
BRIGADE = Actor(id="brigade", name=NAME, categories=("military",))
FIRM = Actor(id="firm", name=NAME, categories=("commercial",))
COAST = Theatre(
    id="coast",
    name=NAME,
    kinds={"disaster_relief": 1.0},
    conditions={},
    audiences=(),
    visibility_cap="public",
)
SCOUT = Step(id="scout", touches=(), visibility="low")
FERRY = Pilot(
    id="ferry",
    theatre="coast",
    owner="agency",
    format="table_top",
    visibility="low",
    scan_label="GREEN",
    stage="framing",
    joined=("agency", "brigade"),
    steps={"scout": SCOUT},
)
CLOSED = replace(FERRY, closed=True)


def act(actor: str = "agency", **changed: Any) -> Act:  # noqa: ANN401  any circumstance
    """Return an act of a member of an organisation, at noon."""
    plain = Act(at=NOON, occurred_at=NOON, member=f"m-{actor}", actor=actor, label="GREEN", source="web")
    return replace(plain, **changed)


def beside(
    stream: str, who: Act | None = None, *, theatre: str = "coast", pilot: str = "ferry"
) -> dict[str, Any]:
    """Return the envelope of an event of the pilot's, on a stream of its own."""
    return (who or act()).on(stream, theatre=theatre, pilot=pilot)


def on_ferry(who: Act | None = None) -> dict[str, Any]:
    """Return the envelope of an event on the pilot's own stream."""
    return beside("pilot:ferry", who)


def with_step(**changed: Any) -> Pilot:  # noqa: ANN401  any field of a step
    """Return the pilot with its step as changed."""
    return replace(FERRY, steps={"scout": replace(SCOUT, **changed)})


def document(text: str, actor: str = "agency") -> Sealed:
    """Return words as an organisation keeps them."""
    return Sealed(text, keeper=f"actor:{actor}")


def words(text: str, actor: str = "agency") -> Sealed:
    """Return words as a member keeps them."""
    return Sealed(text, keeper=f"m-{actor}")


def folded(*events: Event) -> Any:  # noqa: ANN401  a state of the stream's kind
    """Return the state these events of one stream lead to."""
    stream: Folded | None = None
    for event in events:
        stream = evolve(stream, event)
    return stream.state if stream else None


@contextmanager
def refused(kind: type[Refusal], *, owner: str = "") -> Iterator[pytest.ExceptionInfo[Refusal]]:
    """Expect a refusal that names its rule, who can satisfy it (`owner`, where given) and what would."""
    with pytest.raises(kind) as caught:
        yield caught
    refusal = caught.value
    assert type(refusal) is kind
    assert refusal.rule != "refused"
    assert refusal.sentence
    assert refusal.owner == owner if owner else refusal.owner
    assert refusal.remedy
