"""`import`: coded event files go in."""

import dataclasses
from datetime import date
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from counterpoise.application.circumstances import now
from counterpoise.application.operations_interactions import BadRows, Imported, import_interactions
from counterpoise.application.operations_stores import both
from counterpoise.application.sheets import BadRow
from counterpoise.cli import paper
from counterpoise.cli.answers import Misused
from counterpoise.cli.place import SOMEWHERE, Here, Place
from counterpoise.cli.progress import counted

SHOWN = 20
"""Bad rows that are listed for people; --json has them all."""

app = App(name="import", help="Take observed events in from files.")


@app.command
def interactions(
    file: Path,
    *,
    values: Path | None = None,
    day_zero: str = "1970-01-01",
    keep_good: Annotated[bool, Parameter(negative="")] = False,
    place: Here = SOMEWHERE,
) -> int:
    """Import coded events, each row once: plain or gzip, CSV, raw ICEWS or GDELT 2. It may be stopped and repeated.

    Parameters
    ----------
    file
        Columns day or date, source, relation, target; the raw ICEWS layout; or GDELT 2 events.
    values
        The table of Goldstein values: CSV with the columns code, name, goldstein.
    day_zero
        The date of day 0, where days are counted.
    keep_good
        Import the good rows of a file that has bad ones too.
    """
    zero = _date(day_zero)
    log, keys = both(place.url, make=True)
    with log, keys, counted("Importing") as progress:
        try:
            imported = import_interactions(
                log, file, values=values, day_zero=zero, keep_good=keep_good, progress=progress, clock=now
            )
        except BadRows as refusal:
            _bad(refusal.bad, place)
            raise
    _shown(imported, place)
    return 0


def _shown(imported: Imported, place: Place) -> None:
    if place.json:
        place.paper.document(
            {
                "bad": [dataclasses.asdict(row) for row in imported.bad],
                "layout": imported.layout,
                "lone": imported.lone,
                "recorded": imported.recorded,
                "repeated": imported.repeated,
                "sha256": imported.sha256,
            }
        )
        return
    place.paper.heading("Imported", f"{imported.recorded:,} interactions", f"layout {imported.layout}")
    facts = {
        "here already": imported.repeated,
        "of one party alone": imported.lone,
        "left out as bad": len(imported.bad),
    }
    place.paper.facts(
        {name: f"{count:,}" for name, count in facts.items() if count} | {"file": imported.sha256}
    )
    _bad(imported.bad, place)


def _bad(bad: tuple[BadRow, ...], place: Place) -> None:
    """List bad rows on the standard error: all of them as JSON, the first for people."""
    errors = paper.console(error=True)
    if place.json:
        return
    for row in bad[:SHOWN]:
        where = f"line {row.line}" + (f", {row.column}" if row.column else "")
        errors.print(paper.plain(f"{where}: {row.value!r} {row.why}"))
    if len(bad) > SHOWN:
        errors.print(f"... and {len(bad) - SHOWN:,} more; --json lists them all")


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Misused(f"--day-zero {text}: write a date like 1970-01-01.") from None
