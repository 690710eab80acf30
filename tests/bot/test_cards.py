"""Cards of steps in the pilot's channel: drawn from the log, pressed by partners, led by coordinators."""

import asyncio
from typing import Any

import pytest

from counterpoise.domain.concerns import ConcernAcknowledged, ConcernAnswered
from counterpoise.domain.pilots import (
    CharterAccepted,
    InvitationAnswered,
    MandateAcknowledged,
    OutcomeStated,
    PositionTaken,
    RoundOpened,
    ScansOpened,
    TweakAdopted,
)
from counterpoise.domain.steps import RedLineWaived, StepAbandoned, StepPaused, StepStarted, Touch
from counterpoise_bot.chat import Chat
from counterpoise_bot.commands import Commands
from counterpoise_bot.doors import Feature
from counterpoise_bot.drafts import Drafts
from counterpoise_bot.message import Place
from counterpoise_bot.partners import Partners
from counterpoise_bot.people import People
from counterpoise_bot.pilot_cards import PilotCards
from counterpoise_bot.places import Places
from counterpoise_bot.scan_wizard import ScanWizard
from counterpoise_bot.step_leading import StepLeading
from counterpoise_bot.surroundings import Around
from tests.application.world import DAY, World, how, scan, start
from tests.bot.riverside import SEATS, TEAM, Riverside, riverside

CHANNEL = "C0PILOT"


async def green(place: Place, label: str) -> bool:
    """Let everybody in the channel read what everybody on the pilot may."""
    return place.channel == CHANNEL and label in {"CLEAR", "GREEN"}


async def none(place: Place, label: str) -> bool:  # noqa: ARG001  nothing may be shown there
    return False


def features(chat: Chat, *, shareable: Any = green) -> list[Feature]:  # noqa: ANN401  either rule
    around = Around(chat)
    cards = PilotCards(chat, around, Places(chat), People(chat), shareable=shareable)
    return [
        Commands(chat, Drafts(chat)),
        cards,
        StepLeading(chat, cards),
        Partners(chat, around, cards),
        ScanWizard(chat, around),
    ]


def cards_of(bay: Riverside) -> PilotCards:
    return next(each for each in bay.features if isinstance(each, PilotCards))


@pytest.fixture
def joined(small: World) -> World:
    """Join the ferry pilot and its channel."""
    small.say("ines", "pilots.link_channel", pilot=small["ferry"], team=TEAM, channel=CHANNEL)
    return small


async def drawn(bay: Riverside, after: int = 0) -> int:
    """Let the cards follow the log."""
    position = await cards_of(bay).follow(after)
    await bay.quiet()
    return position


def posted(bay: Riverside, name: str = "omar") -> list[dict[str, Any]]:
    """Return the cards in the channel."""
    found = bay.screen(name).messages(CHANNEL)
    return [each for each in found if "step-show" in str(each.get("blocks"))]


async def press(bay: Riverside, name: str, action: str) -> None:
    """Press a button of the newest card."""
    card = posted(bay)[-1]
    await bay.person(name).click(action, channel=CHANNEL, ts=card["ts"])
    await bay.quiet()


async def opened(bay: Riverside, name: str) -> dict[str, Any]:
    """Open the step for one's own eyes, and return what is shown."""
    await press(bay, name, "step-show")
    return bay.screen(name).ephemerals(CHANNEL)[-1]


async def test_a_card_says_where_its_step_stands_and_what_is_missing_by_whom(joined: World) -> None:
    async with riverside(joined, features) as bay:
        await drawn(bay)
        (card,) = posted(bay)

    text = card["text"].replace("\u2068", "").replace("\u2069", "")
    assert "Step: Scout the pier (The ferry): ◇ planned." in text
    assert "The brigade records its scan of this stage" in text
    assert "a coordinator chooses a level" in text
    assert "Nobody has taken a position yet." in text


async def test_a_card_is_posted_once_and_changes_in_place(joined: World) -> None:
    async with riverside(joined, features) as bay:
        position = await drawn(bay)
        await drawn(bay)
        start(joined)
        await drawn(bay, position)
        (card,) = posted(bay)

    assert "▶ running" in card["text"]


