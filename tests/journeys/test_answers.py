"""Journeys to an answer: asked in a channel and in a direct message, followed, compared, shown; charts refused."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from counterpoise.domain.lessons import LessonMarkedUseful
from counterpoise_bot.limits import problems
from tests.journeys.office import PILOT_CHANNEL, Office, office
from tests.journeys.seeded import Seeded, copied, told

CHART = "data_visualization"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Seeded:
    """Tell the history once."""
    return told(tmp_path_factory.mktemp("whole"))


@pytest.fixture
def seeded(whole: Seeded, tmp_path: Path) -> Iterator[Seeded]:
    """Lend a copy of the history."""
    with copied(whole, tmp_path) as copy:
        yield copy


async def asked(here: Office, who: str, command: str, text: str = "") -> dict[str, Any]:
    """Let somebody ask in the pilot's channel; return the answer that they alone see."""
    await here.person(who).command(command, text, channel=PILOT_CHANNEL)
    await here.quiet()
    return last(here, who)


async def pressed(here: Office, who: str, action: str) -> dict[str, Any]:
    """Let somebody press a button of the last answer; return what they are told."""
    await here.person(who).click(action, channel=PILOT_CHANNEL, ts=str(last(here, who)["ts"]))
    await here.quiet()
    return last(here, who)


def last(here: Office, who: str) -> dict[str, Any]:
    found: dict[str, Any] = here.screen(who).ephemerals(PILOT_CHANNEL)[-1]
    return found


def kinds(message: Mapping[str, Any]) -> list[str]:
    return [block["type"] for block in message["blocks"]]


def written(here: Office) -> list[str]:
    """Return what stands in the pilot's channel for everybody."""
    return [each["text"] for each in here.screen("ines").messages(PILOT_CHANNEL) if not each.get("ephemeral")]


async def test_the_channels_pilot_is_answered_privately_with_a_table_and_a_chart(seeded: Seeded) -> None:
    async with office(seeded, "ines", "tomas") as here:
        answer = await asked(here, "ines", "/balance")

        assert "gains" in answer["text"]
        assert "Shared needs assessments and logistics" in answer["text"]
        assert {"data_table", CHART, "context_actions"} <= set(kinds(answer))
        assert here.screen("tomas").ephemerals(PILOT_CHANNEL) == []
        assert not any("gains" in text for text in written(here))


async def test_why_leads_to_the_events(seeded: Seeded) -> None:
    async with office(seeded, "ines") as here:
        await asked(here, "ines", "/balance")
        why = await pressed(here, "ines", "figure-why")

        assert "What carries the balance of" in why["text"]
        assert "pilot:c48ff480#30" in why["text"]


async def test_an_answer_is_seen_before_a_step_began(seeded: Seeded) -> None:
    async with office(seeded, "ines") as here:
        now = await asked(here, "ines", "/balance")
        await here.person("ines").click("figure-as-of", channel=PILOT_CHANNEL, ts=str(now["ts"]))
        await here.quiet()
        modal = here.screen("ines").modal()
        assert modal is not None
        view = modal.get("view", modal)
        menu = next(block["element"] for block in view["blocks"] if block["block_id"] == "step")
        await here.person("ines").submit({"step": menu["options"][0]["value"]})
        await here.quiet()
        then = last(here, "ines")

    assert then["text"] != now["text"]
    assert "2024" in then["text"]


async def test_two_moments_are_compared_in_words(seeded: Seeded) -> None:
    async with office(seeded, "ines") as here:
        now = await asked(here, "ines", "/balance")
        await here.person("ines").click("figure-compare", channel=PILOT_CHANNEL, ts=str(now["ts"]))
        await here.quiet()
        wrong = await here.person("ines").submit({})
        await here.person("ines").submit({"before": "2024-05-01"})
        await here.quiet()
        compared = last(here, "ines")

    assert wrong["errors"]
    assert "Verdict: " in compared["text"]
    assert "Level: " in compared["text"]


