"""Ways by which something could leave the product without the policy having let it: found in syntax trees."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.architecture.sources import (
    Source,
    annotation,
    calls,
    last_word,
    plain_names,
    sources,
    text,
    within,
)

POLICY = "counterpoise.policy"
APPLICATION = "counterpoise.application"
COMMAND_LINE = "counterpoise.cli"
FACES = ("counterpoise.http", COMMAND_LINE, "counterpoise_bot", "counterpoise_sandbox")
BELOW = ("counterpoise.store", "counterpoise.frame", "counterpoise_projections")
"""Rooms that hold the log unfiltered: a face never enters them."""

REFUSALS = "counterpoise.domain.refusals"
DOORS = ("house", "questions", "verbs", "operations", "faces")
"""Rooms of the application, by how their names begin, that faces may enter though they hold the log."""

EXCEPTIONS = {
    "counterpoise.store.log.Receipt": "the shape every verb answers with; it holds nothing of the log",
    "counterpoise.application.moments.microseconds": "reads a time that was typed; it is given no log",
}
"""What a face may import all the same, and why."""

MAKERS = ("computed", "filter", "public", "rows", "show")
COPIERS = ("replace", "copy", "deepcopy", "dumps", "asdict", "astuple", "setattr", "type", "__setattr__")
VALUE = "_let_out"
"""Where a Visible keeps what it shows."""

CONTAINERS = ("list", "tuple", "Collection", "Iterable", "Iterator", "Optional", "Sequence", "Union")
MAPPINGS = ("dict", "Mapping")
ANSWERING = ("__call__", "__getattr__", "__getitem__", "__iter__", "__next__")
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)

Finding = tuple[ast.AST, str]
Rule = Callable[[Source, list[Source]], Iterator[Finding]]


def ways_out(root: Path) -> list[str]:
    """Return every way out of the house at `root`, as `file:line: what is wrong`."""
    house = list(sources(root))
    return [
        f"{source.path.relative_to(root)}:{getattr(node, 'lineno', 1)}: {what}"
        for source in house
        if not within(source.name, POLICY)
        for rule in RULES
        for node, what in rule(source, house)
    ]


def visible_is_a_word_for_annotations(source: Source, _house: list[Source]) -> Iterator[Finding]:
    """Find every use of Visible that could make one: anything but an annotation or an isinstance."""
    harmless = set(_harmless(source.tree))
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ClassDef) and node.name == "Visible":
            yield node, "another class is called Visible"
        elif _of_policy(source, node, "Visible") and node not in harmless:
            yield node, "Visible is used beyond annotations: only the policy makes one"
    for call in calls(source.tree, "cast"):
        if call.args and _mentions_visible(source, call.args[0]):
            yield call, "a thing is declared to be a Visible"


def what_is_visible_is_not_taken_apart(source: Source, _house: list[Source]) -> Iterator[Finding]:
    """Find copies and changes of a Visible, and any touch of where it keeps its value."""
    for node in ast.walk(source.tree):
        if VALUE in (getattr(node, "attr", ""), getattr(node, "arg", ""), text(node)):
            yield node, f"{VALUE} is the policy's own"
    for call in calls(source.tree, "__class__"):
        yield call, "a thing is made by calling another's class"
    visible = _names_of_visibles(source)
    for call in calls(source.tree, *COPIERS):
        if visible & plain_names(*(given for given in call.args if isinstance(given, ast.Name))):
            yield call, f"a Visible is handed to {last_word(call.func)}"


def the_policy_keeps_its_secrets(source: Source, _house: list[Source]) -> Iterator[Finding]:
    """Find private names of the policy, and its names taken by the handful, by text or at second hand."""
    for node, name in source.imported:
        home, _, last = name.rpartition(".")
        if not within(name, POLICY):
            if last in {"policy", "Visible"}:
                yield node, f"{last} is imported from {home}, not from the policy"
        elif last == "*":
            yield node, "names of the policy are imported one by one"
        elif any(part.startswith("_") for part in name.split(".")):
            yield node, f"{name} is the policy's own"
    for node in ast.walk(source.tree):
        if (
            isinstance(node, ast.Attribute)
            and node.attr.startswith("_")
            and within(source.full(node), POLICY)
        ):
            yield node, f"{source.full(node)} is the policy's own"
    for call in calls(source.tree, "getattr", "setattr", "vars"):
        if call.args and within(source.full(call.args[0]), POLICY):
            yield call, "names of the policy are written out"


def only_the_application_lets_things_out(source: Source, _house: list[Source]) -> Iterator[Finding]:
    """Find uses of show, filter, rows, computed and public in any room but the application."""
    if within(source.name, APPLICATION):
        return
    for node in ast.walk(source.tree):
        if _of_policy(source, node, *MAKERS):
            yield node, f"policy.{source.full(node).rpartition('.')[2]} is the application's to call"


def faces_enter_by_the_application(source: Source, house: list[Source]) -> Iterator[Finding]:
    """Find faces that import what holds the log unfiltered, or import by a name that cannot be read here."""
    if not within(source.name, *FACES):
        return
    behind = [room.name for room in house if _behind_the_doors(room)]
    fine = {*EXCEPTIONS, *(name for room in house for name in _refusals(room))}
    for node, name in source.imported:
        if name not in fine and within(name, *BELOW, *behind):
            yield node, f"a face imports {name}"
    for call in calls(source.tree, "import_module", "__import__"):
        name = text(call.args[0]) if call.args else ""
        if not name or within(name, *BELOW, *behind):
            yield call, f"a face imports {name or 'by a name that is not written out'}"


def faces_do_not_reach_through_the_application(source: Source, house: list[Source]) -> Iterator[Finding]:
    """Find faces that touch an attribute in which a room of the application keeps the log or the keys."""
    if not within(source.name, *FACES):
        return
    kept = {name for room in house for name in _kept_from_the_store(room)}
    harmless = {call.func for call in calls(source.tree, "keys") if not call.args}
    harmless |= set(_lent_to_operations(source))
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.Attribute) or node in harmless or source.full(node):
            continue
        if node.attr in kept:
            yield node, f".{node.attr} holds what comes from the store: ask a question instead"


def operations_are_the_command_lines(source: Source, _house: list[Source]) -> Iterator[Finding]:
    """Find rooms beside the command line that import an operator's command."""
    if within(source.name, COMMAND_LINE) or _room(source.name).startswith("operations"):
        return
    for node, name in source.imported:
        if _room(name).startswith("operations"):
            yield node, f"{name} is the operator's: only the command line calls it"


