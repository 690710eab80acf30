"""The end of the scan wizard: what the scan comes to, what stays open, and how many scans are in. Pure."""

from collections.abc import Mapping
from typing import Any

from counterpoise_bot import blocks
from counterpoise_bot.labels import shown_label
from counterpoise_bot.message import Block, Message
from counterpoise_bot.scan_drafts import DONT_KNOW
from counterpoise_bot.scan_pages import COMMIT, Scanning, meta, title
from counterpoise_bot.words import Name, Words, later

VERDICTS = {
    "association": later("association"),
    "in_between": later("in between"),
    "dissociation": later("dissociation"),
}
SURE_OF = 1.645
"""Deviations on either side of a figure that hold nine in ten of its values."""


def result(scan: Scanning, *, balance: Mapping[str, Any], opened: bool, again: bool) -> Mapping[str, Any]:
    """Return the last page: the balance in a sentence, what stays open, and the button that records.

    `balance` is empty where the scan cannot be weighed yet; `again`: a scan of the organisation stands.
    """
    words = scan.words
    shown: list[Block] = [blocks.section(f"*{shown_label(words, scan.label)}*  {sentence(words, balance)}")]
    shown += [blocks.section(f"• {blocks.safe(point)}") for point in open_points(scan, balance)]
    shown.append(blocks.context(_fate(scan, opened=opened, again=again)))
    shown.append(
        blocks.actions(
            blocks.button(words.button("Back to page {page}", page=scan.draft.page - 1), "scan-back"),
            block="back",
        )
    )
    record = words.title("Revise scan") if again else words.title("Record scan")
    return blocks.modal(
        title(scan),
        shown,
        callback=COMMIT,
        meta=meta(scan),
        submit=record if balance else "",
        close=words.title("Close, keep draft"),
        told_when_closed=True,
    )


def sentence(words: Words, balance: Mapping[str, Any]) -> str:
    """Return the balance as one sentence with its uncertainty."""
    if not balance:
        return words.say(
            "This cannot be weighed yet. Rate one gain and one risk at least, and give one audience a weight."
        )
    verdict = words.say(VERDICTS[balance["verdict"]])
    gains, risks = (_between(words, balance, pan) for pan in ("gains", "risks"))
    chance = words.percent(balance["probability"])
    if balance["contested"]:
        return words.say(
            "Gains {gains} against identity risks {risks}: not decided; likeliest is {verdict} ({chance}).",
            gains=gains,
            risks=risks,
            verdict=verdict,
            chance=chance,
        )
    return words.say(
        "Gains {gains} against identity risks {risks}: {verdict} ({chance}).",
        gains=gains,
        risks=risks,
        verdict=verdict,
        chance=chance,
    )


def _between(words: Words, balance: Mapping[str, Any], pan: str) -> str:
    """Return a pan's load, with the range that holds nine in ten of its values where it is known."""
    load, deviation = float(balance[pan]), balance.get(f"{pan}_sd")
    if not deviation:
        return words.number(load, 1)
    low, high = (max(0.0, load + sign * SURE_OF * float(deviation)) for sign in (-1, 1))
    return words.say(
        "{figure} ({low} to {high})",
        figure=words.number(load, 1),
        low=words.number(low, 1),
        high=words.number(high, 1),
    )


def open_points(scan: Scanning, balance: Mapping[str, Any]) -> list[str]:
    """Return what the scan leaves open, in sentences: unknown, unrated, without evidence, heaviest in doubt."""
    words, draft = scan.words, scan.draft
    unknown = [name for name in scan.factors if draft.answer(name).rating == DONT_KNOW]
    unrated = [name for name in scan.factors if draft.answer(name).rating is None]
    bare = [
        name
        for name in scan.factors
        if draft.answer(name).rated and not (draft.answer(name).link or draft.answer(name).words)
    ]
    doubted = [
        name for name in scan.factors if draft.answer(name).rated and draft.answer(name).doubt == "unsure"
    ]
    points = [
        (unknown, words.say("You do not know: {factors}.", factors=_list(scan, unknown))),
        (unrated, words.say("Not rated: {factors}.", factors=_list(scan, unrated))),
        (bare, words.say("Rated without evidence: {factors}.", factors=_list(scan, bare))),
        (doubted, words.say("You are unsure of: {factors}.", factors=_list(scan, doubted))),
    ]
    found = [said for names, said in points if names]
    if draft.red_line:
        found.append(words.say("A red line of yours is met: the level advised is coexist at most."))
    elif balance:
        found.append(words.say("The level this advises: {level}.", level=words.term(str(balance["level"]))))
    return found


