"""The catalogues of the bot's words: run as a module to bring the .po files up to the code and say what is missing.

Every string literal given to `say`, `title`, `button`, `option`, `placeholder`, `count` (two forms) or `later` in the
bot is a msgid, and so are every word of the starting vocabularies and the sentence of every rule that may refuse
somebody in chat. What stands in a catalogue keeps its translation, what is new waits for one, what is gone leaves.
`python -m tests.bot.catalogs missing fr` prints what French lacks, a JSON text a line; `fill fr FILE` instead takes
translations from a JSON object of msgids (of several forms: the first) to a text, or to the list of its forms.
"""

import ast
import importlib
import json
import pkgutil
import string
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

import counterpoise
from counterpoise.domain.refusals import Refusal
from counterpoise.domain.tables import starting_tables
from counterpoise_bot import words

ROOT = Path(__file__).parents[2]
BOT = ROOT / "bot" / "counterpoise_bot"
TRANSLATED = tuple(language for language in words.LANGUAGES if language != "en")
LIMITS = {
    "title": words.TITLE,
    "button": words.BUTTON,
    "option": words.OPTION,
    "placeholder": words.PLACEHOLDER,
}
PLURALS = {
    "ar": "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);"
}
"""The order translators know, where Babel has another: none, one, two, few (3-10), many (11-99), other (100)."""

FITS = {
    "TITLE": words.TITLE,
    "BUTTON": words.BUTTON,
    "OPTION": words.OPTION,
    "PLACEHOLDER": words.PLACEHOLDER,
}


class Said(NamedTuple):
    """A msgid in the code: where, its English form or forms, and the characters it must fit in (0: any)."""

    where: str
    forms: tuple[str, ...]
    fits: int = 0

    @property
    def id(self) -> str | tuple[str, ...]:
        """The msgid as Babel keys it."""
        return self.forms if len(self.forms) > 1 else self.forms[0]


def said() -> list[Said]:
    """Return everything the bot says, in the order of the code, then the words of the vocabularies."""
    found = [one for path in sorted(BOT.rglob("*.py")) for one in said_in(path.read_text(), _where(path))]
    words_held_as_data = (Said("domain/tables.toml", (word,)) for word in vocabulary())
    return [*found, *words_held_as_data, *(Said("refusals", (rule,)) for rule in rules())]


def said_in(text: str, where: str) -> Iterator[Said]:
    """Yield the msgids of one module."""
    tree = ast.parse(text)
    imported = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _called(node, where, imported - {"words"})


def _called(node: ast.Call, where: str, imported: set[str]) -> Iterator[Said]:
    literals = [
        given.value for given in node.args if isinstance(given, ast.Constant) and isinstance(given.value, str)
    ]
    match node.func:
        case ast.Attribute(value=ast.Name(id=owner)) if owner in imported:
            return
        case ast.Attribute(attr="count") if len(literals) == 2:
            yield Said(where, tuple(literals))
        case ast.Attribute(attr="say" | "title" | "button" | "option" | "placeholder" as kind) if literals:
            yield Said(where, (literals[0],), LIMITS.get(kind, 0))
        case ast.Name(id="later") | ast.Attribute(attr="later") if literals:
            yield Said(where, (literals[0],), _fits(node))


def _fits(node: ast.Call) -> int:
    for keyword in node.keywords:
        match keyword.value:
            case ast.Constant(value=int(limit)) if keyword.arg == "fits":
                return limit
            case ast.Name(id=name) | ast.Attribute(attr=name) if keyword.arg == "fits":
                return FITS[name]
    return 0


def vocabulary() -> list[str]:
    """Return the words of the starting vocabularies, each once."""
    found = [
        entry[key]
        for table in starting_tables().entries.values()
        if isinstance(table, dict)
        for entry in table.values()
        if isinstance(entry, dict)
        for key in ("words", "spectrum")
        if key in entry
    ]
    return sorted(set(found))


OPERATORS = ("counterpoise.store", "counterpoise.cli", "counterpoise.application.operations")
"""Rooms whose rules speak to whoever runs the deployment, in English, but for those in `HEARD`."""

