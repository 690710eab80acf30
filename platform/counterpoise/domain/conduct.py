"""Conduct of a pilot: proposing it, stages and levels, visibility, tweaks, signals, positions, rounds, its end."""

from collections.abc import Collection, Iterable
from typing import Any

from counterpoise.domain.events import Act, Event, known_label
from counterpoise.domain.pilots import (
    AnalysisPlanned,
    ChannelLinked,
    ChannelUnlinked,
    LevelChosen,
    OutcomeStated,
    Pilot,
    PilotClosed,
    PilotProposed,
    PositionTaken,
    ReadingObserved,
    RoundClosed,
    RoundOpened,
    SignalNoted,
    StageEntered,
    StanceNoted,
    TweakAdopted,
    VisibilityChanged,
    on,
    running,
)
from counterpoise.domain.refusals import BadValue, Refusal, said, within
from counterpoise.domain.steps import known
from counterpoise.domain.tables import Tables
from counterpoise.domain.theatres import Theatre, opened


class PilotExists(Refusal):
    """This pilot is proposed already."""

    rule = "pilot-exists"


class StagesInOrder(Refusal):
    """Stages follow one another; none is skipped."""

    rule = "stages-in-order"


class AnalysisBeforeResults(Refusal):
    """How results are read is set down before there are any."""

    rule = "analysis-before-results"


class ChannelState(Refusal):
    """The channel is joined already, or is not."""

    rule = "channel-state"


class RoundState(Refusal):
    """The round is open already, or not open."""

    rule = "round-state"


class TweakExists(Refusal):
    """The pilot has a tweak of this id already."""

    rule = "tweak-exists"


def propose(
    pilot: Pilot | None,
    theatre: Theatre | None,
    *,
    pilot_id: str,
    title: str,
    hypothesis: str,
    format: str,  # noqa: A002  the word of the field
    visibility: str,
    tables: Tables,
    act: Act,
    fictional: bool = False,
    parallel_to: str = "",
    scan_label: str = "GREEN",
) -> PilotProposed:
    """Propose a pilot in an open theatre; the proposing actor has joined it."""
    if pilot is not None:
        raise PilotExists(
            f"{pilot_id} is proposed already.", owner="you", remedy="Give the pilot another id."
        )
    said(title, what="The title")
    setting = opened(theatre)
    return PilotProposed(
        **act.on(f"pilot:{pilot_id}", theatre=setting.id, pilot=pilot_id),
        title=act.document(title),
        hypothesis=act.document(hypothesis),
        format=tables.check("formats", format),
        visibility=tables.check("visibilities", visibility),
        fictional=fictional,
        parallel_to=parallel_to,
        scan_label=known_label(scan_label),
    )


def enter_stage(pilot: Pilot | None, *, stage: str, tables: Tables, act: Act) -> StageEntered:
    """Go on to the next stage, or back to an earlier one, whose scans may be revised and open anew."""
    standing = running(pilot)
    here, there = tables.rank("stages", standing.stage), tables.rank("stages", stage)
    if there > here + 1 or there == here:
        following = [word for word in tables.words("stages") if tables.rank("stages", word) == here + 1]
        raise StagesInOrder(
            f"The pilot is at the stage {standing.stage}.",
            owner="coordinator",
            remedy=f"Enter {following[0]} next." if following else "This is the last stage.",
        )
    return StageEntered(**on(standing, act), stage=stage)


def choose_level(pilot: Pilot | None, *, level: str, reason: str, tables: Tables, act: Act) -> LevelChosen:
    """Choose the level; a deeper one than advised shuts the gate of every step until it is overridden."""
    standing = running(pilot)
    return LevelChosen(**on(standing, act), level=tables.check("levels", level), reason=act.document(reason))