def _list(scan: Scanning, names: list[str]) -> str:
    return scan.words.list_of([scan.factor(name) for name in names]) if names else ""


def _fate(scan: Scanning, *, opened: bool, again: bool) -> str:
    """Return who will see the scan, and when."""
    words = scan.words
    if opened:
        return words.say("The scans of this stage are open: everybody on the pilot sees yours at once.")
    said = words.say(
        "Nobody outside your organisation sees it before everybody has answered. Until then you can revise it."
    )
    return f"{words.say('It takes the place of the scan you recorded.')} {said}" if again else said


def done(
    words: Words, *, pilot: str, title: str, counted: tuple[int, int], opened: bool, repeated: bool
) -> Message:
    """Return what tells that a scan is recorded: how many are in, and nobody's scores."""
    said = (
        words.say("This scan was recorded already.")
        if repeated
        else words.say("Your organisation's scan of {pilot} is recorded.", pilot=Name(title))
    )
    number, of = counted
    waits = (
        words.say("All scans are in: they are open to everybody on the pilot now.")
        if opened
        else words.say(
            "{number} of {all} scans are in. Nobody sees another's scores before all are.",
            number=number,
            all=of,
        )
    )
    change = blocks.actions(blocks.button(words.button("Revise scan"), "scan-start", pilot), block="scan")
    return Message(text=f"{said} {waits}", blocks=(blocks.section(f"{blocks.safe(said)}\n{waits}"), change))


def kept(words: Words, *, pilot: str, title: str, page: int, pages: int) -> Message:
    """Return what tells that a scan was closed and its draft is kept."""
    said = words.say(
        "I keep your scan of {pilot} as a draft: you are on page {page} of {pages}. Nothing is recorded.",
        pilot=Name(title),
        page=page,
        pages=pages,
    )
    buttons = (
        blocks.button(words.button("Go on with the scan"), "scan-start", pilot, style="primary"),
        blocks.button(words.button("Discard the draft"), "scan-discard", pilot),
    )
    return Message(
        text=said, blocks=(blocks.section(blocks.safe(said)), blocks.actions(*buttons, block="scan"))
    )


def waiting(words: Words, *, pilot: str, title: str) -> Block:
    """Return a line for Home: a scan that was begun, and a button that goes on with it."""
    said = words.say("Scan of {pilot}, not recorded yet", pilot=Name(title))
    button = blocks.button(
        words.button("Go on"),
        f"scan-start:{pilot}",
        pilot,
        says=words.button("Go on with the scan of {pilot}", pilot=Name(title)),
    )
    return blocks.section(blocks.safe(said), beside=button)


def owed(words: Words, *, pilot: str, title: str) -> Block:
    """Return a line for Home: a scan that an organisation owes, and a button that begins it."""
    said = words.say("{pilot} waits for your organisation's scan", pilot=Name(title))
    button = blocks.button(
        words.button("Start scan"),
        f"scan-start:{pilot}",
        pilot,
        says=words.button("Start the scan of {pilot}", pilot=Name(title)),
    )
    return blocks.section(blocks.safe(said), beside=button)


def told(words: Words, text: str) -> Mapping[str, Any]:
    """Return a page that only says something."""
    return blocks.modal(
        words.title("Scan"), [blocks.section(text)], callback="scan-told", close=words.title("Close")
    )
