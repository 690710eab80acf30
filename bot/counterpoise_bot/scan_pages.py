"""The pages of the scan wizard: factors to rate, whose judgement counts, what it comes to. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from counterpoise_bot import blocks
from counterpoise_bot.blocks import Element
from counterpoise_bot.message import Block
from counterpoise_bot.scan_drafts import DONT_KNOW, ScanDraft, groups
from counterpoise_bot.turns import packed
from counterpoise_bot.words import Name, Words, later

PAGE, EVIDENCE, CARE, COMMIT = "scan-page", "scan-evidence", "scan-care", "scan-commit"
"""The dialogs: a page, the evidence on one factor, what an audience cares about, the result."""

RATINGS = (
    ("1", later("1: none", fits=75)),
    ("2", later("2: small", fits=75)),
    ("3", later("3: medium", fits=75)),
    ("4", later("4: large", fits=75)),
    ("5", later("5: very large", fits=75)),
    (str(DONT_KNOW), later("I do not know", fits=75)),
)
DOUBT = {
    "sure": later("I am sure", fits=75),
    "fair": later("I am fairly sure", fits=75),
    "unsure": later("I am unsure", fits=75),
}
INTROS = {
    "gain": later(
        "What your organisation gains. Rate each from 1 (none) to 5 (very large): they count as 0, a quarter, "
        "a half, three quarters and 1. Leave out what you do not know."
    ),
    "visible": later(
        "What it may cost your organisation's identity in the eyes of others: the more visible the pilot, the "
        "more these weigh. Rate from 1 (none) to 5 (very large)."
    ),
    "risk": later("What it may cost your organisation within. Rate from 1 (none) to 5 (very large)."),
}
FULCRA = (
    ("", later("As my organisation has set it", fits=75)),
    ("1.0", later("1: gains as large as risks are enough", fits=75)),
    ("1.25", later("1.25: gains a quarter larger than risks", fits=75)),
    ("1.5", later("1.5: gains half as large again as risks", fits=75)),
    ("2.0", later("2: gains twice as large as risks", fits=75)),
    ("3.0", later("3: gains three times as large as risks", fits=75)),
)
CARES = (
    ("1.0", later("Cares fully", fits=75)),
    ("0.5", later("Cares half", fits=75)),
    ("0.0", later("Does not care", fits=75)),
)


@dataclass(frozen=True)
class Scanning:
    """What the pages are made of: the draft and the vocabularies in force."""

    words: Words
    draft: ScanDraft
    title: str
    factors: Mapping[str, Mapping[str, Any]]
    audiences: Mapping[str, Mapping[str, Any]]
    label: str

    @property
    def groups(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The pages of factors."""
        return groups(self.factors)

    @property
    def pages(self) -> int:
        """How many pages there are: the factors, the audiences, the result."""
        return len(self.groups) + 2

    @property
    def last(self) -> bool:
        """Whether the page is the result."""
        return self.draft.page >= self.pages

    def factor(self, name: str) -> str:
        """Return a factor in the reader's language."""
        return self.words.term(str(self.factors[name]["words"]))


def page(scan: Scanning) -> Mapping[str, Any]:
    """Return the page the draft stands at; not for the result, which `result` builds."""
    kind = "scale" if scan.draft.page > len(scan.groups) else "factors"
    shown = _scale(scan) if kind == "scale" else _factors(scan)
    return blocks.modal(
        title(scan),
        [blocks.section(f"*{_about(scan)}*"), *shown, *_back(scan)],
        callback=PAGE,
        meta=meta(scan),
        submit=scan.words.title("Next"),
        close=scan.words.title("Close, keep draft"),
        told_when_closed=True,
    )


def title(scan: Scanning) -> str:
    """Return where in the scan one is."""
    return scan.words.title("Scan {page}/{pages}", page=scan.draft.page, pages=scan.pages)


def meta(scan: Scanning) -> str:
    """Return what finds the draft again."""
    return packed(draft=scan.draft.id, pilot=scan.draft.pilot, stage=scan.draft.stage, page=scan.draft.page)


def _about(scan: Scanning) -> str:
    said = scan.words.say("Legitimacy scan of {pilot}", pilot=Name(scan.title))
    return blocks.safe(said)


def _factors(scan: Scanning) -> list[Block]:
    kind, names = scan.groups[scan.draft.page - 1]
    intro = blocks.section(scan.words.say(INTROS[kind]))
    return [intro, *(block for name in names for block in _factor(scan, name))]