async def test_two_organisations_are_compared_in_words(seeded: Seeded) -> None:
    async with office(seeded, "ines") as here:
        now = await asked(here, "ines", "/balance")
        await here.person("ines").click("figure-compare", channel=PILOT_CHANNEL, ts=str(now["ts"]))
        await here.quiet()
        await here.person("ines").submit({"actor": seeded["relief"], "other": seeded["force"]})
        await here.quiet()
        compared = last(here, "ines")

    text = compared["text"]
    assert text.index("Almadine Relief") < text.index("against") < text.index("Corridor Task Force")


async def test_what_not_everybody_in_the_channel_may_read_stays_private(seeded: Seeded) -> None:
    async with office(seeded, "ines", "lani") as here:
        await asked(here, "ines", "/balance")
        told_so = await pressed(here, "ines", "figure-share")

        assert "Not everybody in this channel may read" in told_so["text"]
        assert not any("gains" in text for text in written(here))


async def test_what_everybody_may_read_is_shown_in_the_channel_with_its_label(seeded: Seeded) -> None:
    async with office(seeded, "ines", "tomas", locales={"tomas": "de-DE"}) as here:
        await asked(here, "ines", "/balance")
        await here.person("ines").click("figure-share", channel=PILOT_CHANNEL)
        await here.quiet()
        shown = [text for text in written(here) if "gains" in text]

        post = next(each for each in here.screen("tomas").messages(PILOT_CHANNEL) if "gains" in each["text"])
        await here.person("tomas").click("figure-mine", channel=PILOT_CHANNEL, ts=str(post["ts"]))
        await here.quiet()
        own = last(here, "tomas")

    assert len(shown) == 1
    assert shown[0].startswith("◔ TLP:GREEN ")
    assert own["text"].startswith("◔ TLP:GREEN ")
    assert own["text"] != shown[0]


async def test_a_figure_above_what_an_organisation_lets_through_slack_is_told_elsewhere(
    seeded: Seeded,
) -> None:
    seeded.say("kaspar", "actors.set_chat_ceiling", ceiling="GREEN")
    async with office(seeded, "kaspar") as here:
        answer = await asked(here, "kaspar", "/balance")

    assert "◕ TLP:AMBER+STRICT, which your organisation does not let pass through Slack" in answer["text"]
    assert "gains" not in answer["text"]


async def test_a_refused_chart_becomes_a_picture_in_a_direct_message(seeded: Seeded) -> None:
    async with office(seeded, "ines") as here:
        here.sandbox.faults.refused_blocks = [CHART, "data_table"]
        await here.person("ines").say(
            "Counterpoise", "Show me the balance of Shared needs assessments and logistics"
        )
        await here.quiet()
        answer, *_ = [each for each in here.screen("ines").direct("Counterpoise") if "gains" in each["text"]]
        files = here.screen("ines").files()

    assert "table" in kinds(answer)
    assert CHART not in kinds(answer)
    assert len(files) == 1
    assert "◔ TLP:GREEN Chart of gains and identity risks" in str(files)


async def test_a_refused_chart_in_a_channel_is_sent_to_one_person_on_request(seeded: Seeded) -> None:
    async with office(seeded, "ines", "tomas") as here:
        here.sandbox.faults.refused_blocks = [CHART, "data_table"]
        answer = await asked(here, "ines", "/balance")
        await here.person("ines").click("figure-picture", channel=PILOT_CHANNEL, ts=str(answer["ts"]))
        await here.quiet()

        assert "table" in kinds(answer)
        assert len(here.screen("ines").files()) == 1
        assert here.screen("tomas").files() == []


async def test_with_every_block_refused_the_words_say_it_all(seeded: Seeded) -> None:
    async with office(seeded, "ines") as here:
        here.sandbox.faults.refused_blocks = [CHART, "data_table", "table", "context_actions"]
        answer = await asked(here, "ines", "/balance")

    assert "Corridor Task Force: Gains" in answer["text"]