def questions_answer_with_visibles(source: Source, _house: list[Source]) -> Iterator[Finding]:
    """Find public functions and methods of the questions that return something else."""
    if _room(source.name).startswith("questions"):
        yield from _wrong_answers(source, (POLICY, "Visible"))
        yield from _open_shelves(source)


def verbs_answer_with_receipts(source: Source, _house: list[Source]) -> Iterator[Finding]:
    """Find public functions and methods of the verbs that return neither a receipt nor what is visible."""
    if _room(source.name).startswith("verbs"):
        yield from _wrong_answers(source, ("counterpoise.store", "Receipt"), (POLICY, "Visible"))
        yield from _open_shelves(source)


RULES: tuple[Rule, ...] = (
    visible_is_a_word_for_annotations,
    what_is_visible_is_not_taken_apart,
    the_policy_keeps_its_secrets,
    only_the_application_lets_things_out,
    faces_enter_by_the_application,
    faces_do_not_reach_through_the_application,
    operations_are_the_command_lines,
    questions_answer_with_visibles,
    verbs_answer_with_receipts,
)


def _of_policy(source: Source, node: ast.AST, *names: str) -> bool:
    """Return whether an expression names one of these things of the policy, from whichever of its modules."""
    room, _, name = source.full(node).rpartition(".")
    return within(room, POLICY) and name in names


def _mentions_visible(source: Source, node: ast.AST | None) -> bool:
    return any(_of_policy(source, part, "Visible") for part in ast.walk(annotation(node)))


def _harmless(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield every node inside an annotation, in an isinstance, or as a parameter of another type."""
    for node in ast.walk(tree):
        places: list[ast.AST | None] = []
        if isinstance(node, FUNCTIONS):
            places = [node.returns]
        elif isinstance(node, (ast.arg, ast.AnnAssign)):
            places = [node.annotation]
        elif isinstance(node, ast.Subscript):
            places = [node.slice]
        elif isinstance(node, ast.Call) and last_word(node.func) == "isinstance":
            places = [*node.args[1:]]
        for place in places:
            yield from ast.walk(place) if place is not None else ()


def _names_of_visibles(source: Source) -> set[str]:
    """Return names that hold a Visible: annotated so, or given by one of the policy's makers."""
    found: set[str] = set()
    for node in ast.walk(source.tree):
        if isinstance(node, ast.arg) and _mentions_visible(source, node.annotation):
            found.add(node.arg)
        elif isinstance(node, ast.AnnAssign) and _mentions_visible(source, node.annotation):
            found |= plain_names(node.target)
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            made = _of_policy(source, node.value.func, *MAKERS)
            found |= plain_names(*node.targets) if made else set()
    return found


def _lent_to_operations(source: Source) -> Iterator[ast.expr]:
    """Yield what the command line hands straight to an operator's command."""
    if not within(source.name, COMMAND_LINE):
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and _room(source.full(node.func)).startswith("operations"):
            yield from node.args


def _behind_the_doors(room: Source) -> bool:
    """Return whether a room of the application touches the log without being a door."""
    if not within(room.name, APPLICATION) or _room(room.name).startswith(DOORS):
        return False
    return any(within(name, *BELOW) for _, name in room.imported)


def _refusals(room: Source) -> Iterator[str]:
    """Yield the application's own refusals in full: a face words them, and they hold what they say."""
    for node in room.tree.body if within(room.name, APPLICATION) else ():
        if isinstance(node, ast.ClassDef):
            bases = [room.full(base) for base in node.bases]
            yield from (f"{room.name}.{node.name}" for base in bases if within(base, REFUSALS))


def _kept_from_the_store(room: Source) -> Iterator[str]:
    """Yield public attributes of the application that are set to a parameter whose type is the store's."""
    if not within(room.name, APPLICATION):
        return
    for function in (node for node in ast.walk(room.tree) if isinstance(node, FUNCTIONS)):
        stored = {argument.arg for argument in _arguments(function) if _comes_from_below(room, argument)}
        for node in ast.walk(function):
            if isinstance(node, (ast.Assign, ast.AnnAssign)) and isinstance(node.value, ast.Name):
                kept = node.value.id in stored
                yield from (name for name in _set_on_self(node) if kept and not name.startswith("_"))


def _arguments(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.arg]:
    return [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]


def _comes_from_below(room: Source, argument: ast.arg) -> bool:
    return any(within(room.full(part), *BELOW) for part in ast.walk(annotation(argument.annotation)))


def _set_on_self(node: ast.AST) -> list[str]:
    """Return the attributes of self that a statement sets."""
    targets: list[ast.expr] = []
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, ast.AnnAssign):
        targets = [node.target]
    parts = [part for target in targets for part in ast.walk(target)]
    return [
        part.attr for part in parts if isinstance(part, ast.Attribute) and last_word(part.value) == "self"
    ]