def _factor(scan: Scanning, name: str) -> tuple[Block, ...]:
    words, said, called = scan.words, scan.draft.answer(name), scan.factor(name)
    ratings = [blocks.option(words.say(text), value) for value, text in RATINGS]
    doubts = [blocks.option(words.say(text), value) for value, text in DOUBT.items()]
    rating = blocks.select(
        f"scan-rate:{name}",
        ratings,
        placeholder=words.placeholder("How large: {factor}", factor=called),
        chosen="" if said.rating is None else str(said.rating),
    )
    doubt = blocks.select(
        f"scan-doubt:{name}",
        doubts,
        placeholder=words.placeholder("How sure you are: {factor}", factor=called),
        chosen=said.doubt,
    )
    more = blocks.button(
        words.button("Add evidence: {factor}", factor=called)
        if not (said.link or said.words)
        else words.button("Change evidence: {factor}", factor=called),
        f"scan-more:{name}",
        name,
    )
    kept = [blocks.context(_kept(scan, name))] if said.link or said.words else []
    return (
        blocks.field(called, rating, block=f"rate-{name}", optional=True),
        blocks.field(
            words.say("How sure are you? ({factor})", factor=called),
            doubt,
            block=f"doubt-{name}",
            optional=True,
        ),
        blocks.actions(more, block=f"more-{name}"),
        *kept,
    )


def _kept(scan: Scanning, name: str) -> str:
    said = scan.draft.answer(name)
    shown = [blocks.safe(part[:300]) for part in (said.words, said.link) if part]
    return scan.words.say("Evidence: {evidence}", evidence=" ".join(shown))


def _scale(scan: Scanning) -> list[Block]:
    return [*_whose(scan), *_fulcrum(scan), *_beside(scan)]


def _whose(scan: Scanning) -> list[Block]:
    """Return the fields of the audiences whose judgement counts."""
    words, draft = scan.words, scan.draft
    options = [
        blocks.option(words.option("{audience}", audience=_audience(scan, name)), name)
        for name in _known_audiences(scan)
    ]
    return [
        blocks.section(
            words.say(
                "*Whose judgement counts.* A scan looks through the eyes of those your organisation depends on. "
                "Choose none, and those your organisation has named count."
            )
        ),
        blocks.field(
            words.say("Audiences that count"),
            several("scan-audiences", options, words.placeholder("Audiences that count"), draft.audiences),
            block="audiences",
            optional=True,
        ),
        blocks.field(
            words.say("Audiences that count double"),
            several("scan-heavy", options, words.placeholder("Audiences that count double"), draft.heavy),
            block="heavy",
            optional=True,
        ),
        blocks.actions(
            blocks.button(words.button("Say what an audience cares about"), "scan-cares"), block="cares"
        ),
        *_cares_kept(scan),
    ]


def _fulcrum(scan: Scanning) -> list[Block]:
    """Return the fields of the fulcrum, and of how sure one is of it."""
    words, draft = scan.words, scan.draft
    fulcra = [blocks.option(words.say(text), value or "own") for value, text in FULCRA]
    doubts = [blocks.option(words.say(text), value) for value, text in DOUBT.items()]
    return [
        blocks.section(
            words.say(
                "*The fulcrum.* By how much gains must outweigh risks before your organisation can take part "
                "with a good conscience. Further out, the same risks weigh more."
            )
        ),
        blocks.field(
            words.say("Fulcrum"),
            blocks.select(
                "scan-fulcrum",
                fulcra,
                placeholder=words.placeholder("By how much gains must outweigh risks"),
                chosen="own" if draft.fulcrum is None else str(draft.fulcrum),
            ),
            block="fulcrum",
            optional=True,
        ),
        blocks.field(
            words.say("How sure are you of the fulcrum?"),
            blocks.select(
                "scan-fulcrum-doubt",
                doubts,
                placeholder=words.placeholder("How sure you are of the fulcrum"),
                chosen=draft.fulcrum_doubt,
            ),
            block="fulcrum-doubt",
            optional=True,
        ),
    ]


def _beside(scan: Scanning) -> list[Block]:
    """Return the fields of what the ratings do not say: a red line that is met, and words."""
    words, draft = scan.words, scan.draft
    return [
        blocks.field(
            words.say("Red line"),
            blocks.checks(
                "scan-line",
                [blocks.option(words.option("This pilot meets a red line of ours"), "met")],
                chosen=["met"] if draft.red_line else [],
            ),
            block="line",
            hint=words.say("A red line outweighs every gain: the level advised is coexist at most."),
            optional=True,
        ),
        blocks.field(
            words.say("In your own words"),
            rich("scan-words", draft.words, placeholder=words.placeholder("What the ratings do not say")),
            block="words",
            optional=True,
        ),
    ]