def change_visibility(
    pilot: Pilot | None, *, visibility: str, reason: str, tables: Tables, act: Act
) -> VisibilityChanged:
    """Make the pilot more or less visible."""
    standing = running(pilot)
    return VisibilityChanged(
        **on(standing, act), visibility=tables.check("visibilities", visibility), reason=act.document(reason)
    )


def adopt_tweak(
    pilot: Pilot | None,
    *,
    tweak: str,
    because_of: str,
    change: str,
    step: str,
    safeguards: tuple[str, ...],
    act: Act,
) -> TweakAdopted:
    """Adopt a design change; it names the reflection or concern (a stream) that asked for it."""
    standing = running(pilot)
    if tweak in standing.tweaks:
        raise TweakExists(f"{tweak} is adopted already.", owner="you", remedy="Give the tweak another id.")
    if step:
        known(standing, step)
    adopted = TweakAdopted(
        **on(standing, act),
        tweak=tweak,
        because_of=because_of,
        change=act.document(change),
        step=step,
        safeguards=safeguards,
    )
    check_tweak(adopted)
    return adopted


def check_tweak(adopted: TweakAdopted) -> None:
    """Refuse a tweak that changes nothing, or that nobody's reflection or concern asked for."""
    said(adopted.change.text, what="The change")
    if adopted.because_of.partition(":")[0] not in ("reflection", "concern"):
        raise BadValue(
            f"{adopted.because_of!r} is no reflection or concern.",
            owner="you",
            remedy="Name the reflection or concern behind the tweak, as reflection:ID or concern:ID.",
        )


def note_signal(
    pilot: Pilot | None,
    *,
    signal: str,
    by: str,
    towards: str,
    audience: str,
    words: str,
    tables: Tables,
    act: Act,
) -> SignalNoted:
    """Note a public act; its stance follows from the vocabulary."""
    standing = running(pilot)
    stance = tables["signals"][tables.check("signals", signal)]["stance"]
    noted = SignalNoted(
        **on(standing, act),
        signal=signal,
        by=by,
        towards=towards,
        stance=stance,
        audience=audience,
        words=act.words(words),
    )
    check_signal(noted, tables)
    return noted


def check_signal(noted: SignalNoted, tables: Tables) -> None:
    """Refuse a signal that nobody knows, or from an actor to itself."""
    tables.check("signals", noted.signal)
    tables.check("stances", noted.stance)
    if noted.by == noted.towards:
        raise BadValue("A signal goes from one actor to another.", owner="you", remedy="Name two actors.")


def note_stance(
    pilot: Pilot | None, *, towards: str, stance: str, words: str, tables: Tables, act: Act
) -> StanceNoted:
    """Note where one's own organisation privately stands, apart from what it signals."""
    standing = running(pilot)
    return StanceNoted(
        **on(standing, act), towards=towards, stance=tables.check("stances", stance), words=act.words(words)
    )


def take_position(
    pilot: Pilot | None, *, position: str, step: str, reason: str, tables: Tables, act: Act
) -> PositionTaken:
    """Take a position on the pilot or a step; where the vocabulary says so, with a reason."""
    standing = running(pilot)
    if step:
        known(standing, step)
    taken = PositionTaken(**on(standing, act), position=position, step=step, reason=act.words(reason))
    check_position(taken, tables)
    return taken


def check_position(taken: PositionTaken, tables: Tables) -> None:
    """Refuse a position that nobody knows, or without the reason it owes."""
    if tables["positions"][tables.check("positions", taken.position)].get("reason"):
        said(taken.reason.text, what="The reason")


def state_outcome(
    pilot: Pilot | None, *, outcome: str, step: str, words: str, tables: Tables, act: Act
) -> OutcomeStated:
    """State what came of the pilot or a step, against its hypothesis."""
    standing = running(pilot)
    if step:
        known(standing, step)
    return OutcomeStated(
        **on(standing, act), outcome=tables.check("outcomes", outcome), step=step, words=act.document(words)
    )


