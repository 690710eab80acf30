"""`record NOUN VERB`: every verb of the application as a command, made from its signature."""

import inspect
import types
import typing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from typing import Annotated, Any

import msgspec
from cyclopts import App, Group, Parameter

from counterpoise.application import house
from counterpoise.application.circumstances import Circumstances
from counterpoise.application.moments import microseconds
from counterpoise.cli import meant
from counterpoise.cli.answers import Misused
from counterpoise.cli.door import Door, Who
from counterpoise.cli.meant import Meant
from counterpoise.domain.steps import Touch
from counterpoise.store.log import Receipt

HOW = Group("How it is recorded", sort_key=5)
WORDS = Group("What is said", sort_key=1)

NOUNS = {"Records": "event"}
"""Verb classes whose noun is not their name without the plural."""

HELP = {
    "key": "names the command: given again under the same key, it is recorded once",
    "label": "TLP 2.0: CLEAR, GREEN, AMBER, AMBER+STRICT or RED; left out, the verb's own",
    "recipients": "members who may read it under RED",
    "group": "organisations an AMBER item is shared with",
    "clients": "further organisations a plain AMBER item may reach",
    "occurred_at": "when it happened, ISO 8601; left out, now",
}

LATEST = 253_402_300_799_999_999
"""The last microsecond of the year 9999."""

TIMES = frozenset({"until", "occurred_at"})

app = App(
    name="record", help="Record what is decided, said or observed. `record NOUN --help` lists its verbs."
)


def verbs() -> Iterator[tuple[str, str, str, Callable[..., Receipt]]]:
    """Yield noun, verb, the application's attribute and the method of every verb there is."""
    for kind in vars(house).values():
        if inspect.isclass(kind):
            noun = NOUNS.get(kind.__name__, kind.__name__.lower().removesuffix("s"))
            for name, method in inspect.getmembers(kind, inspect.isfunction):
                if _is_verb(name, method):
                    yield noun, name.removesuffix("_one").replace("_", "-"), kind.__name__.lower(), method


def _is_verb(name: str, method: Callable[..., object]) -> bool:
    """Whether a method is a verb: somebody says something, and gets a receipt."""
    said = inspect.signature(method)
    verbs = method.__module__.startswith("counterpoise.application.verbs")
    return verbs and not name.startswith("_") and said.return_annotation is Receipt


def command(attribute: str, method: Callable[..., Receipt]) -> Callable[..., None]:
    """Return the command of one verb: its parameters as options, the circumstances beside them."""
    hints = typing.get_type_hints(method)
    parameters = [
        each
        for name, each in inspect.signature(method).parameters.items()
        if name not in {"self", "by", "how"}
    ]

    def said(door: Door, **given: Any) -> None:  # noqa: ANN401  as the options are typed below
        with door.application() as (application, by):
            finder = Meant(application, by)
            how = Circumstances(**finder.every(_how(given)))
            told = {name: value for name, value in given.items() if value is not None}
            read = {
                each.name: _read(each.name, hints[each.name], told[each.name])
                for each in parameters
                if each.name in told
            }
            verb = getattr(getattr(application, attribute), method.__name__)
            _answered(door, verb(by, **finder.every(read), how=how))

    options = [_option(each, hints[each.name]) for each in parameters]
    said.__signature__ = inspect.Signature(  # type: ignore[attr-defined]  # what the command line reads it by
        [
            *sorted(options, key=lambda each: each.default is not inspect.Parameter.empty),
            *_circumstances(),
            _DOOR,
        ]
    )
    said.__annotations__ = {
        name: each.annotation for name, each in inspect.signature(said).parameters.items()
    }
    said.__doc__ = inspect.getdoc(method)
    said.__name__ = method.__name__
    return said


def _option(parameter: inspect.Parameter, hint: Any) -> inspect.Parameter:  # noqa: ANN401  a type hint
    """Return a verb's parameter as an option: lists and pairs as repeated words, the rest as it is."""
    plain = _plain(hint)
    name = parameter.name.removesuffix("_")
    repeated = typing.get_origin(plain) in {tuple, *_MAPPINGS}
    kind: Any = list[str] if repeated else str if parameter.name in TIMES or plain not in _SIMPLE else plain
    needed = parameter.default is inspect.Parameter.empty
    default = parameter.default if needed else None
    shown = Parameter(
        name=f"--{name.replace('_', '-')}",
        group=WORDS,
        help=_help(parameter, plain),
        show_default=False,
        negative="" if repeated else None,
    )
    return parameter.replace(
        kind=inspect.Parameter.KEYWORD_ONLY,
        annotation=Annotated[kind if needed else kind | None, shown],
        default=default,
    )