HEARD = frozenset({"KeyReused", "StoreFailed", "TooBusy", "TooContended"})


def rules() -> list[str]:
    """Return the sentence of every rule that may refuse somebody in chat: the first line of its docstring."""
    for module in pkgutil.walk_packages(counterpoise.__path__, "counterpoise."):
        importlib.import_module(module.name)
    return sorted({(kind.__doc__ or "").partition("\n")[0] for kind in _kinds(Refusal)})


def _kinds(kind: type[Refusal]) -> Iterator[type[Refusal]]:
    for narrower in kind.__subclasses__():
        if narrower.__name__ in HEARD or not narrower.__module__.startswith((*OPERATORS, "tests.")):
            yield narrower
        yield from _kinds(narrower)


def file_of(language: str) -> Path:
    """Return where the catalogue of a language stands."""
    return BOT / "locale" / language / "LC_MESSAGES" / "bot.po"


def catalogue(language: str) -> Catalog:
    """Read a catalogue, or begin it."""
    path = file_of(language)
    if not path.exists():
        return Catalog(locale=language, project="counterpoise_bot", version="1")
    with path.open("rb") as opened:
        return read_po(opened, locale=language)


def updated(language: str) -> Catalog:
    """Return the catalogue with every msgid of the code and no other, translations kept."""
    before, after = catalogue(language), Catalog(locale=language, project="counterpoise_bot", version="1")
    for one in said():
        kept = before.get(one.forms[0])
        fresh = kept is None or isinstance(kept.id, str) != isinstance(one.id, str) or kept.fuzzy
        after.add(one.id, None if fresh or kept is None else kept.string, locations=[(one.where, 0)])
    return after


def text_of(filled: Catalog) -> bytes:
    """Return a catalogue as its file: sorted, no dates, no line numbers, so that it changes only with its words."""
    page = BytesIO()
    write_po(page, filled, width=110, sort_output=True, omit_header=True, include_lineno=False)
    rule = PLURALS.get(str(filled.locale_identifier), filled.plural_forms)
    forms = f'"Plural-Forms: {rule}\\n"\n'
    header = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    language = f'"Language: {filled.locale_identifier}\\n"\n'
    return f"{header}{language}{forms}\n".encode() + page.getvalue()


def missing(language: str) -> list[Message]:
    """Return the messages without a translation that counts."""
    return [message for message in catalogue(language) if message.id and not complete(message)]


def complete(message: Message) -> bool:
    """Tell whether every form of a message is translated, and surely."""
    forms = message.string if isinstance(message.string, list | tuple) else (message.string,)
    return not message.fuzzy and all(forms)


def placeholders(text: str) -> set[str]:
    """Return the names between braces."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def fill(language: str, given: dict[str, str | list[str]]) -> None:
    """Put translations into a catalogue; what the bot says no more is left out."""
    filled = updated(language)
    for msgid, text in given.items():
        message = filled.get(msgid)
        if message is not None:
            message.string = text if isinstance(text, str) else tuple(text)
    file_of(language).write_bytes(text_of(filled))


def _where(path: Path) -> str:
    return path.relative_to(BOT).as_posix()


def _report(language: str) -> None:
    for message in missing(language):
        print(json.dumps(message.id, ensure_ascii=False))  # noqa: T201 - the tool's answer


def main(arguments: list[str]) -> None:
    """Update all catalogues; or answer `missing LANGUAGE`, or `fill LANGUAGE FILE`."""
    match arguments:
        case ["missing", language]:
            _report(language)
        case ["fill", language, source]:
            fill(language, json.loads(Path(source).read_text()))
        case _:
            for language in TRANSLATED:
                file_of(language).parent.mkdir(parents=True, exist_ok=True)
                file_of(language).write_bytes(text_of(updated(language)))
                print(f"{language}: {len(missing(language))} missing")  # noqa: T201 - the tool's answer


if __name__ == "__main__":
    main(sys.argv[1:])
