"""The scan wizard, as two people of two organisations go through it."""

from typing import Any

import pytest

from counterpoise.domain.scans import ScanRecorded, ScanRevised
from counterpoise_bot.chat import Chat
from counterpoise_bot.commands import Commands
from counterpoise_bot.doors import Feature
from counterpoise_bot.drafts import Drafts
from counterpoise_bot.message import Account
from counterpoise_bot.people import People
from counterpoise_bot.scan_wizard import ScanWizard
from counterpoise_bot.surroundings import Around
from counterpoise_bot.turns import Turn
from tests.application.world import World, how, scan
from tests.bot.riverside import TEAM, Riverside, riverside

GAINS = {"scan-rate:speed": "4", "scan-doubt:speed": "sure", "scan-rate:reach": "0"}
RISKS = {"scan-rate:neutrality": "2", "scan-rate:brand": "3"}


def wizard(chat: Chat) -> list[Feature]:
    around = Around(chat)
    return [Commands(chat, Drafts(chat)), ScanWizard(chat, around)]


def title(bay: Riverside, name: str) -> str:
    return str(bay.modal(name)["title"]["text"])


def text(view: dict[str, Any]) -> str:
    return "\n".join(block["text"]["text"] for block in view["blocks"] if block["type"] == "section")


async def begin(bay: Riverside, name: str) -> None:
    await bay.person(name).command("/counterpoise", "scan", channel="general")
    await bay.quiet()


async def through(bay: Riverside, name: str, *pages: dict[str, Any]) -> None:
    """Fill one page after the other."""
    for page in pages:
        await bay.person(name).submit(page)
        await bay.quiet()


async def test_a_scan_is_rated_page_by_page_and_recorded_when_its_author_says_so(small: World) -> None:
    async with riverside(small, wizard) as bay:
        await begin(bay, "omar")
        titles = [title(bay, "omar")]
        for page in (GAINS, RISKS, {"scan-rate:autonomy": "2"}, {"scan-line": ["met"]}):
            await through(bay, "omar", page)
            titles.append(title(bay, "omar"))
        assert small.events(ScanRecorded) == []
        result = text(bay.modal("omar"))
        await through(bay, "omar", {})

    assert titles == [f"Scan {page}/5" for page in range(1, 6)]
    (recorded,) = small.events(ScanRecorded)
    assert isinstance(recorded, ScanRecorded)
    assert {each.factor: (each.score, each.doubt) for each in recorded.scores} == {
        "speed": (0.75, 0.05),
        "neutrality": (0.25, 0.12),
        "brand": (0.5, 0.12),
        "autonomy": (0.25, 0.12),
    }
    assert (recorded.red_line, recorded.source, recorded.label) == (True, "chat", "AMBER+STRICT")
    assert "Gains" in result.splitlines()[0]
    assert "You do not know: Political reach and access." in result


async def test_what_is_left_half_done_is_there_when_one_comes_back(small: World) -> None:
    async with riverside(small, wizard) as bay:
        await begin(bay, "omar")
        await through(bay, "omar", GAINS, RISKS)
        await bay.person("omar").close()
        await bay.quiet()
        (kept,) = bay.direct("omar")
        await bay.person("omar").click("scan-start", channel=kept["channel"], ts=kept["ts"])
        await bay.quiet()
        where = title(bay, "omar")
        await bay.person("omar").click("scan-back")
        await bay.quiet()
        view = bay.modal("omar")

    assert "page 3 of 5" in kept["text"]
    assert where == "Scan 3/5"
    rated = {
        block["element"]["action_id"]: block["element"]["initial_option"]["value"]
        for block in view["blocks"]
        if block["type"] == "input" and "initial_option" in block["element"]
    }
    assert (rated["scan-rate:neutrality"], rated["scan-rate:brand"]) == ("2", "3")


