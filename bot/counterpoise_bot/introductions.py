"""Introductions: the bot says once what it does in a channel, and coordinators join the channel with a pilot."""

from counterpoise.application.faces import Circumstances
from counterpoise_bot import blocks
from counterpoise_bot.chat import Chat
from counterpoise_bot.doors import Doors
from counterpoise_bot.message import Message, Place
from counterpoise_bot.places import Places
from counterpoise_bot.surroundings import Around
from counterpoise_bot.turns import Turn
from counterpoise_bot.understanding import understood
from counterpoise_bot.words import LANGUAGES, Name, Words


class Introductions:
    """Greets channels, and joins them with pilots."""

    def __init__(self, chat: Chat, around: Around, places: Places) -> None:
        self._chat = chat
        self._around = around
        self._places = places

    def listen(self, doors: Doors) -> None:
        """Name the doors."""
        doors.arrival(self.arrived)
        doors.word("pilot", self.join)
        doors.action("pilot-join", self.joined)
        doors.action("pilot-part", self.parted)
        doors.action("channel-language", self.spoken)

    async def arrived(self, place: Place) -> None:
        """Introduce the bot to a channel it was invited to, once."""
        words = await self._places.words_of(place)
        await self._chat.out.post(place, greeting(words), key=f"greeting/{place.team}/{place.channel}")

    async def join(self, turn: Turn) -> None:
        """Join the channel with a pilot: the one that is named, else ask which."""
        words, place = turn.person.words, turn.place
        if place is None or turn.direct_place:
            said = words.say("Type this in the channel that belongs to a pilot.")
            await turn.whisper(Message(text=said, blocks=(blocks.section(said),)))
            return
        around = await self._around.of(turn.person.member)
        here = await self._around.pilot_here(place)
        if here in around.pilots:
            await turn.whisper(self._standing(words, around.titles[here]))
            return
        coordinated = {name: pilot.title for name, pilot in around.running.items() if pilot.coordinates}
        if not coordinated:
            said = words.say("A coordinator of the pilot joins it with this channel: /counterpoise pilot")
            await turn.whisper(Message(text=said, blocks=(blocks.section(said),)))
            return
        named = understood(turn.text, pilots=coordinated, actors={}).pilot.value if turn.text else ""
        options = [
            blocks.option(words.option("{title}", title=title), name)
            for name, title in list(coordinated.items())[:100]
        ]
        asked = words.say(
            "Which pilot belongs to this channel? Everyone here then sees its cards, and what every member of the "
            "channel may read."
        )
        menu = blocks.select(
            "pilot-join", options, placeholder=words.placeholder("Choose a pilot"), chosen=named
        )
        await turn.whisper(Message(text=asked, blocks=(blocks.section(asked), blocks.actions(menu))))

    async def joined(self, turn: Turn) -> None:
        """Join the channel with the pilot that was chosen."""
        if turn.place is None:
            return
        await turn.ask(
            self._chat.application.pilots.link_channel,
            turn.person.member,
            pilot=turn.value,
            team=turn.place.team,
            channel=turn.place.channel,
            how=Circumstances(key=f"join/{turn.key}", source="chat"),
        )
        around = await self._around.of(turn.person.member)
        await turn.replace(self._standing(turn.person.words, around.titles.get(turn.value, "")))

    async def parted(self, turn: Turn) -> None:
        """Part the channel from its pilot."""
        here = await self._around.pilot_here(turn.place)
        words = turn.person.words
        if turn.place is not None and here:
            await turn.ask(
                self._chat.application.pilots.unlink_channel,
                turn.person.member,
                pilot=here,
                team=turn.place.team,
                channel=turn.place.channel,
                how=Circumstances(key=f"part/{turn.key}", source="chat"),
            )
        said = words.say("This channel belongs to no pilot any more.")
        await turn.replace(Message(text=said, blocks=(blocks.section(said),)))

    async def spoken(self, turn: Turn) -> None:
        """Set the language a channel is spoken to in."""
        if turn.place is None:
            return
        language = turn.value if turn.value in LANGUAGES else "en"
        at = f"{turn.place.team}/{turn.place.channel}"
        self._chat.kept.change("channel", at, lambda kept: {**(kept or {}), "language": language})
        said = turn.person.words.say("From now on I write here in this language.")
        await turn.replace(Message(text=said, blocks=(blocks.section(said),)))

    def _standing(self, words: Words, title: str) -> Message:
        said = words.say("This channel belongs to {pilot}.", pilot=Name(title))
        languages = {"en": "English", "fr": "Français", "de": "Deutsch", "es": "Español", "ar": "العربية"}
        options = [blocks.option(name, code) for code, name in languages.items()]
        menu = blocks.select(
            "channel-language", options, placeholder=words.placeholder("Language of my posts here")
        )
        part = blocks.button(words.button("Part channel and pilot"), "pilot-part", "part")
        return Message(text=said, blocks=(blocks.section(blocks.safe(said)), blocks.actions(menu, part)))


def greeting(words: Words) -> Message:
    """Return what the bot says when it comes into a channel: what it does, what it never does, how to begin."""
    lines = (
        words.say(
            "Hello. I help this team weigh what it gains against what it risks, and remember what it learns."
        ),
        words.say(
            "I record nothing by myself: only what you give me, after you have seen a draft. I show nobody's words to "
            "people who may not read them, and I read no messages here that are not addressed to me."
        ),
        words.say(
            "To begin, type `/concern` and what worries you, or write to me directly. A coordinator joins this channel "
            "with its pilot by typing `/counterpoise pilot`."
        ),
    )
    return Message(text=" ".join(lines), blocks=tuple(blocks.section(line) for line in lines))
