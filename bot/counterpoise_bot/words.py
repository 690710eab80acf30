"""What the bot says, in the reader's language: five languages, each label within the space Slack gives it.

A msgid is the English sentence; its placeholders are those of `str.format`, so a brace that is meant is doubled. The
other languages stand in `locale/<language>/LC_MESSAGES/bot.po`, read once; `python -m tests.bot.catalogs` keeps them.
"""

import gettext
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from importlib.resources import files
from typing import Literal, Self
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent

LANGUAGES = ("en", "fr", "de", "es", "ar")
TITLE, BUTTON, OPTION, PLACEHOLDER = 24, 75, 75, 150
"""Characters Slack shows: of a view's title, submit and close; a button; an option; a placeholder."""

FIRST_STRONG, POP = "\u2068", "\u2069"
ELLIPSIS = "…"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
REGIONS = {"en": "en_GB"}
"""Where a language alone would give another country's dates."""

Clock = Literal["", "12", "24"]


class Name(str):
    """Words a person made (a title, a name), isolated in every language: their direction may differ from ours."""

    __slots__ = ()


class Later(str):
    """A msgid of a constant, translated when it is shown."""

    __slots__ = ("fits",)
    fits: int

    def __new__(cls, text: str, fits: int = 0) -> Self:
        """Keep `text`, and the characters it must fit in (0: any number)."""
        kept = super().__new__(cls, text)
        kept.fits = fits
        return kept


def later(text: str, *, fits: int = 0) -> Later:
    """Mark a literal for the catalogues where no `Words` are at hand; `fits` as `TITLE`, `BUTTON`, ..."""
    return Later(text, fits)


Value = str | int | float