async def test_the_draft_is_sealed_on_the_disk(small: World) -> None:
    async with riverside(small, wizard) as bay:
        await begin(bay, "omar")
        await bay.person("omar").click("scan-more:speed")
        await bay.quiet()
        await through(bay, "omar", {"scan-link": "https://example.org/trial", "scan-why": "canary boats"})

    files = [path for path in small.folder.iterdir() if ".kept" in path.name]
    assert files
    assert not any(b"canary" in path.read_bytes() for path in files)


async def test_evidence_goes_with_the_words_of_the_scan(small: World) -> None:
    async with riverside(small, wizard) as bay:
        await begin(bay, "omar")
        await bay.person("omar").click("scan-more:speed")
        await bay.quiet()
        await through(bay, "omar", {"scan-link": "https://example.org/trial", "scan-why": "Boats were quick"})
        assert "Boats were quick" in str(bay.modal("omar")["blocks"])
        await through(bay, "omar", GAINS, RISKS, {}, {"scan-words": "We are torn"})
        assert "Rated without evidence: Neutrality and Brand and identity." in text(bay.modal("omar"))
        await through(bay, "omar", {})

    (recorded,) = small.events(ScanRecorded)
    assert isinstance(recorded, ScanRecorded)
    assert recorded.words.text == "We are torn\nSpeed: Boats were quick https://example.org/trial"


async def test_a_scan_with_an_empty_pan_cannot_be_recorded(small: World) -> None:
    async with riverside(small, wizard) as bay:
        await begin(bay, "omar")
        await through(bay, "omar", GAINS, {}, {}, {})
        view = bay.modal("omar")

    assert "cannot be weighed yet" in text(view)
    assert "submit" not in view or not view["submit"]


async def test_nobody_sees_anothers_scores_until_all_have_answered(small: World) -> None:
    scan(small, "kurt", words="canary of the brigade")
    async with riverside(small, wizard) as bay:
        await begin(bay, "omar")
        await through(bay, "omar", GAINS, RISKS, {}, {})
        before = bay.said("omar")
        await through(bay, "omar", {})
        after = text(bay.modal("omar"))

    assert "canary" not in before
    assert "All scans are in" in after


async def test_who_answers_first_is_told_how_many_are_in(small: World) -> None:
    async with riverside(small, wizard) as bay:
        await begin(bay, "omar")
        await through(bay, "omar", GAINS, RISKS, {}, {}, {})

        assert "1 of 2 scans are in" in text(bay.modal("omar"))
        assert "1 of 2 scans are in" in bay.direct("omar")[-1]["text"]


async def test_a_scan_is_revised_before_it_opens_from_what_it_said(small: World) -> None:
    scan(small, "omar", scores={"speed": 0.6, "neutrality": 0.4, "brand": 0.3})
    async with riverside(small, wizard) as bay:
        await begin(bay, "omar")
        await through(bay, "omar", {}, {"scan-rate:brand": "5"}, {}, {}, {})

    (revised,) = small.events(ScanRevised)
    assert isinstance(revised, ScanRevised)
    assert {each.factor: each.score for each in revised.scores} == {
        "speed": 0.6,
        "neutrality": 0.4,
        "brand": 1.0,
    }


async def test_a_scan_that_was_recorded_is_begun_anew_from_its_first_page_and_revised(small: World) -> None:
    async with riverside(small, wizard) as bay:
        await begin(bay, "omar")
        await through(bay, "omar", GAINS, RISKS, {}, {}, {})
        await bay.person("omar").close()
        await bay.quiet()
        await begin(bay, "omar")
        first = title(bay, "omar")
        await through(bay, "omar", {"scan-rate:speed": "5"}, {}, {}, {}, {})

    assert first == "Scan 1/5"
    (revised,) = small.events(ScanRevised)
    assert isinstance(revised, ScanRevised)
    assert {each.factor: each.score for each in revised.scores}["speed"] == 1.0


async def test_a_scan_that_is_sent_twice_is_recorded_once(small: World) -> None:
    async with riverside(small, wizard) as bay:
        bay.sandbox.faults.duplicates = 1
        await begin(bay, "omar")
        await through(bay, "omar", GAINS, RISKS, {}, {}, {})

    assert len(small.events(ScanRecorded, ScanRevised)) == 1