async def test_nothing_is_posted_where_somebody_may_not_read_it(joined: World) -> None:
    async with riverside(joined, lambda chat: features(chat, shareable=none)) as bay:
        await drawn(bay)

        assert posted(bay) == []


async def test_a_scan_that_opens_changes_the_card(joined: World) -> None:
    scan(joined, "ines")
    async with riverside(joined, features) as bay:
        position = await drawn(bay)
        before = posted(bay)[0]["text"]
        scan(joined, "kurt")
        await drawn(bay, position)
        after = posted(bay)[0]["text"]

    assert "records its scan" in before
    assert "records its scan" not in after


async def test_consent_is_recorded_and_stands_on_the_card(joined: World) -> None:
    async with riverside(joined, features) as bay:
        await drawn(bay)
        await press(bay, "omar", "step-consent")
        (card,) = posted(bay)

    (taken,) = joined.events(PositionTaken)
    assert isinstance(taken, PositionTaken)
    assert (taken.position, taken.step, taken.label, taken.source) == (
        "consent",
        joined["scout"],
        "GREEN",
        "chat",
    )
    assert "Consents: \u2068The agency\u2069." in card["text"]


async def test_a_position_can_be_changed_until_the_step_ends(joined: World) -> None:
    async with riverside(joined, features) as bay:
        await drawn(bay)
        for action in ("step-consent", "step-abstain", "step-consent"):
            await press(bay, "omar", action)

    taken = [each.position for each in joined.events(PositionTaken) if isinstance(each, PositionTaken)]
    assert taken == ["consent", "abstention", "consent"]


async def test_twenty_clicks_at_once_take_one_position(joined: World) -> None:
    async with riverside(joined, features) as bay:
        await drawn(bay)
        (card,) = posted(bay)
        await asyncio.gather(
            *(bay.person("omar").click("step-consent", channel=CHANNEL, ts=card["ts"]) for _ in range(20))
        )
        await bay.quiet()

    assert len(joined.events(PositionTaken)) == 1


async def test_an_objection_needs_its_reason_and_opens_a_thread_with_the_coordinators(joined: World) -> None:
    async with riverside(joined, features) as bay:
        await drawn(bay)
        await press(bay, "kurt", "step-object")
        refused = await bay.person("kurt").submit({})
        await bay.person("kurt").submit({"reason": "Too close to the clinic"})
        await bay.quiet()
        (card,) = posted(bay)
        thread = bay.screen("omar").thread(CHANNEL, card["ts"])

    assert refused["errors"]
    (taken,) = joined.events(PositionTaken)
    assert isinstance(taken, PositionTaken)
    assert (taken.position, taken.reason.text) == ("objection", "Too close to the clinic")
    (reply,) = thread[1:]
    assert "Too close to the clinic" in str(reply["blocks"])
    assert "<@U0DIETER>" in reply["text"]  # Ines coordinates for the agency
    assert "<@U0ELENA>" not in reply["text"]  # Lena coordinates for the brigade, which acted
    assert "Objects: \u2068The brigade\u2069." in card["text"]


async def test_a_coordinator_who_chose_so_is_written_to_directly(joined: World) -> None:
    joined.application.kept.put(
        "person", joined["ines"], {"where": "dm", "language": "en"}, person=joined["ines"]
    )
    async with riverside(joined, features) as bay:
        await drawn(bay)
        await press(bay, "kurt", "step-object")
        await bay.person("kurt").submit({"reason": "Too close to the clinic"})
        await bay.quiet()
        (card,) = posted(bay)
        reply = bay.screen("omar").thread(CHANNEL, card["ts"])[-1]
        (told,) = bay.direct("ines")

    assert "<@" not in reply["text"]
    assert "Too close to the clinic" in told["text"]


