"""Pictures of charts, drawn in a process of their own, since drawing would hold up everything else in this one."""

import asyncio
import hashlib
import json
from collections import OrderedDict
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import cache
from multiprocessing import get_context
from typing import Any

from counterpoise_bot.message import Picture
from counterpoise_bot.words import shortened

KEPT = 100
"""Pictures that are kept; each has about 100 kB."""
SCALE = 2.0
ALT = 2000
VEGA_LITE = "6.4"


class Pictures:
    """Draws charts, one at a time, and keeps what it drew: the same rows in the same language are one picture."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None
        self._drawn: OrderedDict[str, bytes] = OrderedDict()

    async def picture(self, drawing: Mapping[str, Any], language: str) -> Picture | None:
        """Return the picture of a drawing of an answer, its words beside it; None where none could be drawn."""
        key = _key(drawing, language)
        if key not in self._drawn:
            drawn = await self._draw(drawing, language)
            if not drawn:
                return None
            self._drawn[key] = drawn
            if len(self._drawn) > KEPT:
                self._drawn.popitem(last=False)
        self._drawn.move_to_end(key)
        return Picture(self._drawn[key], shortened(str(drawing["alt"]), ALT), f"{drawing['kind']}.png")

    async def _draw(self, drawing: Mapping[str, Any], language: str) -> bytes:
        """Return a PNG; empty where the process that draws was ended, of which the next call starts another."""
        loop = asyncio.get_running_loop()
        if self._pool is None:
            self._pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
        try:
            return await loop.run_in_executor(self._pool, png, dict(drawing), language)
        except BrokenProcessPool:
            self.close()
            return b""

    def close(self) -> None:
        """End the process that draws."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None


def png(drawing: dict[str, Any], language: str) -> bytes:
    """Return a drawing as a PNG on white. For a process of its own: it holds the interpreter while it draws."""
    import vl_convert  # noqa: PLC0415  only the process that draws loads it

    from counterpoise_bot.charts import specification  # noqa: PLC0415

    found: bytes = vl_convert.vegalite_to_png(
        specification(drawing),
        vl_version=VEGA_LITE,
        scale=SCALE,
        format_locale=_numbers(language),
        time_format_locale=_times(language),
    )
    return found


def _numbers(language: str) -> dict[str, Any]:
    """Return the signs between the digits of a number on an axis, as this language writes them."""
    from babel.numbers import get_decimal_symbol, get_group_symbol  # noqa: PLC0415

    return {
        "decimal": get_decimal_symbol(language),
        "thousands": get_group_symbol(language),
        "grouping": [3],
        "currency": ["", ""],
    }


@cache
def _times(language: str) -> dict[str, Any]:
    """Return the names of days and months on a time axis, as this language writes them."""
    from babel import Locale  # noqa: PLC0415
    from babel.dates import get_day_names, get_month_names  # noqa: PLC0415

    locale = Locale.parse(language)
    days = {width: get_day_names(width, locale=locale) for width in ("wide", "abbreviated")}
    months = {width: get_month_names(width, locale=locale) for width in ("wide", "abbreviated")}
    week = (6, 0, 1, 2, 3, 4, 5)
    return {
        "dateTime": "%d/%m/%Y %H:%M",
        "date": "%d/%m/%Y",
        "time": "%H:%M",
        "periods": ["AM", "PM"],
        "days": [days["wide"][at] for at in week],
        "shortDays": [days["abbreviated"][at] for at in week],
        "months": [months["wide"][at] for at in range(1, 13)],
        "shortMonths": [months["abbreviated"][at] for at in range(1, 13)],
    }


def _key(drawing: Mapping[str, Any], language: str) -> str:
    text = json.dumps([language, *(drawing[part] for part in ("kind", "rows", "titles"))], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