def _help(parameter: inspect.Parameter, plain: Any) -> str:  # noqa: ANN401  a type hint
    """Return what an option takes, and what it is where it is left out."""
    default = parameter.default
    told = default is not inspect.Parameter.empty and isinstance(default, str | float | int)
    left_out = f"left out, {default}" if told and default and not isinstance(default, bool) else ""
    return "; ".join(filter(None, (_hint(parameter.name, plain), left_out)))


def _circumstances() -> Iterator[inspect.Parameter]:
    for field in fields(Circumstances):
        if field.name == "source":
            continue
        kind: Any = list[str] if field.name in {"recipients", "group", "clients"} else str
        shown = Parameter(
            name=f"--{field.name.replace('_', '-')}",
            group=HOW,
            help=HELP[field.name],
            show_default=False,
            negative="",
        )
        yield inspect.Parameter(
            field.name, inspect.Parameter.KEYWORD_ONLY, annotation=Annotated[kind | None, shown], default=None
        )


def _how(given: dict[str, Any]) -> dict[str, Any]:
    """Take the circumstances out of what was given."""
    told = {field.name: given.pop(field.name, None) for field in fields(Circumstances)}
    read = {name: value for name, value in told.items() if value is not None}
    for name in ("recipients", "group", "clients"):
        if name in read:
            read[name] = meant.words(read[name], what=name)
    if "occurred_at" in read:
        read["occurred_at"] = time(read["occurred_at"])
    return read


def _read(name: str, hint: Any, value: Any) -> Any:  # noqa: ANN401  as the verb takes it
    plain = _plain(hint)
    if name in TIMES:
        return time(value)
    if plain is Touch:
        return touch(value)
    if typing.get_origin(plain) is tuple:
        found = meant.words(value, what=name)
        return tuple(map(touch, found)) if typing.get_args(plain)[0] is Touch else found
    if typing.get_origin(plain) in _MAPPINGS:
        figure = typing.get_args(plain)[1]
        if typing.get_origin(figure) in _MAPPINGS:
            return meant.figures_of(value, what=name)
        return meant.figures(value, _FIGURES.get(figure, meant.anything), what=name)
    return value


def touch(text: str) -> Touch:
    """Return what a step brings into contact, `shared_data:logistics` or `escort` alone."""
    name, _, of = text.partition(":")
    return Touch(touch=name.strip(), of=of.strip())


def time(text: str) -> int:
    """Return an ISO time, or microseconds UTC as they are, up to the year 9999."""
    read = int(text) if text.isdecimal() else microseconds(text)
    if read > LATEST:
        raise Misused(f"{text} is after the year 9999.")
    return read


def _answered(door: Door, receipt: Receipt) -> None:
    answer = msgspec.json.decode(receipt.result) if receipt.result else {}
    paper = door.paper
    if door.json:
        paper.document(
            {
                "answer": answer,
                "events": receipt.events,
                "position": receipt.position,
                "repeated": receipt.repeated,
            }
        )
        return
    paper.heading("Recorded before" if receipt.repeated else "Recorded", f"position {receipt.position}")
    paper.facts({**answer, "events": " ".join(receipt.events)})


def _hint(name: str, plain: Any) -> str:  # noqa: ANN401  a type hint
    """Return what an option takes, where its name does not say it."""
    if name in TIMES:
        return "ISO 8601"
    if plain is Touch:
        return "TOUCH or TOUCH:CLASS"
    origin, arguments = typing.get_origin(plain), typing.get_args(plain)
    if origin is tuple:
        return "TOUCH or TOUCH:CLASS; may be repeated" if arguments[0] is Touch else "may be repeated"
    if origin in _MAPPINGS:
        nested = typing.get_origin(arguments[1]) in _MAPPINGS
        return "NAME.PART=VALUE, may be repeated" if nested else "NAME=VALUE, may be repeated"
    kind = meant.KINDS.get(name, "")
    return f"name or id of {'an' if kind[0] in 'aeiou' else 'a'} {kind}" if kind else ""


def _plain(hint: Any) -> Any:  # noqa: ANN401  a type hint
    """Return a hint without its None."""
    if typing.get_origin(hint) in {types.UnionType, typing.Union}:
        (present,) = [each for each in typing.get_args(hint) if each is not type(None)]
        return present
    return hint


_MAPPINGS = frozenset({Mapping, dict})
_SIMPLE = frozenset({str, int, float, bool})
_FIGURES: Mapping[Any, Callable[[str], Any]] = {float: meant.number, int: meant.whole}
_DOOR = inspect.Parameter("door", inspect.Parameter.KEYWORD_ONLY, annotation=Who, default=Door())


def _fill() -> None:
    nouns: dict[str, App] = {}
    for noun, verb, attribute, method in verbs():
        if noun not in nouns:
            nouns[noun] = App(name=noun, help=f"Verbs on {attribute}.")
            app.command(nouns[noun])
        nouns[noun].command(command(attribute, method), name=verb)


_fill()
