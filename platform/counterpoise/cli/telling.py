"""`seed`, `tour`: two years of three invented theatres are told into a fresh store, and walked through."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from rich.text import Text

from counterpoise.application.operations import opened
from counterpoise.application.operations_seed import seed as told
from counterpoise.application.storytelling import Cast
from counterpoise.cli import commands, paper
from counterpoise.cli.answers import Misused
from counterpoise.cli.place import SOMEWHERE, Here

COORDINATOR = "ines"
"""Whose eyes the tour is seen with: she coordinates every pilot."""

MARK = "counterpoise-demo"
"""The file by which a folder is known to hold a demo, which the next one may begin anew."""

AGENCY = "Almadine Relief"
NEEDS = "Shared needs assessments"
SURVEY = "Shared logistics and damage survey"


class Look(NamedTuple):
    """One look at a seeded store: a heading, what is seen, the command that shows it."""

    heading: str
    sees: str
    command: tuple[str, ...]


LOOKS = (
    Look(
        "Three theatres",
        "Each is a mixture of kinds, and the mixture moves: one turned from stabilisation into disaster relief, one "
        "from disaster relief into an arena of hybrid warfare. Nothing in the program knows a kind by name.",
        ("theatre", "list"),
    ),
    Look(
        "Gains against identity risks",
        "One agency's scans, weighed when they were opened: it draws back in a stabilisation mission, joins after a "
        "cyclone, and is held in between where its neutrality is at stake.",
        ("balance", "--actor", AGENCY, "--history"),
    ),
    Look(
        "How trust moved",
        "One line an organisation and theatre, over two years. The interval is wide where little was seen.",
        ("trust", "--trajectory"),
    ),
    Look(
        "What spilled over",
        "What happened in one theatre moves trust in another: in points of trust, over all organisations.",
        ("spillover", "--matrix"),
    ),
    Look(
        "A red line is crossed",
        "A slide showed one partner's distribution points to a room of officers. Replayed event by event: what each "
        "one said, and what it changed.",
        ("replay", NEEDS, "--after", "48", "--limit", "5"),
    ),
    Look(
        "Where a pilot stands",
        "Its charter, its steps, the level advised and by whom, and each gate that is shut: what would open it.",
        ("pilot", "show", SURVEY),
    ),
    Look(
        "And none of it was altered",
        "Every leaf and the whole tree, computed again from the stored bytes.",
        ("verify",),
    ),
)

NEXT = (
    "pilot list",
    f'balance "{NEEDS}" --why',
    'trust "Corridor Task Force" --theatre "Kessou corridor" --why',
    f'replay "{NEEDS}"',
    'lessons "trust"',
    f'record concern raise --pilot "{SURVEY}" --words "Drones over the clinic"',
    "checkpoint",
    "--help",
)


def seed(*, place: Here = SOMEWHERE) -> None:
    """Tell two years of three invented theatres into an empty store, through the verbs themselves.

    The events, their ids and times are the same every time.
    """
    with spinning():
        events, topics, cast = seeded(place.url)
    members = sorted(cast.members)
    if place.json:
        place.paper.document({"events": events, "members": members, "store": place.url, "topics": topics})
        return
    place.paper.heading("Seeded", f"{events:,} events", place.url)
    place.paper.facts({"members": ", ".join(members), "coordinator": COORDINATOR})
    place.paper.aside(f"Next: counterpoise pilot list --as {COORDINATOR}")


def tour(*, place: Here = SOMEWHERE) -> None:
    """Walk through a seeded store in the terminal: balances, trust, spill-over, a replayed pilot, the proof."""
    url = place.url
    sheet = paper.Paper(as_json=False)
    sheet.heading("Counterpoise", "every theatre, organisation and person in this history is invented")
    sheet.say(f"You look as {COORDINATOR}, who coordinates: every figure is computed from what she may read.")
    for number, look in enumerate(LOOKS, start=1):
        _looked(number, look, url, sheet)
    sheet.blank()
    sheet.heading("Go on from here")
    sheet.exactly(f"  export COUNTERPOISE_STORE='{url}' COUNTERPOISE_MEMBER={COORDINATOR}")
    for words in NEXT:
        sheet.exactly(f"  {program()} {words}")


def _looked(number: int, look: Look, url: str, sheet: paper.Paper) -> None:
    """Say what is to be seen, and show it by the command that a person would type."""
    sheet.blank()
    sheet.heading(f"{number}  {look.heading}")
    sheet.say(look.sees)
    typed = " ".join(f'"{word}"' if " " in word else word for word in look.command)
    sheet.put(Text(f"$ counterpoise {typed}", style="cyan"))
    sheet.blank()
    asks = () if look.command == ("verify",) else ("--as", COORDINATOR)
    commands.called([*look.command, "--store", url, *asks])


def program() -> str:
    """Return how this program was called, from where the caller stands."""
    called = Path(sys.argv[0])
    if not called.is_absolute() or not called.is_relative_to(Path.cwd()):
        return "counterpoise" if shutil.which("counterpoise") else str(called)
    return str(called.relative_to(Path.cwd()))


def seeded(url: str) -> tuple[int, dict[str, int], Cast]:
    """Tell the history into the store at `url`: how many events there are, of which topics, and and who is in it."""
    done = told(lambda clock, ids: opened(url, make=True, clock=clock, ids=ids))
    with done.application:
        return done.events, dict(done.counts), done.cast


def emptied(folder: Path) -> Path:
    """Return a folder for the demo: a new one, or that of a demo before, whose store goes."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    mark = folder / MARK
    if not mark.exists() and any(folder.iterdir()):
        raise Misused(f"{folder} holds something else than a demo: name a new folder.")
    mark.touch()
    for file in folder.glob("log.db*"):
        if file.is_file():
            file.unlink()
    return folder


def temporary() -> Path:
    """Return a new folder for a demo that nobody gave one."""
    return Path(tempfile.mkdtemp(prefix="counterpoise-demo-"))


@contextmanager
def spinning() -> Iterator[None]:
    """Say on the standard error, where somebody watches it, what takes a moment."""
    errors = paper.console(error=True)
    if not errors.is_terminal:
        yield
        return
    with errors.status("Telling two years of three theatres"):
        yield