async def test_trust_is_asked_by_names_in_a_sentence(seeded: Seeded) -> None:
    async with office(seeded, "ines") as here:
        answer = await asked(here, "ines", "/counterpoise", "trust Corridor Task Force in Kessou corridor")
        why = await pressed(here, "ines", "figure-why")

    assert "Trust in \u2068Corridor Task Force\u2069 in \u2068Kessou corridor\u2069: 0." in answer["text"]
    assert "red line crossed" in why["text"]


async def test_without_names_trust_is_told_of_the_theatre_of_the_channels_pilot(seeded: Seeded) -> None:
    async with office(seeded, "ines") as here:
        answer = await asked(here, "ines", "/counterpoise", "trust")

    assert "Kessou corridor" in answer["text"]
    assert "Tavai islands" not in answer["text"]


async def test_who_is_on_several_pilots_is_asked_which_one(seeded: Seeded) -> None:
    async with office(seeded, "ines") as here:
        await here.person("ines").command("/balance", "as of 2024-06-01", channel="general")
        await here.quiet()
        menu = here.screen("ines").ephemerals("general")[-1]
        await here.person("ines").choose(
            menu["blocks"][1]["elements"][0]["action_id"],
            seeded["liaison"],
            channel="general",
            ts=str(menu["ts"]),
        )
        await here.quiet()
        answer = here.screen("ines").ephemerals("general")[-1]

    assert "Which pilot do you mean?" in menu["text"]
    assert "De-confliction liaison cell\u2069, as of 27 May 2024" in answer["text"]


async def test_spill_over_is_followed_from_a_cell_to_its_events(seeded: Seeded) -> None:
    async with office(seeded, "ines") as here:
        answer = await asked(here, "ines", "/counterpoise", "spillover")
        menu = next(
            element
            for block in answer["blocks"]
            for element in block.get("elements", [])
            if str(element.get("action_id", "")).startswith("figure-cell")
        )
        await here.person("ines").choose(
            menu["action_id"], menu["options"][1]["value"], channel=PILOT_CHANNEL, ts=str(answer["ts"])
        )
        await here.quiet()
        why = last(here, "ines")

    assert "This is association, not cause" in answer["text"]
    assert "The events behind it that weigh most:" in why["text"]


async def test_a_lesson_is_found_and_rated(seeded: Seeded) -> None:
    async with office(seeded, "ines") as here:
        answer = await asked(here, "ines", "/counterpoise", "lessons address road")
        rating = next(
            element
            for block in answer["blocks"]
            for element in block.get("elements", [])
            if element["type"] == "feedback_buttons"
        )
        useful = rating["positive_button"]["value"]
        await here.person("ines").click(
            rating["action_id"], channel=PILOT_CHANNEL, ts=str(answer["ts"]), value=useful
        )
        await here.quiet()
        marks = [
            each for each in seeded.events(LessonMarkedUseful) if each.stream.endswith(useful.split("/")[0])
        ]

    assert "Tell them the road, never the address" in answer["text"]
    assert "○ TLP:CLEAR" in answer["text"]
    assert marks[-1].source == "chat"


async def test_whether_an_answer_helped_is_kept_as_a_count_alone(seeded: Seeded) -> None:
    async with office(seeded, "ines") as here:
        answer = await asked(here, "ines", "/balance")
        for _ in range(2):
            await here.person("ines").click(
                "answer-rate", channel=PILOT_CHANNEL, ts=str(answer["ts"]), value="balance/helped"
            )
            await here.quiet()

    assert seeded.application.kept.all("helped") == [("balance/helped", {"count": 1})]


async def test_everything_that_was_sent_keeps_to_the_limits(seeded: Seeded) -> None:
    async with office(seeded, "ines", locales={"ines": "ar-SA"}) as here:
        for command, text in (
            ("/balance", ""),
            ("/counterpoise", "trust"),
            ("/counterpoise", "spillover"),
            ("/counterpoise", "lessons"),
        ):
            answer = await asked(here, "ines", command, text)
            assert problems({"text": answer["text"], "blocks": answer["blocks"]}) == []
