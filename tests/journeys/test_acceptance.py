"""What a team may rely on: what was withdrawn is gone, RED stays out of Slack, limits hold, charts may be refused."""

import json

from counterpoise.domain.concerns import ConcernRaised
from counterpoise.domain.corrections import Withdrawn
from counterpoise_bot.limits import problems
from counterpoise_sandbox.faults import Blow
from tests.application.world import World, scan
from tests.journeys.office import PILOT_CHANNEL, Office, office

CANARY = "The canary sings over the clinic and the families are afraid"


async def recorded(here: Office, who: str, words: str, *, label: str = "") -> dict[str, object]:
    """Let somebody record a concern in the pilot's channel, and return the receipt they see."""
    person = here.person(who)
    await person.command("/concern", words, channel=PILOT_CHANNEL)
    await here.quiet()
    if label:
        draft = here.screen(who).ephemerals(PILOT_CHANNEL)[-1]
        option = next(value for value in _values(draft) if value.endswith(f"/{label}"))
        await person.choose("draft-label", option, channel=PILOT_CHANNEL, ts=str(draft["ts"]))
        await here.quiet()
    await person.click("draft-record", channel=PILOT_CHANNEL)
    await here.quiet()
    found: dict[str, object] = here.screen(who).ephemerals(PILOT_CHANNEL)[-1]
    return found


def _values(message: dict[str, object]) -> list[str]:
    blocks = message["blocks"]
    assert isinstance(blocks, list)
    elements = [each for block in blocks for each in block.get("elements", [])]
    return [option["value"] for each in elements for option in each.get("options", [])]


async def test_what_was_withdrawn_is_in_no_answer_any_more(world: World) -> None:
    async with office(world, "ines", "omar") as here:
        receipt = await recorded(here, "omar", CANARY)
        await here.person("omar").click("record-undo", channel=PILOT_CHANNEL, ts=str(receipt["ts"]))
        await here.quiet()
        before = len(here.sandbox.record.since(0))
        ines = here.person("ines")
        for command, text in (
            ("/balance", ""),
            ("/counterpoise", "trust"),
            ("/counterpoise", "lessons canary clinic families"),
            ("/counterpoise", "records"),
            ("/concern", "Canaries near a clinic"),
        ):
            await ines.command(command, text, channel=PILOT_CHANNEL)
            await here.quiet()
        answers = here.sandbox.record.since(0)[before:]

        assert CANARY not in str([(each.request, each.answer) for each in answers if each.way != "person"])
        assert CANARY not in str(world.application.questions.pilots.concerns(world.by("omar")).value)
        assert (len(world.events(ConcernRaised)), len(world.events(Withdrawn))) == (1, 1)


async def test_red_is_never_offered_and_its_words_never_pass_through_slack(world: World) -> None:
    async with office(world, "omar", "kurt") as here:
        omar = here.person("omar")
        await omar.command("/counterpoise", "private", channel=PILOT_CHANNEL)
        await here.quiet()
        offered = here.screen("omar").ephemerals(PILOT_CHANNEL)[-1]
        link = next(word for word in str(offered["text"]).split() if "/form/" in word)
        token = link.rpartition("/")[2]
        world.application.forms.submit(
            token, words=CANARY, label="RED", recipients=(world["ines"],), language="en"
        )
        await here.quiet()
        await omar.command("/concern", "Something else worries the families", channel=PILOT_CHANNEL)
        await here.quiet()
        draft = here.screen("omar").ephemerals(PILOT_CHANNEL)[-1]

        (raised,) = world.events(ConcernRaised)
        assert raised.label == "RED"
        assert not any(value.endswith("/RED") for value in _values(draft))
        assert CANARY not in str(here.sandbox.record.since(0))


async def test_a_record_is_echoed_only_where_everybody_may_read_it(world: World) -> None:
    async with office(world, "ines", "omar", "kurt") as here:
        await recorded(here, "omar", "Our own worry about the clinic at night")
        alone = here.screen("kurt").texts(PILOT_CHANNEL)
        await recorded(here, "omar", "Everybody's worry about the clinic at night", label="GREEN")
        shared = here.screen("kurt").texts(PILOT_CHANNEL)

        assert not any("Our own worry" in text for text in alone)
        assert any("Everybody's worry" in text for text in shared)
        assert not any("Our own worry" in text for text in shared)