@dataclass(frozen=True)
class Words:
    """One language. Build it with `of`."""

    language: str
    clock: Clock = ""
    _catalogue: gettext.NullTranslations = field(
        default_factory=gettext.NullTranslations, repr=False, compare=False
    )

    @property
    def locale(self) -> Locale:
        """Babel's locale of this language."""
        return Locale.parse(REGIONS.get(self.language, self.language))

    @property
    def direction(self) -> Literal["ltr", "rtl"]:
        """Which way the language is written."""
        return "rtl" if self.locale.text_direction == "rtl" else "ltr"

    def say(self, text: str, /, **values: Value) -> str:
        """Return `text` in this language, with its placeholders filled."""
        return self._filled(self._catalogue.gettext(text), values)

    def count(self, one: str, many: str, number: int, /, **values: Value) -> str:
        """Return the form that `number` asks for; it fills the placeholder `{number}`."""
        return self._filled(self._catalogue.ngettext(one, many, number), {"number": number, **values})

    def term(self, text: str, /) -> str:
        """Return a word of the vocabularies; one that a deployment added stays as it was written."""
        return self._catalogue.gettext(text) if text else ""

    def title(self, text: str, /, **values: Value) -> str:
        """Return a view's title, submit or close: at most 24 characters, names shortened to fit."""
        return self._fitting(text, TITLE, values)

    def button(self, text: str, /, **values: Value) -> str:
        """Return a button's text: at most 75 characters."""
        return self._fitting(text, BUTTON, values)

    def option(self, text: str, /, **values: Value) -> str:
        """Return the text of an option: at most 75 characters."""
        return self._fitting(text, OPTION, values)

    def placeholder(self, text: str, /, **values: Value) -> str:
        """Return the placeholder of a field: at most 150 characters."""
        return self._fitting(text, PLACEHOLDER, values)

    def number(self, figure: float, digits: int = 0) -> str:
        """Return `figure` with exactly `digits` decimals."""
        return str(format_decimal(figure, _pattern(digits), locale=self.locale))

    def signed(self, figure: float, digits: int = 1) -> str:
        """Return `figure` with its sign, also when it is a gain; nothing before what rounds to nought."""
        if round(figure, digits) == 0:
            return self.number(0.0, digits)
        pattern = _pattern(digits)
        return str(format_decimal(figure, f"+{pattern};-{pattern}", locale=self.locale))

    def percent(self, share: float, digits: int = 0) -> str:
        """Return a share of one as percent."""
        return str(format_percent(round(share, digits + 2), locale=self.locale, decimal_quantization=False))

    def date(self, micros: int, zone: str = "UTC") -> str:
        """Return the day of a time (microseconds since 1970) in the time zone named `zone`."""
        return format_date(_at(micros, zone), "long", locale=self.locale)

    def moment(self, micros: int, zone: str = "UTC") -> str:
        """Return Slack's token for day and time, with words in this language for who cannot see it."""
        at = _at(micros, zone)
        day, time = format_date(at, "long", locale=self.locale), self._time(at)
        return f"<!date^{micros // 1_000_000}^{{date_short}}, {{time}}|{day}, {time}>"

    def time(self, micros: int, zone: str = "UTC") -> str:
        """Return the time of day, on the clock of twelve or twenty-four hours that this reader chose."""
        return self._time(_at(micros, zone))

    def list_of(self, things: Sequence[str], style: Literal["standard", "or"] = "standard") -> str:
        """Return `things` joined as this language joins them: "a, b and c"."""
        return format_list([self._isolated(thing) for thing in things], style, locale=self.locale)

    def _time(self, at: datetime) -> str:
        pattern = {"12": "h:mm a", "24": "HH:mm", "": "short"}[self.clock]
        return format_time(at, pattern, tzinfo=at.tzinfo, locale=self.locale)

    def _filled(self, text: str, values: Mapping[str, Value]) -> str:
        filled = text.format(**{name: self._isolated(value) for name, value in values.items()})
        return str.__str__(filled)  # without placeholders, `format` gives back a `Later` as it is

    def _isolated(self, value: Value) -> str:
        text = value if isinstance(value, str) else str(format_decimal(value, locale=self.locale))
        if isinstance(value, Name) or self.direction == "rtl":
            return f"{FIRST_STRONG}{text}{POP}"
        return text

    def _fitting(self, text: str, limit: int, values: Mapping[str, Value]) -> str:
        """Shorten the longest words that were put in until the whole fits; the bot's own words go last."""
        told = self._catalogue.gettext(text)
        given = dict(values)
        whole = self._filled(told, given)
        while (excess := length(whole) - limit) > 0:
            words = {
                name: value for name, value in given.items() if isinstance(value, str) and len(value) > 1
            }
            if not words:
                return shortened(whole, limit)
            name = max(words, key=lambda name: len(words[name]))
            kept = words[name][: max(len(words[name]) - excess - 1, 0)].rstrip() + ELLIPSIS
            given[name] = type(words[name])(kept)
            whole = self._filled(told, given)
        return whole


def length(text: str) -> int:
    """Return the characters as Slack counts them: UTF-16 units, so an emoji may be two."""
    return len(text.encode("utf-16-le")) // 2


def shortened(text: str, limit: int) -> str:
    """Cut `text` to `limit` characters, with an ellipsis, leaving no isolate open."""
    if length(text) <= limit:
        return text
    for end in range(min(len(text), limit), -1, -1):
        cut = text[:end].rstrip()
        cut += ELLIPSIS + POP * (cut.count(FIRST_STRONG) - cut.count(POP))
        if length(cut) <= limit:
            return cut
    return text[:limit]


def known(language: str) -> str:
    """Return the language of ours nearest to a tag ("fr-CA", "ar_EG"): its base, else English."""
    base = language.replace("_", "-").partition("-")[0].lower()
    return base if base in LANGUAGES else "en"


def of(language: str, clock: Clock = "") -> Words:
    """Return the words of a language, named by any tag; `clock` overrides the hours its readers are used to."""
    base = known(language)
    return Words(base, clock, _catalogue(base))


@lru_cache
def _catalogue(language: str) -> gettext.NullTranslations:
    if language == "en":
        return gettext.NullTranslations()
    source = files("counterpoise_bot") / "locale" / language / "LC_MESSAGES" / "bot.po"
    with source.open("rb") as opened:
        catalogue = read_po(opened, locale=language)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def _pattern(digits: int) -> str:
    return "#,##0." + "0" * digits if digits else "#,##0"


def _at(micros: int, zone: str) -> datetime:
    return (EPOCH + timedelta(microseconds=micros)).astimezone(ZoneInfo(zone))
