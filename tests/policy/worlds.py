"""Random members and items of a small world, in which everybody meets everybody's names."""

import random
from dataclasses import replace

import polars as pl
from hypothesis import strategies as st

from counterpoise.domain.events import LABELS
from counterpoise.policy import Item, Member

PILOTS = ("flood", "border", "")
ACTORS = ("aid", "army", "firm", "")
NAMES = ("heron", "ibis", "owl", "")
GRANTED = ("participant", "coordinator", "auditor", "administrator")
WORDS = ("CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED")

some_names = st.sets(st.sampled_from(NAMES), max_size=3).map(tuple)
some_actors = st.sets(st.sampled_from(ACTORS), max_size=3).map(tuple)

members = st.builds(
    Member,
    id=st.just("m"),
    actor=st.sampled_from(ACTORS),
    active=st.integers(0, 5).map(bool),
    roles=st.dictionaries(st.sampled_from(PILOTS), st.frozensets(st.sampled_from(GRANTED)), max_size=3),
    administrator=st.booleans(),
    pseudonyms=st.dictionaries(st.sampled_from(PILOTS), st.sampled_from(NAMES), max_size=3),
)

items = st.builds(
    Item,
    label=st.sampled_from((*WORDS, "WHITE")),
    pilot=st.sampled_from(PILOTS),
    owner=st.sampled_from(ACTORS),
    author=st.sampled_from(NAMES),
    recipients=some_names,
    group=some_actors,
    clients=some_actors,
    anonymous=st.booleans(),
    chatham=st.booleans(),
    credited=st.booleans(),
    erased=st.booleans(),
    unopened=st.booleans(),
)


def random_member(chance: random.Random) -> Member:
    """Return a member who holds a few roles, on a few pilots, under a few names."""
    return Member(
        id="m",
        actor=chance.choice(ACTORS),
        active=chance.random() < 0.9,
        roles={
            pilot: frozenset(chance.sample(GRANTED, chance.randrange(3))) for pilot in _some(chance, PILOTS)
        },
        administrator=chance.random() < 0.2,
        pseudonyms={pilot: chance.choice(NAMES) for pilot in _some(chance, PILOTS)},
    )


def random_item(chance: random.Random) -> Item:
    """Return an item that carries each mark now and then."""
    return Item(
        label=chance.choice(WORDS),
        pilot=chance.choice(PILOTS),
        owner=chance.choice(ACTORS),
        author=chance.choice(NAMES),
        recipients=tuple(_some(chance, NAMES)),
        group=tuple(_some(chance, ACTORS)),
        clients=tuple(_some(chance, ACTORS)),
        anonymous=chance.random() < 0.2,
        chatham=chance.random() < 0.2,
        credited=chance.random() < 0.2,
        erased=chance.random() < 0.2,
        unopened=chance.random() < 0.2,
    )


def under_every_label(item: Item) -> dict[str, Item]:
    """Return the item five times, once under each label."""
    return {label: replace(item, label=label) for label in LABELS}


def as_rows(items: list[Item]) -> pl.LazyFrame:
    """Return one row an item, in the columns of the frame and the marks."""
    return pl.LazyFrame(
        {
            "label": [item.label for item in items],
            "pilot": [item.pilot for item in items],
            "actor": [item.owner for item in items],
            "member": [item.author for item in items],
            "recipients": [list(item.recipients) for item in items],
            "group": [list(item.group) for item in items],
            "clients": [list(item.clients) for item in items],
            "anonymous": [item.anonymous for item in items],
            "chatham": [item.chatham for item in items],
            "credited": [item.credited for item in items],
            "erased": [item.erased for item in items],
            "unopened": [item.unopened for item in items],
        },
        schema={
            **dict.fromkeys(("label", "pilot", "actor", "member"), pl.String),
            **dict.fromkeys(("recipients", "group", "clients"), pl.List(pl.String)),
            **dict.fromkeys(("anonymous", "chatham", "credited", "erased", "unopened"), pl.Boolean),
        },
    )


def _some(chance: random.Random, choices: tuple[str, ...]) -> list[str]:
    return chance.sample(choices, chance.randrange(len(choices)))