async def test_nothing_is_echoed_where_a_stranger_listens(world: World) -> None:
    async with office(world, "ines", "omar", "kurt", "pat", linked=("ines", "omar", "kurt")) as here:
        await recorded(here, "omar", "Everybody's worry about the clinic at night", label="GREEN")

        assert not any("worry" in text for text in here.screen("pat").texts(PILOT_CHANNEL))


async def test_a_partner_in_a_shared_channel_is_themselves(world: World) -> None:
    async with office(world, "ines", "kurt", foreign=("kurt",)) as here:
        kurt = here.person("kurt")
        await kurt.say(PILOT_CHANNEL, "@Counterpoise I am worried that the convoy passes the school at noon")
        await here.quiet()
        await kurt.click("draft-record", channel=PILOT_CHANNEL)
        await here.quiet()

        (raised,) = world.events(ConcernRaised)
        assert raised.actor == world["brigade"]


async def test_every_payload_of_a_day_keeps_the_limits(world: World) -> None:
    async with office(world, "ines", "omar") as here:
        await _a_day(here)
        sent = [
            each.request
            for each in here.sandbox.record.since(0)
            if each.way in {"api", "response_url"} and isinstance(each.request, dict)
        ]
        checked = [each for each in sent if "blocks" in each or "view" in each]

        assert len(checked) > 10
        assert [problem for each in checked for problem in problems(_payload(each))] == []


async def test_the_day_goes_on_where_charts_and_tables_are_refused(world: World) -> None:
    async with office(world, "ines", "omar") as here:
        here.sandbox.faults.refused_blocks = ["data_visualization", "data_table", "table"]
        await _a_day(here)

        assert any("Gains" in text for text in _ephemeral_texts(here, "ines"))
        assert len(world.events(ConcernRaised)) == 1


async def _a_day(here: Office) -> None:
    """Let two people do what people do in a day."""
    world = here.world
    for who in ("ines", "kurt"):
        scan(world, who)
    await recorded(here, "omar", "The drones over the clinic at night frighten families")
    ines = here.person("ines")
    for command, text in (
        ("/counterpoise", ""),
        ("/counterpoise", "help"),
        ("/counterpoise", "wurzel"),
        ("/balance", ""),
        ("/counterpoise", "trust"),
        ("/counterpoise", "spillover"),
        ("/counterpoise", "lessons drones"),
        ("/counterpoise", "records"),
        ("/counterpoise", "pilot"),
    ):
        await ines.command(command, text, channel=PILOT_CHANNEL)
        await here.quiet()
    await ines.open_home()
    await here.quiet()
    await here.person("omar").say("Counterpoise", "hm, what a day")
    await here.quiet()


def _ephemeral_texts(here: Office, who: str) -> list[str]:
    return [str(each["text"]) for each in here.screen(who).ephemerals(PILOT_CHANNEL)]


def _payload(request: dict[str, object]) -> dict[str, object]:
    found = request.get("view", request)
    shown = json.loads(found) if isinstance(found, str) else found
    assert isinstance(shown, dict)
    if isinstance(shown.get("blocks"), str):
        shown = {**shown, "blocks": json.loads(shown["blocks"])}
    return shown


async def test_what_slack_will_not_take_at_once_is_not_lost(world: World) -> None:
    async with office(world, "omar") as here:
        await here.person("omar").command("/concern", CANARY, channel=PILOT_CHANNEL)
        await here.quiet()
        here.sandbox.faults.blows = [
            Blow(fault="ratelimited", method="chat.postMessage", count=2, retry_after=0),
            Blow(fault="server_error", method="chat.postEphemeral", count=1, retry_after=0),
        ]
        await here.person("omar").click("draft-record", channel=PILOT_CHANNEL)
        await here.quiet()

        assert len(world.events(ConcernRaised)) == 1
