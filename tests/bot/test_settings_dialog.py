"""Settings: what a person chooses, kept sealed, and what follows from it."""

import pytest

from counterpoise_bot.chat import Chat
from counterpoise_bot.commands import Commands
from counterpoise_bot.doors import Feature
from counterpoise_bot.drafts import Drafts
from counterpoise_bot.settings_dialog import SettingsDialog, away
from tests.application.world import World
from tests.bot.riverside import SEATS, riverside


def features(chat: Chat) -> list[Feature]:
    return [Commands(chat, Drafts(chat)), SettingsDialog(chat)]


async def test_settings_are_kept_as_they_were_chosen(small: World) -> None:
    async with riverside(small, features) as bay:
        await bay.person("omar").command("/counterpoise", "settings", channel="general")
        await bay.quiet()
        await bay.person("omar").choose("settings-zone", "Africa/Nairobi", query="nairobi")
        await bay.person("omar").submit(
            {
                "settings-language": "fr",
                "settings-from": "8",
                "settings-to": "13",
                "settings-days": ["4", "5"],
                "settings-away": "2024-10-14",
                "settings-often": "weekly",
                "settings-digest": "single",
                "settings-clock": "12",
                "settings-where": "dm",
            }
        )
        await bay.quiet()

    assert small.application.kept.get("person", small["omar"]) == {
        "language": "fr",
        "zone": "Africa/Nairobi",
        "clock": "12",
        "hours": [8, 13],
        "days_off": [4, 5],
        "away_until": away("2024-10-14", "Africa/Nairobi"),
        "fewer": True,
        "digest": "single",
        "where": "dm",
    }


async def test_hours_that_end_before_they_begin_are_refused_on_their_field(small: World) -> None:
    async with riverside(small, features) as bay:
        await bay.person("omar").command("/counterpoise", "settings", channel="general")
        await bay.quiet()
        sent = await bay.person("omar").submit({"settings-from": "18"})

    assert "to" in sent["errors"]
    assert small.application.kept.get("person", small["omar"]) is None


async def test_a_language_is_chosen_by_its_own_name(small: World) -> None:
    async with riverside(small, features) as bay:
        await bay.person("omar").command("/counterpoise", "language", channel="general")
        await bay.quiet()
        (asked,) = bay.screen("omar").ephemerals()
        assert "العربية" in str(asked["blocks"])
        await bay.person("omar").click("language-set:ar")
        await bay.quiet()

    assert small.application.kept.get("person", small["omar"]) == {"language": "ar"}


@pytest.mark.parametrize("name", sorted(SEATS))
async def test_the_dialog_fits_in_every_language(small: World, name: str) -> None:
    async with riverside(small, features) as bay:
        await bay.person(name).command("/counterpoise", "settings", channel="general")
        await bay.quiet()

        assert len(bay.modal(name)["title"]["text"]) <= 24
