"""Commands: the umbrella and its words, in five languages, and what a bare command shows."""

from counterpoise_bot import blocks
from counterpoise_bot.chat import Chat
from counterpoise_bot.doors import Doors
from counterpoise_bot.drafts import Draft, Drafts
from counterpoise_bot.message import Block, Message
from counterpoise_bot.turns import Turn
from counterpoise_bot.understanding import nearest
from counterpoise_bot.words import Words, later

ALIASES = {
    "concern": (
        "inquiétude",
        "preoccupation",
        "préoccupation",
        "bedenken",
        "sorge",
        "preocupación",
        "قلق",
        "مخاوف",
    ),
    "reflect": ("reflection", "réflexion", "reflexion", "reflexión", "تأمل", "انطباع"),
    "balance": ("bilan", "équilibre", "bilanz", "abwägung", "balanza", "ميزان", "توازن"),
    "trust": ("confiance", "vertrauen", "confianza", "ثقة"),
    "spillover": ("spill-over", "retombées", "ausstrahlung", "desbordamiento", "انتقال"),
    "lessons": ("leçons", "lehren", "lecciones", "دروس"),
    "steps": ("étapes", "schritte", "pasos", "خطوات"),
    "scan": ("évaluation", "prüfung", "evaluación", "تقييم"),
    "settings": ("réglages", "paramètres", "einstellungen", "ajustes", "إعدادات"),
    "language": ("langue", "sprache", "idioma", "لغة"),
    "private": ("privé", "vertraulich", "privado", "خاص"),
    "anonymous": ("anonyme", "anonym", "anónimo", "مجهول"),
    "records": ("mine", "enregistrements", "einträge", "registros", "سجلاتي"),
    "pilot": ("pilote", "pilotversuch", "piloto", "تجربة"),
    "help": ("aide", "hilfe", "ayuda", "مساعدة"),
}
"""Words after /counterpoise in other languages: Slack's own commands cannot be translated."""

SAYS = {
    "concern": later("Record a concern", fits=75),
    "reflect": later("Reflect on a step", fits=75),
    "balance": later("See the balance", fits=75),
    "trust": later("See trust", fits=75),
    "spillover": later("See spill-over", fits=75),
    "lessons": later("Search lessons", fits=75),
    "steps": later("See steps", fits=75),
    "scan": later("Start a scan", fits=75),
    "settings": later("Change settings", fits=75),
    "language": later("Change language", fits=75),
    "private": later("Write privately", fits=75),
    "anonymous": later("Write anonymously", fits=75),
    "records": later("See my records", fits=75),
    "pilot": later("Join channel and pilot", fits=75),
    "help": later("Get help", fits=75),
}
OFFERED = ("concern", "reflect", "balance", "steps", "lessons", "help")
LAST = 5
STATES = {
    "open": later("draft"),
    "recording": later("draft"),
    "recorded": later("recorded"),
    "withdrawn": later("withdrawn"),
}
SHOWN = 150
"""Characters of one's own words in a list."""


class Commands:
    """Finds the listener of a word, guides whoever typed none, and asks whoever typed another."""

    def __init__(self, chat: Chat, drafts: Drafts) -> None:
        self._chat = chat
        self._drafts = drafts
        self._doors = Doors()

    def listen(self, doors: Doors) -> None:
        """Name the doors."""
        self._doors = doors
        doors.commands["umbrella"] = self.umbrella
        doors.word("help", self.help)
        doors.action("word-open", self.pressed)

    async def umbrella(self, turn: Turn) -> None:
        """Hear /counterpoise with whatever stands behind it."""
        word, _, rest = turn.text.partition(" ")
        if not word:
            await self.bare(turn)
            return
        meant = meant_word(word)
        if meant in self._doors.words:
            turn.text = rest.strip()
            await self._doors.words[meant](turn)
            return
        if rest and "free-text" in self._doors.words:
            await self._doors.words["free-text"](turn)
            return
        await self.unknown(turn, word)

    async def bare(self, turn: Turn) -> None:
        """Show the person's last five things, and six buttons."""
        words = turn.person.words
        last = self._drafts.of(turn.person.member.id)[:LAST]
        head = words.say("Here is what you did last. What would you like to do?")
        if not last:
            head = words.say("Welcome. You have recorded nothing here yet. What would you like to do?")
        shown: list[Block] = [blocks.section(head)]
        for draft in last:
            shown += list(line(words, draft))
        shown.append(offers(words, OFFERED))
        told = " ".join(f"{draft.words[:SHOWN]} ({words.say(STATES[draft.status])})." for draft in last)
        await turn.whisper(Message(text=f"{head} {told}".strip(), blocks=tuple(shown)))

    async def unknown(self, turn: Turn, word: str) -> None:
        """Say that a word is not known, and which may be meant."""
        words = turn.person.words
        known = [name for name in SAYS if name in self._doors.words]
        spellings = {spelling: name for name in known for spelling in (name, *ALIASES.get(name, ()))}
        close = list(dict.fromkeys(spellings[each] for each in nearest(word.lower(), spellings)))
        said = words.say("I do not know the word {word}.", word=f"“{word[:40]}”")
        asked = words.say("Did you mean one of these?") if close else words.say("This is what I can do:")
        shown = (blocks.section(f"{blocks.safe(said)} {asked}"), offers(words, close or OFFERED))
        await turn.whisper(Message(text=f"{said} {asked}", blocks=shown))

    async def help(self, turn: Turn) -> None:
        """Say what the bot does, what it never does, and how to begin."""
        words = turn.person.words
        lines = (
            words.say("I keep what this team learns about its own legitimacy, and weigh it."),
            words.say("`/concern` and your words: record what worries you. You see a draft first."),
            words.say("`/reflect`: before, during or after a step."),
            words.say("`/balance`: gains against identity risks of a pilot, and why."),
            words.say("`/counterpoise trust`, `spillover`, `steps`, `lessons` and your words: ask."),
            words.say("Or write to me in your own words, in a direct message or with a mention."),
            words.say(
                "I record nothing before you press Record. I never show your words to more people than you chose. "
                "I never answer with what others may not read."
            ),
        )
        shown = (blocks.section("\n".join(lines)), offers(words, OFFERED))
        await turn.whisper(Message(text=" ".join(lines), blocks=shown))

    async def pressed(self, turn: Turn) -> None:
        """Do what a word does, asked for by a button."""
        listener = self._doors.words.get(turn.value)
        turn.text = ""
        if listener is None:
            await self.bare(turn)
            return
        await listener(turn)


def meant_word(typed: str) -> str:
    """Return the word that is meant in any of the languages; what was typed where it is none of them."""
    plain = typed.lower()
    return next((word for word, others in ALIASES.items() if plain in others), plain)


def offers(words: Words, names: tuple[str, ...] | list[str]) -> Block:
    """Return a row of buttons, one a word."""
    return blocks.actions(
        *(blocks.button(words.button(SAYS[name]), f"word-open:{name}", name) for name in names),
        block="offers",
    )


def line(words: Words, draft: Draft) -> tuple[Block, ...]:
    """Return one draft or record as a line with a button that shows it."""
    text = draft.words if len(draft.words) <= SHOWN else draft.words[:SHOWN] + "…"
    state = words.say(STATES[draft.status])
    kind = words.say("concern") if draft.kind == "concern" else words.say("reflection")
    shown = blocks.safe(text) if text else words.say("words taken back")
    says = words.button("Show {kind}: {text}", kind=kind, text=text)
    button = blocks.button(words.button("Show"), "draft-show", draft.id, says=says)
    return (blocks.section(f"*{kind}*, {state}: {shown}", beside=button),)
