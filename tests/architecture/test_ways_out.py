"""Nothing leaves the product but what the policy let out, and each way round it is found."""

from pathlib import Path

import pytest

from tests.architecture.sources import sources
from tests.architecture.tree import ROOT
from tests.architecture.ways_out import EXCEPTIONS, RULES, Rule, ways_out

POLICY = """
class Visible: ...
_MAKING = object()
def show(member, thing, item): return Visible(thing, _MAKING)
"""
STORE = "class Log: ...\nclass Receipt: ...\n"
QUESTIONS = '''
from collections.abc import Mapping, Sequence
from counterpoise import policy
from counterpoise.application.questions_log import Ledger
from counterpoise.policy import Visible
from counterpoise.store.log import Log

class NoSuchThing(Exception):
    """A shape, with nothing to ask."""

class Questions:
    def __init__(self, log: Log) -> None:
        self._log = log
        self.ledger = Ledger(log)

    def concern(self, name: str) -> Visible[str] | None:
        shown = policy.show(None, name, None)
        assert isinstance(shown, Visible)
        return shown

    def concerns(self) -> Sequence[Visible[str]]:
        return list[Visible[str]]()

    def by_pilot(self) -> "Mapping[str, tuple[Visible[str], ...]]":
        return {}

    @property
    def count(self) -> policy.Visible[int]:
        return self._counted()

    def _counted(self) -> int:
        return 3

class _Asked:
    def answer(self) -> str:
        return ""
'''
LEDGER = (
    "from counterpoise.policy import Visible\nclass Ledger:\n    def mine(self) -> list[Visible[str]]: ...\n"
)
VERBS = """
from counterpoise.store.log import Receipt

class Concerns:
    def raise_one(self, words: str) -> Receipt: ...
"""
HOUSE = """
from counterpoise.application.questions import Questions
from counterpoise.store.log import Log

class Application:
    def __init__(self, log: Log, keys: Log) -> None:
        self.log = log
        self.keys = keys
        self.questions = Questions(log)
"""
OPERATIONS = """
from counterpoise.application.house import Application
from counterpoise.store.log import Log

def verify(application: Application) -> int:
    return application.log.size()
"""
SHOWING = """
from counterpoise.domain.refusals import Refusal
from counterpoise.store.log import Log

class NothingToShow(Refusal): ...
"""
COMMANDS = """
from counterpoise.application.shown import NothingToShow
from counterpoise.application.house import Application
from counterpoise.application.operations import rebuild, verify
from counterpoise.store.log import Receipt
from counterpoise.policy import Visible

def show(application: Application, words: dict[str, str]) -> None:
    shown: Visible[int] = application.questions.count
    print(shown.value, verify(application), rebuild(application.log), words.keys())
"""
GOOD = {
    "platform/counterpoise/policy/__init__.py": POLICY,
    "platform/counterpoise/store/log.py": STORE,
    "platform/counterpoise/application/questions.py": QUESTIONS,
    "platform/counterpoise/application/questions_log.py": LEDGER,
    "platform/counterpoise/application/verbs_concerns.py": VERBS,
    "platform/counterpoise/application/house.py": HOUSE,
    "platform/counterpoise/application/operations.py": OPERATIONS,
    "platform/counterpoise/application/shown.py": SHOWING,
    "platform/counterpoise/cli/commands.py": COMMANDS,
    "platform/counterpoise/http/pages.py": "from counterpoise.application.house import Application\n",
    "bot/counterpoise_bot/listeners.py": "import counterpoise.application.questions\n",
    "projections/counterpoise_projections/trust.py": "import counterpoise.frame\n",
}

PAGES = "platform/counterpoise/http/pages.py"
COMMAND = "platform/counterpoise/cli/commands.py"
LISTENERS = "bot/counterpoise_bot/listeners.py"
SHOWN = "platform/counterpoise/application/shown.py"
ASKED = "platform/counterpoise/application/questions_more.py"
DONE = "platform/counterpoise/application/verbs_more.py"
TRUST = "projections/counterpoise_projections/trust.py"

VISIBLE = "from counterpoise.policy import Visible\n"
MORE = f"{VISIBLE}from counterpoise.application.shown import Shown\n"

