"""The product's modules as syntax trees, with the names they import."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

SOURCE_ROOTS = ("platform", "projections", "bot")


@dataclass(frozen=True)
class Source:
    """One module: its dotted name and what is written in it."""

    name: str
    path: Path
    package: bool

    @cached_property
    def tree(self) -> ast.Module:
        """The module's syntax tree."""
        return ast.parse(self.path.read_text(encoding="utf-8"))

    @cached_property
    def imported(self) -> list[tuple[ast.AST, str]]:
        """Every dotted name that is imported, anywhere in the module, with the node that imports it."""
        found: list[tuple[ast.AST, str]] = []
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                found += [(node, alias.name) for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                found += [(node, f"{self._base(node)}.{alias.name}") for alias in node.names]
        return found

    @cached_property
    def names(self) -> dict[str, str]:
        """What each imported local name stands for, in full."""
        known: dict[str, str] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    first = alias.name.partition(".")[0]
                    known[alias.asname or first] = alias.name if alias.asname else first
            elif isinstance(node, ast.ImportFrom):
                base = self._base(node)
                known |= {alias.asname or alias.name: f"{base}.{alias.name}" for alias in node.names}
        return known

    def full(self, node: ast.AST | None) -> str:
        """Return the dotted name an expression stands for; empty where it is no name that was imported."""
        if isinstance(node, ast.Name):
            return self.names.get(node.id, "")
        if isinstance(node, ast.Attribute):
            base = self.full(node.value)
            return f"{base}.{node.attr}" if base else ""
        return ""

    def _base(self, node: ast.ImportFrom) -> str:
        """Return the module an import begins from, with leading dots resolved."""
        if not node.level:
            return node.module or ""
        parts = self.name.split(".")
        upwards = node.level - (1 if self.package else 0)
        return ".".join([*parts[: len(parts) - upwards], *([node.module] if node.module else [])])


def sources(root: Path) -> Iterator[Source]:
    """Yield every module below the source roots of a house, in order."""
    for home in SOURCE_ROOTS:
        for path in sorted((root / home).rglob("*.py")):
            parts = path.relative_to(root / home).with_suffix("").parts
            package = parts[-1] == "__init__"
            yield Source(".".join(parts[:-1] if package else parts), path, package)


def within(name: str, *rooms: str) -> bool:
    """Return whether a dotted name is one of the rooms or lies in one."""
    return any(name == room or name.startswith(f"{room}.") for room in rooms)


def last_word(node: ast.AST) -> str:
    """Return `c` of `a.b.c`; empty for what is no name."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def text(node: ast.AST | None) -> str:
    """Return what a string constant says; empty for everything else."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def annotation(node: ast.AST | None) -> ast.AST:
    """Return an annotation as a tree, also where it is written as a string or not at all."""
    if node is None:
        return ast.Module([], [])
    return ast.parse(text(node), mode="eval").body if text(node) else node


def calls(tree: ast.AST, *names: str) -> Iterator[ast.Call]:
    """Yield the calls of functions and methods that bear one of these names."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and last_word(node.func) in names:
            yield node


def plain_names(*nodes: ast.AST) -> set[str]:
    """Return every simple name within the nodes."""
    return {part.id for node in nodes for part in ast.walk(node) if isinstance(part, ast.Name)}
