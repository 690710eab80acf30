"""Settings: a person's language, clock and working hours, and how often they hear from the bot."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from counterpoise_bot import blocks
from counterpoise_bot.blocks import Element
from counterpoise_bot.chat import Chat
from counterpoise_bot.doors import Doors
from counterpoise_bot.message import Block, Message
from counterpoise_bot.prompts import EPOCH
from counterpoise_bot.scan_pages import several
from counterpoise_bot.turns import Turn
from counterpoise_bot.words import LANGUAGES, Words, later, of

CALLBACK = "settings"
TONGUES = {
    "en": "English",
    "fr": "Français",
    "de": "Deutsch",
    "es": "Español",
    "ar": "العربية",
}
"""Languages, each in its own words: who looks for theirs may read no other."""

DAYS = (
    later("Monday", fits=75),
    later("Tuesday", fits=75),
    later("Wednesday", fits=75),
    later("Thursday", fits=75),
    later("Friday", fits=75),
    later("Saturday", fits=75),
    later("Sunday", fits=75),
)
CLOCKS = {"24": later("24 hours", fits=75), "12": later("12 hours", fits=75)}
DIGESTS = {
    "weekly": later("Once a week, together", fits=75),
    "single": later("Each at once, in my working hours", fits=75),
    "none": later("Not at all", fits=75),
}
WHERE = {
    "channel": later("In the channel, by name", fits=75),
    "dm": later("In a direct message", fits=75),
}
OFTEN = {
    "daily": later("Once a day at most", fits=75),
    "weekly": later("Once a week at most", fits=75),
}
OFFERED = 20
"""Zones a menu offers to what somebody typed."""

USUAL = {"hours": (9, 17), "days_off": (5, 6), "digest": "weekly", "where": "channel"}


class SettingsDialog:
    """Shows and keeps a person's settings."""

    def __init__(self, chat: Chat) -> None:
        self._chat = chat

    def listen(self, doors: Doors) -> None:
        """Name the doors."""
        doors.word("settings", self.asked)
        doors.word("language", self.language)
        doors.action("language-set", self.speak)
        doors.view(CALLBACK, self.changed, check=self.sensible)
        doors.options("settings-zone", self.zones)

    async def asked(self, turn: Turn) -> None:
        """Open the settings."""
        settings = self._chat.kept.get("person", turn.person.member.id) or {}
        await turn.open(page(turn.person.words, {**USUAL, "zone": turn.person.zone, **settings}))

    async def language(self, turn: Turn) -> None:
        """Offer the languages, each in its own words."""
        await turn.whisper(languages(turn.person.words))

    async def speak(self, turn: Turn) -> None:
        """Speak the language that was chosen, from the answer on."""
        chosen = turn.value if turn.value in LANGUAGES else turn.person.words.language
        self._keep(turn, {"language": chosen})
        said = of(chosen).say("From now on I speak this language with you.")
        await turn.replace(Message(text=said, blocks=(blocks.section(said),)))

    def sensible(self, turn: Turn) -> Mapping[str, str]:
        """Return what cannot be: hours that end before they begin, a week without a day."""
        words = turn.person.words
        first, last = (int(turn.state.get(f"settings-{name}") or 0) for name in ("from", "to"))
        if first >= last:
            return {"to": words.say("Choose an hour after the one you begin at.")}
        if len(turn.state.get("settings-days") or ()) == len(DAYS):
            return {"days": words.say("Leave one day at least on which I may write to you.")}
        return {}

    async def changed(self, turn: Turn) -> None:
        """Keep what was chosen, and say so in the language that was chosen."""
        state = turn.state
        zone = str(state.get("settings-zone") or turn.person.zone)
        chosen = {
            "language": state.get("settings-language") or turn.person.words.language,
            "zone": zone,
            "clock": state.get("settings-clock") or "24",
            "hours": [int(state["settings-from"]), int(state["settings-to"])],
            "days_off": sorted(int(day) for day in state.get("settings-days") or ()),
            "away_until": away(str(state.get("settings-away") or ""), zone),
            "fewer": state.get("settings-often") == "weekly",
            "digest": state.get("settings-digest") or "weekly",
            "where": state.get("settings-where") or "channel",
        }
        self._keep(turn, chosen)
        said = of(str(chosen["language"])).say("Your settings are kept.")
        await turn.whisper(Message(text=said, blocks=(blocks.section(said),)))

    async def zones(self, turn: Turn) -> list[Element]:
        """Return the time zones that hold what was typed."""
        wanted = turn.text.casefold().replace(" ", "_")
        found = sorted(zone for zone in available_timezones() if "/" in zone and wanted in zone.casefold())
        return [blocks.option(zone.replace("_", " "), zone) for zone in found[:OFFERED]]

    def _keep(self, turn: Turn, chosen: Mapping[str, Any]) -> None:
        person = turn.person.member.id
        self._chat.kept.change("person", person, lambda old: {**(old or {}), **chosen}, person=person)