PLANTED = [
    # what is planted, where, what is written there, and words of what must be found
    ("a call", SHOWN, f"{VISIBLE}Visible('secret', object())", "beyond annotations"),
    ("a call of a kind", SHOWN, f"{VISIBLE}Visible[str]('secret', object())", "beyond annotations"),
    (
        "a call by module",
        SHOWN,
        "from counterpoise import policy\npolicy.Visible(1, 2)",
        "beyond annotations",
    ),
    (
        "a call in full",
        TRUST,
        "import counterpoise.policy\ncounterpoise.policy.Visible(1, 2)",
        "beyond annot",
    ),
    ("a call by alias", SHOWN, "from counterpoise.policy import Visible as V\nV(1, 2)", "beyond annotations"),
    (
        "a call by submodule",
        SHOWN,
        "from counterpoise.policy.visible import Visible\nVisible(1, 2)",
        "beyond",
    ),
    ("a second name", SHOWN, f"{VISIBLE}Seen = Visible\nSeen(1, 2)", "beyond annotations"),
    (
        "a partial",
        SHOWN,
        f"{VISIBLE}from functools import partial\npartial(Visible, 1)",
        "beyond annotations",
    ),
    ("a subclass", SHOWN, f"{VISIBLE}class Seen(Visible): ...", "beyond annotations"),
    ("a subclass of a kind", SHOWN, f"{VISIBLE}class Seen(Visible[int]): ...", "beyond annotations"),
    ("an empty shell", SHOWN, f"{VISIBLE}object.__new__(Visible)", "beyond annotations"),
    ("an empty shell of its own", SHOWN, f"{VISIBLE}Visible.__new__(Visible)", "beyond annotations"),
    ("a namesake", ASKED, "class Visible: ...", "another class is called Visible"),
    ("a cast", SHOWN, f"{VISIBLE}from typing import cast\ncast('Visible[int]', 3)", "declared to be"),
    (
        "a cast of many",
        SHOWN,
        f"{VISIBLE}from typing import cast\ncast(list[Visible[int]], 3)",
        "declared to be",
    ),
    (
        "a replaced one",
        SHOWN,
        f"{VISIBLE}from dataclasses import replace\ndef f(seen: Visible[int]): replace(seen, x=1)",
        "handed to replace",
    ),
    (
        "a replaced answer",
        SHOWN,
        "import dataclasses\nfrom counterpoise import policy\nseen = policy.show(1, 2, 3)\ndataclasses.replace(seen)",
        "handed to replace",
    ),
    ("a copied one", SHOWN, f"{VISIBLE}import copy\nseen: Visible[int]\ncopy.copy(seen)", "handed to copy"),
    (
        "a changed one",
        SHOWN,
        f"{VISIBLE}seen: Visible[int]\nobject.__setattr__(seen, 'x', 1)",
        "handed to __set",
    ),
    ("a twin by type", PAGES, f"{VISIBLE}def f(seen: Visible[int]): type(seen)(1, 2)", "handed to type"),
    ("a twin by class", PAGES, "def f(seen): seen.__class__(1, 2)", "another's class"),
    ("a value laid open", SHOWN, "def f(seen): return seen._let_out", "_let_out is the policy's own"),
    (
        "a value put in",
        SHOWN,
        "def f(seen): object.__setattr__(seen, '_let_out', 1)",
        "_let_out is the policy",
    ),
    ("the token", SHOWN, "from counterpoise.policy.visible import _MAKING", "_MAKING is the policy's own"),
    (
        "the token by module",
        SHOWN,
        "from counterpoise.policy import visible\nvisible._MAKING",
        "the policy's own",
    ),
    (
        "the token by text",
        SHOWN,
        "from counterpoise import policy\ngetattr(policy, 'x' + 'y')",
        "written out",
    ),
    ("a handful", SHOWN, "from counterpoise.policy import *", "one by one"),
    ("a second hand", ASKED, "from counterpoise.application.shown import Visible", "not from the policy"),
    (
        "a second hand's room",
        PAGES,
        "from counterpoise.application.questions import policy",
        "not from the policy",
    ),
    ("a page that lets out", PAGES, "from counterpoise.policy import public\npublic(1)", "the application's"),
    (
        "a bot that lets out",
        LISTENERS,
        "from counterpoise import policy\npolicy.show(1, 2, 3)",
        "the application's",
    ),
    (
        "a view that lets out",
        TRUST,
        "from counterpoise.policy import computed\ncomputed(1)",
        "the application's",
    ),
    ("a page in the store", PAGES, "import counterpoise.store", "a face imports counterpoise.store"),
    (
        "a command in the store",
        COMMAND,
        "from counterpoise.store.log import Log",
        "counterpoise.store.log.Log",
    ),
    ("a bot in the frame", LISTENERS, "from counterpoise import frame", "imports counterpoise.frame"),
    (
        "a page in a view",
        PAGES,
        "from counterpoise_projections.trust import figures",
        "counterpoise_projections",
    ),
    ("a page in the log, late", PAGES, "def f():\n    from counterpoise.store import log", "store.log"),
    ("a page in the log, upwards", PAGES, "from ..store import log", "imports counterpoise.store.log"),
    (
        "a page in the log, by text",
        PAGES,
        "import importlib\nimportlib.import_module('counterpoise.store')",
        "imports counterpoise.store",
    ),
    ("a page anywhere", PAGES, "def f(name): return __import__(name)", "not written out"),
    (
        "a page behind the doors",
        PAGES,
        "from counterpoise.application.shown import Shown",
        "application.shown.Sh",
    ),
    ("a page at the log", PAGES, "def f(application): application.log.read()", ".log holds"),
    ("a page at the keys", PAGES, "def f(application): application.keys.person('x')", ".keys holds"),
    (
        "a page that operates",
        PAGES,
        "from counterpoise.application.operations import verify",
        "the operator's",
    ),
    ("a bot that operates", LISTENERS, "from counterpoise.application import operations", "the operator's"),
    ("a question that operates", ASKED, "from counterpoise.application import operations", "the operator's"),
    (
        "a bare answer",
        ASKED,
        "class More:\n    def all(self) -> list[str]: ...",
        "More.all returns list[str]",
    ),
    ("an answer unsaid", ASKED, "class More:\n    def all(self): ...", "returns what is not written"),
    ("a late answer", ASKED, "class More:\n    async def all(self) -> str: ...", "More.all returns str"),
    (
        "a bare property",
        ASKED,
        "class More:\n    @property\n    def all(self) -> int: ...",
        "More.all returns int",
    ),
    ("a bare item", ASKED, "class More:\n    def __getitem__(self, at: int) -> str: ...", "returns str"),
    ("a bare function", ASKED, "def everything() -> str: ...", "everything returns str"),
    (
        "half an answer",
        ASKED,
        f"{VISIBLE}class More:\n    def all(self) -> Visible[int] | int: ...",
        "More.all",
    ),
    (
        "a mapping to bare values",
        ASKED,
        f"{VISIBLE}class More:\n    def all(self) -> dict[Visible[str], str]: ...",
        "More.all returns",
    ),
    (
        "an answer beside another",
        ASKED,
        f"{VISIBLE}class More:\n    def all(self) -> tuple[Visible[int], str]: ...",
        "More.all returns",
    ),
    (
        "a way to call",
        ASKED,
        f"{MORE}class More:\n    def all(self) -> Callable[[], Visible[int]]: ...",
        "returns C",
    ),
    (
        "an open shelf",
        ASKED,
        "class More:\n    def __init__(self, log) -> None: self.log = log",
        "open to every face",
    ),
    ("an heirloom", ASKED, f"{MORE}class More(Shown):\n    def _f(self) -> None: ...", "inherits"),
    (
        "a verb that tells",
        DONE,
        "class More:\n    def raise_one(self) -> str: ...",
        "returns str, not Receipt",
    ),
    (
        "a false receipt",
        DONE,
        "class Receipt: ...\nclass More:\n    def raise_one(self) -> Receipt: ...",
        "returns Receipt, not Receipt",
    ),
]


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """Build a small house in which every room keeps the rules."""
    for name, written in GOOD.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(written)
    return tmp_path