async def test_two_organisations_scan_from_the_card_and_it_says_when_all_are_in(joined: World) -> None:
    pages = [{"scan-rate:speed": "4"}, {"scan-rate:neutrality": "2"}, {}, {}, {}]
    async with riverside(joined, features) as bay:
        position = await drawn(bay)
        for name in ("omar", "kurt"):
            await press(bay, name, "scan-start")
            await bay.person(name).submit(pages[0])
            await bay.quiet()
            await bay.person(name).close()
            await bay.quiet()
            kept = bay.direct(name)[-1]
            await bay.person(name).click("scan-start", channel=kept["channel"], ts=kept["ts"])
            await bay.quiet()
            for page in pages[1:]:
                await bay.person(name).submit(page)
                await bay.quiet()
            position = await drawn(bay, position)
        (card,) = posted(bay)

    assert len(joined.events(ScansOpened)) == 1
    assert "scan-start" not in str(card["blocks"])


async def test_an_objection_kept_within_an_organisation_is_not_in_the_channel(joined: World) -> None:
    place = {"pilot": joined["ferry"], "step": joined["scout"]}
    joined.say(
        "omar",
        "pilots.take_position",
        how(label="AMBER+STRICT"),
        position="objection",
        reason="canary: our board",
        **place,
    )
    async with riverside(joined, features) as bay:
        await drawn(bay)

        assert "canary" not in bay.said("kurt")
        assert "canary" not in str(bay.screen("omar").messages(CHANNEL))


async def test_what_an_organisation_keeps_out_of_slack_is_in_no_payload(joined: World) -> None:
    joined.say("kurt", "actors.set_chat_ceiling", ceiling="GREEN")
    shared = how(label="AMBER", group=(joined["agency"],))
    place = {"pilot": joined["ferry"], "step": joined["scout"]}
    joined.say("kurt", "pilots.take_position", shared, position="objection", reason="canary: us", **place)
    joined.say("kurt", "concerns.raise_one", shared, pilot=joined["ferry"], words="canary: too loud")
    joined.say("lena", "actors.clarify_mandate", shared, mandate="canary: peace", incentives="", fears="")
    async with riverside(joined, features) as bay:
        await drawn(bay)
        shown = await opened(bay, "ines")
        await bay.person("ines").click("step-concerns", channel=CHANNEL, ts=shown["ts"])
        await bay.quiet()
        record = str([(each.request, each.answer) for each in bay.sandbox.record.since(0)])

    assert "Scout the pier" in record
    assert "canary" not in record


async def test_a_step_that_moved_on_is_shown_where_it_is(joined: World) -> None:
    async with riverside(joined, features) as bay:
        await drawn(bay)
        joined.say("ines", "steps.abandon", pilot=joined["ferry"], step=joined["scout"], reason="Too soon")
        await press(bay, "omar", "step-consent")
        (shown,) = bay.screen("omar").ephemerals(CHANNEL)

    assert "This step has moved on" in shown["text"]
    assert "✕ abandoned" in shown["text"]
    assert joined.events(PositionTaken) == []


async def test_buttons_of_an_old_card_show_where_things_are(joined: World) -> None:
    async with riverside(joined, features, web_at="https://web.example") as bay:
        await drawn(bay)
        joined.clock.now += 15 * DAY
        bay.sandbox.clock.set(joined.clock.now / 1e6)
        await press(bay, "omar", "step-consent")
        (shown,) = bay.screen("omar").ephemerals(CHANNEL)

    assert "This step has moved on" in shown["text"]
    assert "https://web.example/pilots/" in str(shown["blocks"])
    assert joined.events(PositionTaken) == []


async def test_a_coordinator_is_told_what_holds_a_step(joined: World) -> None:
    async with riverside(joined, features) as bay:
        await drawn(bay)
        shown = await opened(bay, "ines")
        await bay.person("ines").click("step-start", channel=CHANNEL, ts=shown["ts"])
        await bay.quiet()

        assert "step-start" not in str((await opened(bay, "omar"))["blocks"])
    assert joined.events(StepStarted) == []


