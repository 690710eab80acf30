"""Every command there is, each loaded when it is called for."""

from collections.abc import Sequence
from importlib.metadata import version

from cyclopts import App, Group

RECORD = Group("Record", sort_key=1)
ASK = Group("Ask", sort_key=2)
PROVE = Group("Prove", sort_key=3)
RUN = Group("Run", sort_key=4)

COMMANDS = (
    ("found", RUN, "operating:found", "Make a store, and give it its first organisation and administrator."),
    ("record", RECORD, "record:app", "Record what is decided, said or observed: every verb there is."),
    ("log", ASK, "history:log", "Show the events of the log that you may see."),
    ("mine", ASK, "history:mine", "Show every event you recorded: what is held about you."),
)
"""Name, group, where it is and what it does. `record` holds one command for every verb."""

LEADING = {"--store": 2, "--as": 2, "--json": 1}
"""Options that may stand before the command, and how many words each takes."""

app = App(
    name="counterpoise",
    help="Weigh functional gains against identity risks, record everything, and prove the record.",
    version=lambda: version("counterpoise"),
)


def _fill() -> None:
    for name, group, place, does in COMMANDS:
        app.command(f"counterpoise.cli.{place}", name=name, group=group, help=does)


def led(words: list[str]) -> list[str]:
    """Return the words with the options that stand before the command behind it."""
    behind: list[str] = []
    while words and (taken := LEADING.get(words[0].partition("=")[0])):
        taken = 1 if "=" in words[0] else taken
        behind += words[:taken]
        words = words[taken:]
    return words + behind if words else behind


def called(words: Sequence[str]) -> object:
    """Run a command and return what it returns."""
    return app(list(words), exit_on_error=False, print_error=False, result_action="return_value")


_fill()