def test_there_is_no_way_out_but_the_policys() -> None:
    assert ways_out(ROOT) == []


def test_a_house_that_keeps_the_rules_has_no_way_out(house: Path) -> None:
    assert ways_out(house) == []


def test_a_house_with_an_empty_application_has_no_way_out(tmp_path: Path) -> None:
    rooms = tmp_path / "platform" / "counterpoise" / "application"
    rooms.mkdir(parents=True)
    (rooms / "__init__.py").touch()

    assert ways_out(tmp_path) == []


@pytest.mark.parametrize(
    ("where", "written", "found"), [case[1:] for case in PLANTED], ids=[case[0] for case in PLANTED]
)
def test_a_way_out_is_found(house: Path, where: str, written: str, found: str) -> None:
    with (house / where).open("a") as room:
        room.write(f"\n{written}\n")

    ways = ways_out(house)

    assert any(way.startswith(f"{where}:") and found in way for way in ways), ways


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_finds_something_planted(house: Path, rule: Rule) -> None:
    for _, where, written, _ in PLANTED:
        with (house / where).open("a") as room:
            room.write(f"\n{written}\n")
    rooms = list(sources(house))

    assert any(True for room in rooms for _ in rule(room, rooms))


@pytest.mark.parametrize("name", EXCEPTIONS)
def test_an_exception_is_an_exact_name_with_its_reason(house: Path, name: str) -> None:
    room, _, last = name.rpartition(".")
    moments = house / "platform/counterpoise/application/moments.py"
    moments.write_text("import counterpoise.frame\n")
    page = house / PAGES
    page.write_text(f"from {room} import {last}\n")
    excepted = ways_out(house)
    page.write_text(f"from {room} import {last}s\n")

    assert excepted == []
    assert ways_out(house) != []
    assert EXCEPTIONS[name]
