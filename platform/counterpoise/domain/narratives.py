"""Narratives: stories about actors, sighted in theatres over time."""

from dataclasses import dataclass, replace
from typing import ClassVar

from counterpoise.domain.events import Act, Event, Sealed
from counterpoise.domain.refusals import BadValue, Refusal, said, within
from counterpoise.domain.tables import Tables
from counterpoise.domain.theatres import Theatre, opened


@dataclass(frozen=True, kw_only=True)
class NarrativeFirstSighted(Event):
    """A story is heard for the first time: about whom, how it speaks of them (-1..1), where, told by whom to whom."""

    TOPIC: ClassVar[str] = "narrative.first-sighted"
    story: Sealed
    about: tuple[str, ...]
    valence: float
    credibility: float
    reach: str
    audience: str = ""
    carrier: str = ""
    visibility: str = "public"


@dataclass(frozen=True, kw_only=True)
class NarrativeSighted(Event):
    """The story is told again, here or in another theatre."""

    TOPIC: ClassVar[str] = "narrative.sighted"
    words: Sealed
    about: tuple[str, ...]
    valence: float
    credibility: float
    reach: str
    audience: str = ""
    carrier: str = ""
    visibility: str = "public"


@dataclass(frozen=True, kw_only=True)
class NarrativeAdjustedTo(Event):
    """Something was done because of the story: a step, a tweak or a message, named in `action`."""

    TOPIC: ClassVar[str] = "narrative.adjusted-to"
    action: Sealed
    because_of: str = ""


@dataclass(frozen=True)
class Narrative:
    """What decisions need to know of a story."""

    stream: str
    about: tuple[str, ...]
    sightings: int = 1


class NarrativeKnown(Refusal):
    """The story is known already."""

    rule = "narrative-known"


class NoSuchNarrative(Refusal):
    """There is no such story."""

    rule = "no-such-narrative"


def evolve(narrative: Narrative | None, event: Event) -> Narrative | None:
    """Return the story after `event`."""
    match event, narrative:
        case NarrativeFirstSighted() | NarrativeSighted(), None:  # the first sighting may be withdrawn
            return Narrative(event.stream, event.about)
        case NarrativeSighted(), Narrative():
            return replace(narrative, sightings=narrative.sightings + 1)
        case _:
            return narrative


def sight(
    narrative: Narrative | None,
    theatre: Theatre | None,
    *,
    narrative_id: str,
    words: str,
    about: tuple[str, ...],
    valence: float,
    credibility: float,
    reach: str,
    audience: str,
    carrier: str,
    visibility: str,
    tables: Tables,
    act: Act,
) -> NarrativeFirstSighted | NarrativeSighted:
    """Record a sighting. The first one sets the story and names the actors it is about."""
    setting = opened(theatre)
    named = about or (narrative.about if narrative else ())
    fields = {
        **act.on(f"narrative:{narrative_id}", theatre=setting.id),
        "about": named,
        "valence": valence,
        "credibility": credibility,
        "reach": reach,
        "audience": audience,
        "carrier": carrier,
        "visibility": visibility,
    }
    sighted = (
        NarrativeFirstSighted(**fields, story=act.words(words))
        if narrative is None
        else NarrativeSighted(**fields, words=act.words(words))
    )
    check(sighted, tables)
    return sighted


def check(sighted: NarrativeFirstSighted | NarrativeSighted, tables: Tables) -> None:
    """Refuse a sighting whose values cannot be weighed, and a first one without a story."""
    if isinstance(sighted, NarrativeFirstSighted):
        said(sighted.story.text, what="The story")
    if not sighted.about:
        raise BadValue("The story is about nobody.", owner="you", remedy="Name the actors it speaks of.")
    within(sighted.valence, -1.0, 1.0, what="The valence")
    within(sighted.credibility, 0.0, 1.0, what="The credibility")
    tables.check("reaches", sighted.reach)
    tables.check("visibilities", sighted.visibility)


def adjust_to(
    narrative: Narrative | None, theatre: Theatre | None, *, action: str, because_of: str, act: Act
) -> NarrativeAdjustedTo:
    """Record what was done because of a story."""
    if narrative is None:
        raise NoSuchNarrative("There is no such story.", owner="you", remedy="Record its first sighting.")
    said(action, what="The action")
    envelope = act.on(narrative.stream, theatre=opened(theatre).id)
    return NarrativeAdjustedTo(**envelope, action=act.document(action), because_of=because_of)