async def test_audiences_and_what_they_care_about_are_kept(small: World) -> None:
    async with riverside(small, wizard) as bay:
        await begin(bay, "omar")
        await through(bay, "omar", GAINS, RISKS, {})
        await bay.person("omar").choose("scan-audiences", ["donors", "staff"])
        await bay.person("omar").choose("scan-heavy", ["donors"])
        await bay.person("omar").click("scan-cares")
        await bay.quiet()
        await through(
            bay, "omar", {"care-audience": "staff", "care-factors": ["brand"], "care-degree": "0.0"}
        )
        await through(bay, "omar", {"scan-fulcrum": "1.5", "scan-fulcrum-doubt": "unsure"}, {})

    (recorded,) = small.events(ScanRecorded)
    assert isinstance(recorded, ScanRecorded)
    assert {each.audience: each.weight for each in recorded.audiences} == {"donors": 2.0, "staff": 1.0}
    assert [(each.audience, each.factor, each.care) for each in recorded.cares] == [("staff", "brand", 0.0)]
    assert (recorded.fulcrum, recorded.fulcrum_doubt) == (1.5, 0.15)


async def test_words_for_more_people_are_labelled_where_chat_takes_no_others(small: World) -> None:
    small.say("omar", "actors.set_chat_ceiling", how(), ceiling="GREEN")
    async with riverside(small, wizard) as bay:
        await begin(bay, "omar")
        await through(bay, "omar", GAINS, RISKS, {}, {})
        assert "TLP:GREEN" in text(bay.modal("omar"))
        await through(bay, "omar", {})

    (recorded,) = small.events(ScanRecorded)
    assert recorded.label == "GREEN"


async def test_a_scan_that_must_not_pass_through_slack_is_not_read_back_there(small: World) -> None:
    scan(small, "omar", words="canary", scores={"speed": 0.6, "neutrality": 0.4})
    small.say("omar", "actors.set_chat_ceiling", ceiling="GREEN")
    async with riverside(small, wizard) as bay:
        await begin(bay, "omar")
        view = bay.modal("omar")
        await through(bay, "omar", {}, {}, {})

        assert "initial_option" not in next(
            block["element"] for block in view["blocks"] if block.get("block_id") == "rate-speed"
        )
        assert "canary" not in bay.said("omar")


async def test_whoever_is_on_several_pilots_or_none_is_asked(small: World) -> None:
    small.say("ines", "members.grant", member=small["kurt"], role="auditor", pilot=small["ferry"])
    small.say("ines", "members.revoke", member=small["kurt"], role="participant", pilot=small["ferry"])
    async with riverside(small, wizard) as bay:
        await begin(bay, "kurt")

        assert bay.screen("kurt").modals() == []
        assert bay.screen("kurt").ephemerals()


@pytest.mark.parametrize("name", ["ines", "omar", "kurt", "lena"])
async def test_every_page_fits_in_every_language(small: World, name: str) -> None:
    async with riverside(small, wizard) as bay:
        await begin(bay, name)
        await through(bay, name, GAINS, RISKS, {}, {})

        assert len(title(bay, name)) <= 24
        assert "5/5" in title(bay, name)


async def test_home_lists_the_scan_that_is_owed_and_then_the_one_that_is_begun(small: World) -> None:
    async with riverside(small, wizard) as bay:
        (scanning,) = [each for each in bay.features if isinstance(each, ScanWizard)]
        person = await People(bay.chat).person(Account(TEAM, "U0BO"), workspace=TEAM)
        assert person is not None
        turn = Turn(chat=bay.chat, person=person, key="home", body={})
        owed = str(await scanning.part(turn))
        await begin(bay, "omar")
        await through(bay, "omar", GAINS)
        begun = str(await scanning.part(turn))
        await through(bay, "omar", RISKS, {}, {}, {})
        done = await scanning.part(turn)

    assert "waits for your organisation's scan" in owed
    assert "not recorded yet" in begun
    assert list(done) == []