def away(day: str, zone: str) -> int:
    """Return when the day somebody is back begins where they are (microseconds UTC); 0 where none is given."""
    if not day:
        return 0
    back = date.fromisoformat(day)
    begins = datetime(back.year, back.month, back.day, tzinfo=ZoneInfo(zone))
    return (begins - EPOCH) // timedelta(microseconds=1)


def languages(words: Words) -> Message:
    """Return the question which language to speak."""
    said = words.say("Which language shall I speak with you?")
    buttons = [blocks.button(name, f"language-set:{code}", code) for code, name in TONGUES.items()]
    return Message(text=said, blocks=(blocks.section(said), blocks.actions(*buttons, block="languages")))


def page(words: Words, settings: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the dialog of settings as they are."""
    return blocks.modal(
        words.title("Settings"),
        [*_tongue(words, settings), *_hours(words, settings), *_news(words, settings)],
        callback=CALLBACK,
        submit=words.title("Keep settings"),
        close=words.title("Close"),
    )


def _tongue(words: Words, settings: Mapping[str, Any]) -> list[Block]:
    """Return the fields of language, zone and clock."""
    return [
        _choice(
            "language",
            words.say("Language"),
            [blocks.option(name, code) for code, name in TONGUES.items()],
            words.placeholder("The language I speak with you"),
            settings.get("language") or words.language,
        ),
        blocks.field(
            words.say("Time zone"), _zone(words, str(settings["zone"])), block="zone", optional=True
        ),
        _choice(
            "clock",
            words.say("Clock"),
            [blocks.option(words.say(text), value) for value, text in CLOCKS.items()],
            words.placeholder("How times are written"),
            settings.get("clock") or "24",
        ),
    ]


def _hours(words: Words, settings: Mapping[str, Any]) -> list[Block]:
    """Return the fields of when a person may be written to."""
    hours = [blocks.option(f"{hour:02}:00", str(hour)) for hour in range(25)]
    days = [blocks.option(words.say(day), str(number)) for number, day in enumerate(DAYS)]
    first, last = settings["hours"]
    until = EPOCH + timedelta(microseconds=settings.get("away_until") or 0)
    back = until.astimezone(ZoneInfo(str(settings["zone"]))).date().isoformat()
    return [
        _choice(
            "from", words.say("I work from"), hours[:24], words.placeholder("When you begin"), str(first)
        ),
        _choice("to", words.say("I work until"), hours[1:], words.placeholder("When you end"), str(last)),
        blocks.field(
            words.say("Days off"),
            several(
                "settings-days",
                days,
                words.placeholder("Days on which I leave you alone"),
                [str(day) for day in settings["days_off"]],
            ),
            block="days",
            optional=True,
        ),
        blocks.field(
            words.say("Away until"),
            blocks.date_input(
                "settings-away",
                placeholder=words.placeholder("The day you are back"),
                initial=back if settings.get("away_until") else "",
            ),
            block="away",
            optional=True,
        ),
    ]


def _news(words: Words, settings: Mapping[str, Any]) -> list[Block]:
    """Return the fields of how often a person hears from the bot, and where."""
    often = "weekly" if settings.get("fewer") else "daily"
    return [
        _choice(
            "often",
            words.say("Questions about steps"),
            [blocks.option(words.say(text), value) for value, text in OFTEN.items()],
            words.placeholder("How often I may ask you"),
            often,
        ),
        _choice(
            "digest",
            words.say("News of my pilots"),
            [blocks.option(words.say(text), value) for value, text in DIGESTS.items()],
            words.placeholder("How often I tell you news"),
            str(settings["digest"]),
        ),
        _choice(
            "where",
            words.say("When I am needed as a coordinator"),
            [blocks.option(words.say(text), value) for value, text in WHERE.items()],
            words.placeholder("Where I call you"),
            str(settings["where"]),
        ),
    ]


def _choice(name: str, label: str, options: list[Element], placeholder: str, chosen: str) -> Block:
    menu = blocks.select(f"settings-{name}", options, placeholder=placeholder, chosen=chosen)
    return blocks.field(label, menu, block=name)


def _zone(words: Words, zone: str) -> Element:
    """Return a menu whose choices are looked up while somebody types."""
    return {
        "type": "external_select",
        "action_id": "settings-zone",
        "placeholder": blocks.plain(words.placeholder("Type a city, such as Nairobi")),
        "min_query_length": 2,
        "initial_option": blocks.option(zone.replace("_", " "), zone),
    }
