"""Amendments: which changes leave tables that can be read. Words are added and figures set; nothing goes."""

import math
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from counterpoise.domain.refusals import BadValue
from counterpoise.domain.tables import Tables, starting_tables

REFERS: Mapping[str, str] = {
    "visibility_cap": "visibilities",
    "formats": "formats",
    "conditions": "conditions",
    "stance": "stances",
    "touch": "touches",
    "level": "levels",
    "category": "categories",
    "condition": "conditions",
}
"""The parts of an entry that are words of a section, and which."""

CHOSEN = ("pan", "when")
"""The parts of an entry that are one of a few words the code knows: those the first tables have."""


def check_changes(tables: Tables, changes: Mapping[str, Any]) -> None:
    """Refuse changes that would leave tables nobody can read: BadValue, or UnknownWord where one is named.

    The first tables are the model: what an entry of a section must say, and in what form, is what those say.
    """
    for section, change in changes.items():
        if section not in tables.entries or change is None:
            known = ", ".join(tables.entries)
            raise BadValue(f"{section!r} is no section to change.", owner="you", remedy=f"Sections: {known}.")
        _check_section(section, change, tables.entries[section], starting_tables().entries[section])
    amended = tables.amended(changes)
    for section in changes:
        _check_words(amended.entries[section], amended)


def _check_section(section: str, change: Any, standing: Any, model: Any) -> None:  # noqa: ANN401  any form
    _check_form(section, change, model)
    if isinstance(model, list):
        for entry in change:
            _check_form(section, entry, model[0])
            _check_entry(
                section, entry, [each for each in model if each["when"] == entry.get("when")] or model
            )
    if isinstance(model, Mapping):
        models = list(model.values())
        for name, entry in change.items():
            place = f"{section}.{name}"
            _check_form(place, entry, model.get(name, models[0]))
            if all(isinstance(each, Mapping) for each in models):
                _check_entry(place, {**standing.get(name, {}), **entry}, models)
            elif isinstance(entry, list):
                _check_forms(place, entry, model[name])


def _check_entry(place: str, entry: Mapping[str, Any], models: Collection[Mapping[str, Any]]) -> None:
    """Refuse an entry that lacks what all models say, says what none does, or says it in another form."""
    known = {part: value for each in models for part, value in each.items()}
    said = {part: value for part, value in entry.items() if value is not None}
    needed = {part for part in known if all(part in each for each in models)}
    if said.keys() - known.keys() or needed - said.keys():
        wrong = sorted(said.keys() - known.keys() or needed - said.keys())
        raise BadValue(
            f"{place} has no place for {wrong[0]!r}, or lacks it.",
            owner="you",
            remedy=f"Give {', '.join(sorted(needed))}; of {', '.join(sorted(known))}.",
        )
    for part, value in said.items():
        _check_form(f"{place}.{part}", value, known[part])
        if isinstance(value, list | Mapping):
            _check_forms(f"{place}.{part}", value, known[part])
        choices = sorted({each[part] for each in models if part in CHOSEN})
        if choices and value not in choices:
            raise BadValue(
                f"{place}.{part} is {value!r}.", owner="you", remedy=f"Choose: {', '.join(choices)}."
            )


def _check_forms(place: str, values: Any, models: Any) -> None:  # noqa: ANN401  a list or a mapping
    """Refuse a list or mapping whose values are not all of the form of the first of the model's."""
    each_value = values.values() if isinstance(values, Mapping) else values
    model: Sequence[object] = list(models.values()) if isinstance(models, Mapping) else models
    for each in each_value:
        _check_form(place, each, model[0])


def _check_form(place: str, value: object, model: object) -> None:
    """Refuse a value that is of another form than the model; numbers are finite, half-lives above zero."""
    if isinstance(model, int | float) and not isinstance(model, bool):
        number = isinstance(value, int | float) and not isinstance(value, bool)
        least = 0.0 if place.endswith("half_life") else -math.inf
        fits = number and least < value < math.inf  # type: ignore[operator]  # a number
    else:
        fits = type(value) is type(model)
    if not fits:
        raise BadValue(f"{place} is {value!r}.", owner="you", remedy=f"Give it in the form of {model!r}.")


def _check_words(entries: Any, tables: Tables) -> None:  # noqa: ANN401  a section of any form
    """Refuse a part of an entry that is not a word of the section it refers to."""
    named = entries.values() if isinstance(entries, Mapping) else entries
    for entry in named:
        for part in REFERS.keys() & (entry.keys() if isinstance(entry, Mapping) else ()):
            for word in [entry[part]] if isinstance(entry[part], str) else entry[part]:
                tables.check(REFERS[part], word)
