"""The first concern: a newcomer records, sees and undoes it; languages, doors and double clicks, in the workspace."""

import asyncio

from counterpoise.domain.concerns import ConcernRaised
from counterpoise.domain.corrections import Withdrawn
from counterpoise_bot.words import of
from tests.application.world import World
from tests.journeys.office import PILOT_CHANNEL, office

SENTENCE = "The drones over the clinic at night frighten families"


async def test_a_newcomer_records_sees_and_undoes_a_first_concern(world: World) -> None:
    async with office(world, "ines", "kurt") as here:
        ines = here.person("ines")
        await ines.command("/concern", SENTENCE, channel=PILOT_CHANNEL)
        await here.quiet()
        draft = here.screen("ines").ephemerals(PILOT_CHANNEL)[-1]
        await ines.click("draft-record", channel=PILOT_CHANNEL, ts=draft["ts"])
        await here.quiet()
        recorded = world.events(ConcernRaised)
        receipt = here.screen("ines").ephemerals(PILOT_CHANNEL)[-1]
        await ines.click("record-undo", channel=PILOT_CHANNEL, ts=receipt["ts"])
        await here.quiet()

        assert SENTENCE in str(draft)
        assert len(recorded) == 1
        assert len(world.events(Withdrawn)) == 1
        assert here.screen("kurt").ephemerals(PILOT_CHANNEL) == []
        assert SENTENCE not in str(here.screen("kurt").everything())


async def test_a_french_message_and_a_german_command_are_answered_in_their_languages(world: World) -> None:
    french = "J'ai peur que les drones effraient les familles la nuit"
    german = "Ich mache mir Sorgen, dass die Drohnen nachts die Familien erschrecken"
    async with office(world, "omar", "kurt") as here:
        omar, kurt = here.person("omar"), here.person("kurt")
        await omar.say("Counterpoise", french)
        await here.quiet()
        draft = str(here.screen("omar").direct("Counterpoise"))
        await omar.click("draft-record")
        await kurt.command("/concern", german, channel=PILOT_CHANNEL)
        await here.quiet()
        answer = str(here.screen("kurt").ephemerals(PILOT_CHANNEL))
        await kurt.click("draft-record", channel=PILOT_CHANNEL)
        await here.quiet()

        words = {(each.words.text, each.language) for each in world.events(ConcernRaised)}  # type: ignore[attr-defined]
        assert words == {(french, "fr"), (german, "de")}
        assert of("fr").term("medium") in draft
        assert of("de").term("medium") in answer


async def test_twenty_clicks_at_once_make_one_event_and_twenty_polite_answers(world: World) -> None:
    async with office(world, "ines") as here:
        ines = here.person("ines")
        await ines.command("/concern", SENTENCE, channel=PILOT_CHANNEL)
        await here.quiet()
        draft = here.screen("ines").ephemerals(PILOT_CHANNEL)[-1]
        answers = await asyncio.gather(
            *(ines.click("draft-record", channel=PILOT_CHANNEL, ts=draft["ts"]) for _ in range(20)),
            return_exceptions=True,
        )
        await here.quiet()

        assert len(world.events(ConcernRaised)) == 1
        assert all(isinstance(each, dict) and not each["trouble"] for each in answers)


async def test_a_cut_socket_loses_and_doubles_nothing(world: World) -> None:
    async with office(world, "ines") as here:
        ines = here.person("ines")
        await ines.command("/concern", SENTENCE, channel=PILOT_CHANNEL)
        await here.quiet()
        await here.sandbox.engine.post.sockets.cut("A0COUNTERPOISE")
        await here.sandbox.connected()
        await ines.click("draft-record", channel=PILOT_CHANNEL)
        await here.quiet()

        assert len(world.events(ConcernRaised)) == 1
