"""Nothing in the domain turns on a word of the vocabularies: they are data, in tables.toml alone."""

import ast
from pathlib import Path

import pytest

from counterpoise import domain
from tests.domain.scene import TABLES

ROOM = Path(next(iter(domain.__path__)))
SECTIONS = (
    "kinds",
    "categories",
    "formats",
    "levels",
    "visibilities",
    "audiences",
    "factors",
    "conditions",
    "stages",
    "phases",
    "touches",
    "replies",
    "positions",
    "severities",
    "concern_kinds",
    "outcomes",
    "signals",
    "stances",
)
EXCEPTIONS = {
    ("balance.py", "standing"): "what spills over from the partner is shown as a term of its own (MODEL 2a)",
    ("balance.py", "association"): "a verdict: what the scale says, not a stance that was noted",
    ("balance.py", "dissociation"): "a verdict, as above",
    ("narratives.py", "public"): "what a sighting is where nobody says how visible it was; never branched on",
    ("pilots.py", "framing"): "where every pilot begins: the first stage",
    ("reflections.py", "before"): "the phase that ends when the step begins; the others need it begun",
    ("narratives.py", "reach"): "the name of a field, which a factor shares",
    ("streams.py", "consent"): "the kind of a stream, which a position shares",
}


def words() -> dict[str, str]:
    """Return every word of the vocabularies, and its section."""
    return {word: section for section in SECTIONS for word in TABLES.words(section)}


def used(path: Path) -> dict[str, int]:
    """Return every string constant of a module but its docstrings, and the line it stands in."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    bare = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    return {
        node.value: node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in bare
    }


@pytest.mark.parametrize("path", sorted(ROOM.glob("*.py")), ids=lambda path: path.name)
def test_no_module_of_the_domain_names_a_word_of_the_vocabularies(path: Path) -> None:
    known = words()

    named = {word: line for word, line in used(path).items() if word in known}

    allowed = {word for file, word in EXCEPTIONS if file == path.name}
    assert {
        word: f"{path.name}:{line}, of {known[word]}" for word, line in named.items() if word not in allowed
    } == {}


def test_every_exception_is_still_one() -> None:
    named = {(path.name, word) for path in ROOM.glob("*.py") for word in used(path) if word in words()}

    assert set(EXCEPTIONS) - named == set()