def plan_analysis(pilot: Pilot | None, *, plan: str, measures: tuple[str, ...], act: Act) -> AnalysisPlanned:
    """Set down how results will be read, while there are none."""
    standing = running(pilot)
    if standing.results_in:
        raise AnalysisBeforeResults(
            "Results are in already.",
            owner="coordinator",
            remedy="State what is read into them as an outcome.",
        )
    said(plan, what="The plan")
    return AnalysisPlanned(**on(standing, act), plan=act.document(plan), measures=measures)


def observe_reading(
    pilot: Pilot | None,
    *,
    about: str,
    audience: str,
    expected: float,
    observed: float,
    words: str,
    act: Act,
) -> ReadingObserved:
    """Record what an audience did think, beside what was expected; both 0 (rejects) to 1 (embraces)."""
    standing = running(pilot)
    reading = ReadingObserved(
        **on(standing, act),
        about=about,
        audience=audience,
        expected=expected,
        observed=observed,
        words=act.words(words),
    )
    check_reading(reading)
    return reading


def check_reading(reading: ReadingObserved) -> None:
    """Refuse readings off the scale."""
    within(reading.expected, 0.0, 1.0, what="The expected reading")
    within(reading.observed, 0.0, 1.0, what="The observed reading")


def channels(events: Iterable[Event]) -> tuple[str, ...]:
    """Return the channels that the events of a pilot's stream leave joined to it, in the order of joining."""
    joined: dict[str, None] = {}
    for event in events:
        match event:
            case ChannelLinked(channel=channel) if channel.text:
                joined[channel.text] = None
            case ChannelUnlinked(channel=channel) if channel.text:
                joined.pop(channel.text, None)
    return tuple(joined)


def link_channel(
    pilot: Pilot | None, *, channel: str, act: Act, joined: Collection[str] = ()
) -> ChannelLinked:
    """Join a chat channel and the pilot. `joined` are its channels so far."""
    standing = running(pilot)
    said(channel, what="The channel")
    if channel in joined:
        raise ChannelState(
            "The channel belongs to this pilot already.", owner="coordinator", remedy="Nothing to do."
        )
    return ChannelLinked(**on(standing, act), channel=act.document(channel))


def unlink_channel(
    pilot: Pilot | None, *, channel: str, act: Act, joined: Collection[str]
) -> ChannelUnlinked:
    """Part a chat channel from the pilot."""
    standing = running(pilot)
    if channel not in joined:
        raise ChannelState(
            "The channel does not belong to this pilot.", owner="coordinator", remedy="Nothing to do."
        )
    return ChannelUnlinked(**on(standing, act), channel=act.document(channel))


def open_round(pilot: Pilot | None, *, step: str, phase: str, tables: Tables, act: Act) -> RoundOpened:
    """Ask members to reflect on a step at a phase."""
    return RoundOpened(**_round(pilot, step=step, phase=phase, tables=tables, act=act, opened=False))


def close_round(pilot: Pilot | None, *, step: str, phase: str, tables: Tables, act: Act) -> RoundClosed:
    """Close a round."""
    return RoundClosed(**_round(pilot, step=step, phase=phase, tables=tables, act=act, opened=True))


def close(pilot: Pilot | None, *, reason: str, act: Act) -> PilotClosed:
    """End a pilot."""
    standing = running(pilot)
    said(reason, what="The reason")
    return PilotClosed(**on(standing, act), reason=act.document(reason))


def _round(
    pilot: Pilot | None, *, step: str, phase: str, tables: Tables, act: Act, opened: bool
) -> dict[str, Any]:
    standing = running(pilot)
    known(standing, step)
    tables.check("phases", phase)
    if ((step, phase) in standing.rounds) != opened:
        state = "open already" if not opened else "not open"
        raise RoundState(
            f"The round {phase} of {step} is {state}.", owner="coordinator", remedy="Nothing to do."
        )
    return {**on(standing, act), "step": step, "phase": phase}
