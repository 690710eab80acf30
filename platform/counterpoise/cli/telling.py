"""`seed`, `demo`: two years of three theatres are told into a fresh store, and walked through."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from rich.text import Text

from counterpoise.application.operations import opened
from counterpoise.application.operations_seed import seed as told
from counterpoise.cli import commands, paper
from counterpoise.cli.answers import Misused
from counterpoise.cli.place import SOMEWHERE, Here

COORDINATOR = "ines"
"""Whose eyes the demo is seen with."""

MARK = "counterpoise-demo"
"""The file by which a folder is known to hold a demo, which the next one may begin anew."""

PILOT = "Shared needs assessments and logistics"


class Look(NamedTuple):
    """One look at the demo's store: a heading, what is seen, the command that shows it."""

    heading: str
    sees: str
    command: tuple[str, ...]


LOOKS = (
    Look(
        "Three theatres",
        "Each is a mixture of kinds, and the mixture moves: one turned from stabilisation into disaster relief, "
        "one from disaster relief into an arena of hybrid warfare. Nothing in the program knows a kind by name.",
        ("theatre", "list"),
    ),
    Look(
        "One agency, scan by scan",
        "The same relief agency, each scan weighed in the context of the day it opened: it keeps apart in a "
        "stabilisation mission, joins after a cyclone, and its history goes with it when the settings turn.",
        ("balance", "--history", "--actor", "Almadine Relief"),
    ),
    Look(
        "Gains against identity risks, as they stand",
        "Each organisation weighed its own scan for its own audiences. The bar leans right where working together "
        "adds to legitimacy, left where it costs some; the shallowest level advised is the deepest a step may go.",
        ("balance",),
    ),
    Look(
        "How trust moved",
        "One line an organisation and theatre, over two years. The interval is wide where little was seen: a figure "
        "without evidence says so.",
        ("trust", "--trajectory"),
    ),
    Look(
        "What spilled over",
        "What happened in one theatre moves trust in another, in points of trust, with the events behind each.",
        ("spillover", "--matrix"),
    ),
    Look(
        "A red line is crossed",
        "A slide showed one partner's distribution points to a room of officers. Replayed event by event: what each "
        "one said, and what it changed.",
        ("replay", PILOT, "--after", "48", "--limit", "5"),
    ),
    Look(
        "And none of it was altered",
        "Every leaf and the whole tree, computed again from the stored bytes.",
        ("verify",),
    ),
)

NEXT = (
    "counterpoise pilot list",
    f'counterpoise pilot show "{PILOT}"',
    f'counterpoise balance "{PILOT}" --why',
    'counterpoise trust "Corridor Task Force" --theatre "Kessou corridor" --why',
    f'counterpoise replay "{PILOT}"',
    "counterpoise lessons trust",
    "counterpoise checkpoint",
    "counterpoise --help",
)


def seed(*, place: Here = SOMEWHERE) -> None:
    """Tell two years of three theatres into a fresh store, through the verbs themselves: the same every time."""
    with _spinning("Telling two years of three theatres"):
        events, counts = _seeded(place.url)
    if place.json:
        place.paper.document({"events": events, "topics": counts})
        return
    place.paper.heading("Seeded", f"{events:,} events", f"{len(counts)} topics", place.url)
    place.paper.aside(f"Look at it as its coordinator: counterpoise pilot list --as {COORDINATOR}")


def demo(*, folder: Path | None = None) -> None:
    """Seed a fresh store and walk through it: theatres, balances, trust, spill-over, a replayed pilot, the proof.

    Parameters
    ----------
    folder
        Where the store is kept; a demo that is there begins anew. Left out, a temporary folder.
    """
    home = _emptied(folder) if folder else Path(tempfile.mkdtemp(prefix="counterpoise-demo-"))
    url = f"sqlite:///{home / 'log.db'}"
    sheet = paper.Paper(as_json=False)
    sheet.heading("Counterpoise", "a demo: every organisation and person in it is made up")
    with _spinning("Telling two years of three theatres"):
        events, _ = _seeded(url)
    sheet.say(
        f"{events:,} events were recorded through the verbs, as people would have. You look as {COORDINATOR}."
    )
    for number, look in enumerate(LOOKS, start=1):
        _looked(number, look, url, sheet)
    sheet.blank()
    sheet.heading("Go on from here")
    sheet.exactly(f"  export COUNTERPOISE_STORE='{url}' COUNTERPOISE_MEMBER={COORDINATOR}")
    for words in NEXT:
        sheet.exactly(f"  {words}")


def _looked(number: int, look: Look, url: str, sheet: paper.Paper) -> None:
    sheet.blank()
    sheet.heading(f"{number}  {look.heading}")
    sheet.say(look.sees)
    typed = " ".join(f'"{word}"' if " " in word else word for word in look.command)
    sheet.put(Text(f"$ counterpoise {typed}", style="cyan"))
    sheet.blank()
    asks = () if look.command[0] == "verify" else ("--as", COORDINATOR)
    commands.called([*look.command, "--store", url, *asks])


def _seeded(url: str) -> tuple[int, dict[str, int]]:
    """Tell the history into the store at `url`; how many events there are, and of which topics."""
    done = told(lambda clock, ids: opened(url, make=True, clock=clock, ids=ids))
    with done.application:
        return done.events, dict(done.counts)


def _emptied(folder: Path) -> Path:
    """Return a folder for the demo: a new one, or that of a demo before, whose store goes."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    mark = folder / MARK
    if not mark.exists() and any(folder.iterdir()):
        raise Misused(f"{folder} holds something else than a demo: name a new folder.")
    mark.touch()
    for file in folder.glob("log.db*"):
        if file.is_file():
            file.unlink()
    return folder.resolve()


@contextmanager
def _spinning(words: str) -> Iterator[None]:
    """Say on the standard error, where somebody watches it, what takes a moment."""
    errors = paper.console(error=True)
    if not errors.is_terminal:
        yield
        return
    with errors.status(words):
        yield
