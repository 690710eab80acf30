"""Refusals and failures in words: what happened, what was kept, what to do."""

from counterpoise.application.faces import Refusal
from counterpoise_bot.blocks import safe, section
from counterpoise_bot.message import Message
from counterpoise_bot.people import Person
from counterpoise_bot.words import Words, later

OWNERS = {
    "you": later("You can put this right yourself."),
    "coordinator": later("A coordinator of the pilot can change this."),
    "administrator": later("An administrator can change this."),
    "operator": later("Whoever runs this deployment can change this."),
}
"""Whose it is to change, by the owner a refusal names."""


def sentences(words: Words, refusal: Refusal) -> list[str]:
    """Return what a refusal says: in English with its particulars, else its rule's sentence and whose it is."""
    if words.language == "en":
        return [each for each in (refusal.sentence, refusal.remedy) if each]
    rule = (type(refusal).__doc__ or "").strip().split("\n", 1)[0]
    whose = OWNERS.get(refusal.owner)
    return [words.say("Not done: {rule}", rule=words.term(rule)), *([words.say(whose)] if whose else [])]


def refused(person: Person, refusal: Refusal) -> Message:
    """Return the answer to what a rule does not let happen."""
    said = " ".join(sentences(person.words, refusal))
    kept = person.words.say("Nothing was recorded; what you wrote is still in your drafts.")
    return Message(text=f"{said} {kept}", blocks=(section(f"{safe(said)}\n{kept}"),))


def broken(person: Person, reference: str) -> Message:
    """Return the answer to what went wrong on our side."""
    said = person.words.say(
        "I could not do that: something failed on my side. What you wrote is kept in your drafts. "
        "Try again in a minute. Reference {reference}.",
        reference=reference,
    )
    return Message(text=said, blocks=(section(said),))


def moved_on(person: Person) -> Message:
    """Return the answer to a button or dialog that leads nowhere any more."""
    said = person.words.say(
        "This has moved on. Open my Home, or type /counterpoise, to see where things stand."
    )
    return Message(text=said, blocks=(section(said),))