async def test_a_step_is_started_paused_taken_up_and_completed_with_what_came_of_it(joined: World) -> None:
    for person in ("ines", "kurt"):
        scan(joined, person)
    joined.say("ines", "pilots.choose_level", pilot=joined["ferry"], level="compete")
    async with riverside(joined, features) as bay:
        await drawn(bay)
        steps: list[tuple[str, dict[str, Any] | None]] = [
            ("step-start", None),
            ("step-pause", {"reason": "The tide"}),
            ("step-start", None),
            (
                "step-complete",
                {"achieved": "0.75", "outcome": "partly", "statement": "The pier holds two ferries"},
            ),
        ]
        for action, said in steps:
            shown = await opened(bay, "ines")
            await bay.person("ines").click(action, channel=CHANNEL, ts=shown["ts"])
            await bay.quiet()
            if said is not None:
                await bay.person("ines").submit(said)
                await bay.quiet()
        (card,) = posted(bay)
        thread = bay.screen("omar").thread(CHANNEL, card["ts"])

    assert len(joined.events(StepStarted)) == 2
    assert len(joined.events(StepPaused)) == 1
    (stated,) = joined.events(OutcomeStated)
    assert isinstance(stated, OutcomeStated)
    assert (stated.outcome, stated.words.text) == ("partly", "The pier holds two ferries")
    (round_,) = joined.events(RoundOpened)
    assert isinstance(round_, RoundOpened)
    assert (round_.step, round_.phase) == (joined["scout"], "after")
    assert "✓ done" in card["text"]
    assert "The pier holds two ferries" in str(thread[-1]["blocks"])


async def test_a_step_is_abandoned_with_a_reason(joined: World) -> None:
    async with riverside(joined, features) as bay:
        await drawn(bay)
        shown = await opened(bay, "ines")
        await bay.person("ines").click("step-abandon", channel=CHANNEL, ts=shown["ts"])
        await bay.quiet()
        await bay.person("ines").submit({"reason": "No boat"})
        await bay.quiet()

    assert len(joined.events(StepAbandoned)) == 1


async def test_a_red_line_stops_a_step_in_words_and_only_its_owner_waives_it(joined: World) -> None:
    line = {"red_line": "no_escort", "touch": "escort", "words": "Nobody armed near us"}
    joined.say("ines", "actors.declare_red_line", how(label="GREEN"), **line)
    touches = (Touch(touch="escort"),)
    joined.say("ines", "steps.abandon", pilot=joined["ferry"], step=joined["scout"], reason="Not yet")
    joined.make("convoy", "ines", "steps.plan", pilot=joined["ferry"], title="The convoy", touches=touches)
    async with riverside(joined, features) as bay:
        await drawn(bay)
        text = posted(bay)[-1]["text"].replace("\u2068", "").replace("\u2069", "")
        foreign = await opened(bay, "kurt")
        own = await opened(bay, "omar")
        await bay.person("omar").click("line-waive:0", channel=CHANNEL, ts=own["ts"])
        await bay.quiet()
        await bay.person("omar").submit({"reason": "This once, unarmed"})
        await bay.quiet()
        after = posted(bay)[-1]["text"]

    assert "Red line of The agency: no armed escort. In their words: Nobody armed near us" in text
    assert "until The agency waives the line for this step" in text
    assert "line-waive" not in str(foreign["blocks"])
    (waived,) = joined.events(RedLineWaived)
    assert isinstance(waived, RedLineWaived)
    assert (waived.red_line, waived.step) == ("no_escort", joined["convoy"])
    assert "Red line" not in after


async def test_a_concern_is_acknowledged_and_answered_with_a_tweak(joined: World) -> None:
    joined.make(
        "fear",
        "kurt",
        "concerns.raise_one",
        pilot=joined["ferry"],
        words="The ferry is too loud",
        how=how(label="GREEN"),
    )
    async with riverside(joined, features) as bay:
        await drawn(bay)
        for action in ("concern-acknowledge", "concern-tweak"):
            shown = await opened(bay, "ines")
            await bay.person("ines").click("step-concerns", channel=CHANNEL, ts=shown["ts"])
            await bay.quiet()
            await bay.person("ines").click(f"{action}:{joined['fear']}")
            await bay.quiet()
        await bay.person("ines").submit({"change": "Sail by day", "answer": "You were right"})
        await bay.quiet()

    assert len(joined.events(ConcernAcknowledged)) == 1
    (adopted,) = joined.events(TweakAdopted)
    (answered,) = joined.events(ConcernAnswered)
    assert isinstance(adopted, TweakAdopted)
    assert isinstance(answered, ConcernAnswered)
    assert (adopted.change.text, adopted.step) == ("Sail by day", joined["scout"])
    assert (answered.tweak, answered.words.text) == (adopted.tweak, "You were right")