def _known_audiences(scan: Scanning) -> list[str]:
    """Return the vocabulary's audiences and those the scan names beside them."""
    return list(dict.fromkeys((*scan.audiences, *scan.draft.audiences, *scan.draft.heavy)))[:100]


def _audience(scan: Scanning, name: str) -> str:
    return scan.words.term(str(scan.audiences.get(name, {}).get("words", name)))


def _cares_kept(scan: Scanning) -> list[Block]:
    lines = [
        scan.words.say(
            "{audience}: {factors}",
            audience=_audience(scan, name),
            factors=", ".join(
                f"{scan.factor(factor)} {scan.words.percent(care)}"
                for factor, care in cares.items()
                if factor in scan.factors
            ),
        )
        for name, cares in scan.draft.cares.items()
        if cares
    ]
    return [blocks.context(blocks.safe("\n".join(lines)))] if lines else []


def _back(scan: Scanning) -> list[Block]:
    if scan.draft.page <= 1:
        return []
    return [
        blocks.actions(
            blocks.button(scan.words.button("Back to page {page}", page=scan.draft.page - 1), "scan-back"),
            block="back",
        )
    ]


def evidence(scan: Scanning, name: str) -> Mapping[str, Any]:
    """Return the dialog in which evidence on one factor is given: a link, words, or both."""
    words, said = scan.words, scan.draft.answer(name)
    return blocks.modal(
        words.title("Evidence"),
        [
            blocks.section(f"*{blocks.safe(scan.factor(name))}*"),
            blocks.field(
                words.say("Link"),
                link("scan-link", said.link, placeholder=words.placeholder("Where it can be read: https://")),
                block="link",
                optional=True,
            ),
            blocks.field(
                words.say("In your own words"),
                rich("scan-why", said.words, placeholder=words.placeholder("What you base the rating on")),
                block="why",
                optional=True,
            ),
        ],
        callback=EVIDENCE,
        meta=packed(draft=scan.draft.id, pilot=scan.draft.pilot, stage=scan.draft.stage, factor=name),
        submit=words.title("Keep evidence"),
        close=words.title("Back"),
    )


def cares(scan: Scanning) -> Mapping[str, Any]:
    """Return the dialog in which one says how much an audience cares about some factors."""
    words = scan.words
    said = words.say("An audience cares fully about everything until you say otherwise. One at a time.")
    return blocks.modal(
        words.title("What they care about"),
        [blocks.section(said), *_care(scan)],
        callback=CARE,
        meta=meta(scan),
        submit=words.title("Keep"),
        close=words.title("Back"),
    )


def _care(scan: Scanning) -> list[Block]:
    """Return the fields of who cares how much about what."""
    words = scan.words
    audiences = [
        blocks.option(words.option("{audience}", audience=_audience(scan, name)), name)
        for name in (
            *scan.draft.audiences,
            *(a for a in _known_audiences(scan) if a not in scan.draft.audiences),
        )
    ]
    factors = [
        blocks.option(words.option("{factor}", factor=scan.factor(name)), name) for name in scan.factors
    ]
    return [
        blocks.field(
            words.say("Audience"),
            blocks.select("care-audience", audiences, placeholder=words.placeholder("Choose an audience")),
            block="audience",
        ),
        blocks.field(
            words.say("Factors"),
            several("care-factors", factors[:100], words.placeholder("Choose what it is about"), ()),
            block="factors",
        ),
        blocks.field(
            words.say("How much they care"),
            blocks.select(
                "care-degree",
                [blocks.option(words.say(text), value) for value, text in CARES],
                placeholder=words.placeholder("How much they care"),
                chosen="0.5",
            ),
            block="degree",
        ),
    ]


def several(action: str, options: Sequence[Element], placeholder: str, chosen: Sequence[str]) -> Element:
    """Return a menu of which several may be taken."""
    made = {
        "type": "multi_static_select",
        "action_id": action,
        "placeholder": blocks.plain(placeholder),
        "options": list(options),
    }
    ticked = [each for each in options if each["value"] in set(chosen)]
    return {**made, "initial_options": ticked} if ticked else made


def rich(action: str, initial: str, *, placeholder: str) -> Element:
    """Return a field for words with lists, quotations and emphasis."""
    made = {"type": "rich_text_input", "action_id": action, "placeholder": blocks.plain(placeholder)}
    if not initial:
        return made
    line = {"type": "rich_text_section", "elements": [{"type": "text", "text": initial}]}
    return {**made, "initial_value": {"type": "rich_text", "elements": [line]}}


def link(action: str, initial: str, *, placeholder: str) -> Element:
    """Return a field for an address."""
    made = {"type": "url_text_input", "action_id": action, "placeholder": blocks.plain(placeholder)}
    return {**made, "initial_value": initial} if initial else made