def _room(name: str) -> str:
    """Return the module of the application that a dotted name is in; empty for other names."""
    return name.removeprefix(f"{APPLICATION}.").partition(".")[0] if within(name, APPLICATION) else ""


def _doors(tree: ast.Module) -> list[ast.ClassDef]:
    """Return the public classes that have a way to be asked, leaving out plain shapes."""
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef) and not node.name.startswith("_")]
    return [found for found in classes if any(isinstance(part, FUNCTIONS) for part in found.body)]


def _wrong_answers(source: Source, *allowed: tuple[str, str]) -> Iterator[Finding]:
    homes: list[tuple[str, list[ast.stmt]]] = [("", source.tree.body)]
    homes += [(f"{door.name}.", door.body) for door in _doors(source.tree)]
    for home, body in homes:
        for part in body:
            if not isinstance(part, FUNCTIONS) or (part.name.startswith("_") and part.name not in ANSWERING):
                continue
            if not _allowed(source, part.returns, allowed):
                said = ast.unparse(part.returns) if part.returns else "what is not written"
                yield part, f"{home}{part.name} returns {said}, not {allowed[0][1]}"


def _allowed(source: Source, returns: ast.AST | None, allowed: tuple[tuple[str, str], ...]) -> bool:
    """Return whether an annotation is an allowed word, None, or holds nothing else."""
    node = annotation(returns)
    if isinstance(node, ast.Constant):
        return node.value is None
    if isinstance(node, ast.BinOp):
        return all(_allowed(source, side, allowed) for side in (node.left, node.right))
    held = isinstance(node, ast.Subscript)
    head = node.value if isinstance(node, ast.Subscript) else node
    room, _, name = source.full(head).rpartition(".")
    if any(within(room, home) and name == word for home, word in allowed):
        return True
    return held and _allowed_within(source, node, allowed)


def _allowed_within(source: Source, node: ast.AST, allowed: tuple[tuple[str, str], ...]) -> bool:
    """Return whether a container's annotation promises nothing but allowed words; keys are free."""
    assert isinstance(node, ast.Subscript)
    inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    parts = [part for part in inner if not (isinstance(part, ast.Constant) and part.value is ...)]
    if last_word(node.value) in MAPPINGS:
        parts = parts[1:]
    elif last_word(node.value) not in CONTAINERS:
        return False
    return bool(parts) and all(_allowed(source, part, allowed) for part in parts)


def _open_shelves(source: Source) -> Iterator[Finding]:
    """Yield what a door leaves open: public attributes but for other doors, bases from elsewhere."""
    for door in _doors(source.tree):
        for base in door.bases:
            if not _own_base(source, base):
                yield base, f"{door.name} inherits what is not checked here"
        for node in ast.walk(door):
            for name in _set_on_self(node):
                if not name.startswith("_") and not _makes_a_door(source, getattr(node, "value", None)):
                    yield node, f"{door.name}.{name} is open to every face"


def _own_base(source: Source, base: ast.AST) -> bool:
    full = source.full(base.value if isinstance(base, ast.Subscript) else base)
    checked = _room(full).startswith(("questions", "verbs"))
    return not full or checked or within(full, "typing", "counterpoise.domain")


def _makes_a_door(source: Source, value: ast.AST | None) -> bool:
    """Return whether an attribute's value is another set of questions or verbs, made on the spot."""
    if not isinstance(value, ast.Call):
        return False
    here = last_word(value.func) in {door.name for door in _doors(source.tree)}
    return here or _room(source.full(value.func)).startswith(("questions", "verbs"))