async def test_an_invitation_is_declined_with_reasons(joined: World) -> None:
    ferry = joined["ferry"]
    joined.say("kurt", "pilots.withdraw", pilot=ferry, reasons="For now")
    joined.say("ines", "pilots.invite", pilot=ferry, actor=joined["brigade"], framing="Once more")
    async with riverside(joined, features) as bay:
        await drawn(bay)
        own = await opened(bay, "kurt")
        await bay.person("kurt").click("invitation-read", channel=CHANNEL, ts=own["ts"])
        await bay.quiet()
        refused = await bay.person("kurt").submit({"reply": "decline"})
        await bay.person("kurt").submit({"reply": "decline", "reasons": ["brand"], "why": "Our flag"})
        await bay.quiet()

    assert refused["errors"]
    answered = joined.events(InvitationAnswered)[-1]
    assert isinstance(answered, InvitationAnswered)
    assert (answered.reply, answered.reason_codes, answered.reasons.text) == (
        "decline",
        ("brand",),
        "Our flag",
    )


async def test_a_charter_is_read_and_accepted(joined: World) -> None:
    rules = {"data_ownership": "Ours", "branding": "None", "public_messaging": "Together"}
    joined.say("ines", "pilots.set_charter", pilot=joined["ferry"], **rules)
    async with riverside(joined, features) as bay:
        await drawn(bay)
        own = await opened(bay, "kurt")
        await bay.person("kurt").click("charter-read", channel=CHANNEL, ts=own["ts"])
        await bay.quiet()
        assert "Together" in str(bay.modal("kurt")["blocks"])
        await bay.person("kurt").submit({})
        await bay.quiet()

    accepted = joined.events(CharterAccepted)[-1]
    assert isinstance(accepted, CharterAccepted)
    assert (accepted.actor, accepted.edition) == (joined["brigade"], 2)


async def test_a_partners_mandate_is_acknowledged_with_what_is_unclear(joined: World) -> None:
    said = {"mandate": "Keep the peace", "incentives": "Speed", "fears": "Blame"}
    joined.say("lena", "actors.clarify_mandate", how(label="GREEN"), **said)
    async with riverside(joined, features) as bay:
        await drawn(bay)
        own = await opened(bay, "omar")
        await bay.person("omar").click("mandate-read", channel=CHANNEL, ts=own["ts"])
        await bay.quiet()
        brigade = joined["brigade"]
        await bay.person("omar").submit({f"unclear:{brigade}": "Whose peace?", "partners": [brigade]})
        await bay.quiet()

    (known,) = joined.events(MandateAcknowledged)
    assert isinstance(known, MandateAcknowledged)
    assert (known.partner, known.misunderstanding.text) == (brigade, "Whose peace?")


async def test_steps_are_listed_to_one_person(joined: World) -> None:
    async with riverside(joined, features) as bay:
        await bay.person("omar").command("/counterpoise", "steps", channel="general")
        await bay.quiet()
        (shown,) = bay.screen("omar").ephemerals()

        assert "Scout the pier" in shown["text"]
        assert bay.screen("kurt").ephemerals() == []


@pytest.mark.parametrize("name", sorted(SEATS))
async def test_cards_and_dialogs_fit_in_every_language(joined: World, name: str) -> None:
    joined.application.kept.put(
        "channel",
        f"{TEAM}/{CHANNEL}",
        {"language": {"ines": "de", "kurt": "fr", "vera": "ar"}.get(name, "es")},
    )
    async with riverside(joined, features) as bay:
        await drawn(bay)
        await opened(bay, name)
        await press(bay, name, "step-object")

        assert bay.modal(name)["callback_id"] == "step-position"
