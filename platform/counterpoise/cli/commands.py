"""Every command there is, each loaded when it is called for."""

from collections.abc import Sequence
from importlib.metadata import version

from cyclopts import App, Group

from counterpoise.cli.answers import Misused

RECORD = Group("Record", sort_key=1)
ASK = Group("Ask", sort_key=2)
PROVE = Group("Prove", sort_key=3)
RUN = Group("Run", sort_key=4)

COMMANDS = (
    ("found", RUN, "operating:found", "Make a store, and give it its first organisation and administrator."),
    ("record", RECORD, "record:app", "Record what is decided, said or observed: every verb there is."),
    ("import", RECORD, "importing:app", "Take observed events in from coded event files."),
    (
        "verify",
        PROVE,
        "proving:verify",
        "Recompute the whole tree, and hold it to a checkpoint somebody keeps.",
    ),
    ("checkpoint", PROVE, "proving:checkpoint", "Sign what the log holds now, for others to keep."),
    ("proof", PROVE, "proving:proof", "Show that one event stands in the log."),
    ("export", PROVE, "proving:export", "Write the log to a file that others can check or compute with."),
    (
        "check-model",
        PROVE,
        "checking:check_model",
        "Hold the model against worked examples, number by number.",
    ),
    ("backtest", PROVE, "checking:backtest", "Test the model on the interactions of a log."),
    ("balance", ASK, "figures:balance", "Weigh gains against identity risks, actor by actor."),
    ("trust", ASK, "figures:trust", "Show trust in each actor where it was seen, and how it moved."),
    ("spillover", ASK, "figures:spillover", "Show how trust travels from one theatre into another."),
    ("divergence", ASK, "figures:divergence", "Show how far apart the actors of a pilot put the fulcrum."),
    ("pilot", ASK, "pilots:app", "List pilots, or show one: its steps, and what is missing, by whom."),
    ("replay", ASK, "replaying:replay", "Replay a pilot event by event, with what each one changed."),
    ("concerns", ASK, "pilots:concerns", "Show concerns, and what became of them."),
    ("lessons", ASK, "pilots:lessons", "Search what was learnt."),
    ("actor", ASK, "directory:actors", "List organisations."),
    ("theatre", ASK, "directory:theatres", "List theatres."),
    ("channel", RECORD, "channels:app", "List, link and unlink the chat channels of pilots."),
    ("member", ASK, "directory:members", "List members; link and unlink their chat accounts."),
    ("log", ASK, "history:log", "Show the events of the log that you may see."),
    ("mine", ASK, "history:mine", "Show every event you recorded: what is held about you."),
    ("seed", RUN, "telling:seed", "Tell two years of three theatres into a fresh store."),
    ("tour", ASK, "telling:tour", "Walk through a seeded store in the terminal."),
    ("demo", RUN, "demonstrating:demo", "Seed a fresh store and open a workspace to try it in."),
    ("bot", RUN, "chatting:bot", "Run the Slack bot until it is stopped."),
    ("doctor", RUN, "operating:doctor", "Look over a store: settings, files, keys, checkpoints."),
    ("rebuild", RUN, "operating:rebuild", "Compute every view from the log anew, and compare."),
    ("backup", RUN, "operating:backup", "Copy a store that may be in use, and verify the copy."),
)
"""Name, group, where it is and what it does. `record` holds one command for every verb."""

LEADING = {"--store": 2, "--as": 2, "--json": 1}
"""Options that may stand before the command, and how many words each takes."""

app = App(
    name="counterpoise",
    help="Weigh functional gains against identity risks, record everything, and prove the record.",
    help_epilogue=(
        "Settings: COUNTERPOISE_STORE, COUNTERPOISE_MEMBER, COUNTERPOISE_KEYS, COUNTERPOISE_KEY_FILE. "
        "Exit codes: 0 done, 1 refused or a check failed, 2 not understood, 3 the store or its keys cannot be used."
    ),
    version=lambda: version("counterpoise"),
)


def _text(word: str) -> bool:
    """Whether a word holds text alone: what is not UTF-8 comes in as lone surrogates."""
    return not any("\ud800" <= character <= "\udfff" for character in word)


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
    """Run a command and return what it returns. Misused for words that are no text."""
    for word in words:
        if not _text(word):
            raise Misused(f"{word!r} is not UTF-8.")
    return app(list(words), exit_on_error=False, print_error=False, result_action="return_value")


_fill()
