"""The deployment: tables that read otherwise from a change on, tokens with an end, truncations admitted."""

from dataclasses import replace
from typing import Any

import pytest

from counterpoise.domain import deployments
from counterpoise.domain.deployments import (
    STREAM,
    Deployment,
    LogTruncated,
    NoSuchToken,
    PolicyChanged,
    TokenMade,
    TokenRevoked,
)
from counterpoise.domain.refusals import BadValue, Refusal, UnknownWord
from tests.domain.scene import DAY, NOON, TABLES, act, document, folded, refused

ENVELOPE = act().on(STREAM)
START = Deployment(tables=TABLES, tokens={})
MADE = replace(START, tokens={"f" * 64: NOON + DAY})
WORDS = {"words": "a new word"}


def change(changes: dict[str, Any]) -> PolicyChanged:
    return deployments.change_policy(None, changes=changes, reason="We learnt", act=act())


def test_a_change_names_the_version_that_it_makes() -> None:
    changed = change({"trust": {"prior": 0.4}})

    assert changed == PolicyChanged(
        **ENVELOPE,
        changes='{"trust": {"prior": 0.4}}',
        version=TABLES.amended({"trust": {"prior": 0.4}}).version,
        reason=document("We learnt"),
    )


def test_tables_read_as_they_were_last_changed() -> None:
    first, second = change({"trust": {"prior": 0.4}}), change({"trust": {"norm_weight": 4.0}})

    tables = folded(first, second).tables

    assert (tables["trust"]["prior"], tables["trust"]["norm_weight"]) == (0.4, 4.0)
    assert tables["trust"]["prior_weight"] == TABLES["trust"]["prior_weight"]


@pytest.mark.parametrize(
    "changes",
    [
        {"kinds": {"epidemic": {"half_life": 30.0} | WORDS}},
        {"kinds": {"epidemic": {"half_life": 30, "visibility_cap": "low", "formats": ["table_top"]} | WORDS}},
        {"kinds": {"territorial_defence": {"visibility_cap": None}}},
        {"kinds": {"other": {"conditions": {"urgency": 0.9}}}},
        {"factors": {"health": {"pan": "risk", "visible": True} | WORDS}},
        {"categories": {"academic": {"fulcrum": 1} | WORDS}},
        {"visibilities": {"leaked": {"rank": 4, "weight": 2.0, "travels": 1.0} | WORDS}},
        {"level_caps": [{"when": "red_line", "level": "compete"}]},
        {"concern_kinds": {"health": WORDS}},
        {"trust": {"interval": [0.1, 0.9]}},
        {"name": "ours-1"},
    ],
)
def test_words_are_added_and_figures_set(changes: dict[str, Any]) -> None:
    assert folded(change(changes)).tables.version == TABLES.amended(changes).version


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"moods": {"good": WORDS}}, BadValue),
        ({"kinds": None}, BadValue),
        ({"kinds": 3}, BadValue),
        ({"name": ["ours"]}, BadValue),
        ({"kinds": {"epidemic": 3}}, BadValue),
        ({"kinds": {"epidemic": WORDS}}, BadValue),
        ({"kinds": {"epidemic": {"half_life": "long"} | WORDS}}, BadValue),
        ({"kinds": {"epidemic": {"half_life": True} | WORDS}}, BadValue),
        ({"kinds": {"epidemic": {"half_life": float("nan")} | WORDS}}, BadValue),
        ({"kinds": {"epidemic": {"half_life": 3.0, "halflife": 3.0} | WORDS}}, BadValue),
        ({"kinds": {"epidemic": {"half_life": 0.0} | WORDS}}, BadValue),
        ({"trust": {"slow_half_life": -1.0}}, BadValue),
        ({"kinds": {"other": None}}, BadValue),
        ({"kinds": {"other": {"half_life": None}}}, BadValue),
        ({"kinds": {"other": {"visibility_cap": "secret"}}}, UnknownWord),
        ({"kinds": {"other": {"formats": ["party"]}}}, UnknownWord),
        ({"kinds": {"other": {"conditions": {"weather": 0.5}}}}, UnknownWord),
        ({"kinds": {"other": {"conditions": {"urgency": "high"}}}}, BadValue),
        ({"factors": {"health": {"pan": "both"} | WORDS}}, BadValue),
        ({"signals": {"wink": {"stance": "aloof"} | WORDS}}, UnknownWord),
        ({"level_caps": [{"when": "red_line", "level": "merge"}]}, UnknownWord),
        ({"level_caps": [{"when": "red_line"}]}, BadValue),
        ({"level_caps": {"when": "red_line"}}, BadValue),
        ({"trust": {"prior": None}}, BadValue),
        ({"trust": {"prior": "half"}}, BadValue),
        ({"trust": {"interval": 0.5}}, BadValue),
    ],
)
def test_tables_that_nobody_could_read_are_refused(changes: dict[str, Any], refusal: type[Refusal]) -> None:
    with refused(refusal, owner="you"):
        change(changes)


def test_a_change_has_a_reason() -> None:
    with refused(BadValue, owner="you"):
        deployments.change_policy(None, changes={"trust": {"prior": 0.4}}, reason="", act=act())


def test_a_token_is_noted_by_its_hash_with_its_end() -> None:
    made = deployments.make_token(None, token="f" * 64, scopes=("ferry:read",), until=NOON + DAY, act=act())

    assert made == TokenMade(**ENVELOPE, token="f" * 64, scopes=("ferry:read",), until=NOON + DAY)
    assert folded(made) == MADE


@pytest.mark.parametrize("until", [NOON, NOON - 1, NOON + 90 * DAY + 1])
def test_a_token_ends_later_than_now_and_within_ninety_days(until: int) -> None:
    with refused(BadValue, owner="you"):
        deployments.make_token(None, token="f" * 64, scopes=(), until=until, act=act())


def test_a_token_is_made_once() -> None:
    with refused(NoSuchToken):
        deployments.make_token(MADE, token="f" * 64, scopes=(), until=NOON + DAY, act=act())


def test_a_token_is_revoked() -> None:
    revoked = deployments.revoke_token(MADE, token="f" * 64, act=act())

    assert revoked == TokenRevoked(**ENVELOPE, token="f" * 64)
    assert deployments.evolve(MADE, revoked) == START


def test_a_token_that_is_not_there_is_not_revoked() -> None:
    with refused(NoSuchToken):
        deployments.revoke_token(None, token="f" * 64, act=act())


CUT: dict[str, Any] = {"from_position": 90, "to_position": 80, "checkpoint": "log\n90\n", "act": act()}


def test_a_log_that_was_cut_says_so() -> None:
    truncated = deployments.note_truncation(**CUT, reason="A restored copy")

    assert truncated == LogTruncated(
        **ENVELOPE,
        from_position=90,
        to_position=80,
        checkpoint="log\n90\n",
        reason=document("A restored copy"),
    )
    assert folded(truncated) == START


def test_a_log_that_was_cut_says_why() -> None:
    with refused(BadValue, owner="you"):
        deployments.note_truncation(**CUT, reason="")
