"""The tables: versions by content, words checked with a hint, and new words usable at once."""

from dataclasses import replace
from typing import Any

import pytest

from counterpoise.domain import actors, balance, concerns, conduct, deployments, scans, theatres
from counterpoise.domain.refusals import UnknownWord
from counterpoise.domain.tables import Tables, starting_tables
from tests.domain.scene import AGENCY, COAST, FERRY, TABLES, act, folded, refused


def changed(**changes: Any) -> Tables:  # noqa: ANN401  any section
    """Return the tables after a change of policy."""
    tables = folded(deployments.change_policy(None, changes=changes, reason="We learnt", act=act())).tables
    assert isinstance(tables, Tables)
    return tables


def test_a_version_names_the_tables_and_depends_on_every_figure() -> None:
    assert TABLES.version.startswith("counterpoise-1+")
    assert TABLES.amended({"trust": {"prior": 0.4}}).version != TABLES.version
    assert TABLES.amended({"trust": {"prior": TABLES["trust"]["prior"]}}).version == TABLES.version


def test_amending_leaves_the_tables_as_they_were() -> None:
    before = starting_tables().version

    TABLES.amended({"kinds": {"other": {"half_life": 1.0}}})

    assert starting_tables().version == before


def test_an_amendment_reaches_into_entries_and_a_null_removes_one() -> None:
    amended = TABLES.amended({"kinds": {"territorial_defence": {"visibility_cap": None, "half_life": 99.0}}})

    entry = amended["kinds"]["territorial_defence"]
    assert (entry["half_life"], entry["words"]) == (99.0, "territorial and collective defence")
    assert "visibility_cap" not in entry


def test_a_word_that_is_close_is_suggested() -> None:
    with refused(UnknownWord) as caught:
        TABLES.check("formats", "wargame")

    assert caught.value.remedy == "Did you mean 'war_game'?"


def test_without_a_close_word_the_choices_are_named() -> None:
    with refused(UnknownWord) as caught:
        TABLES.check("stances", "zzz")

    assert caught.value.remedy == "Choose one of: association, dissociation."


@pytest.mark.parametrize("section", ["levels", "visibilities", "stages"])
def test_ordered_words_stand_in_the_order_of_their_ranks(section: str) -> None:
    words = TABLES.words(section)

    assert [TABLES.rank(section, word) for word in words] == list(range(len(words)))


def test_a_new_kind_of_theatre_is_usable_at_once() -> None:
    tables = changed(
        kinds={
            "epidemic": {
                "half_life": 30.0,
                "words": "epidemic",
                "visibility_cap": "closed",
                "conditions": {"urgency": 0.9},
            }
        }
    )

    opened = theatres.open_theatre(
        None,
        theatre_id="coast",
        name="The coast",
        kinds={"epidemic": 1.0},
        conditions={},
        audiences=(),
        visibility_cap="",
        tables=tables,
        act=act(),
    )

    urgency = next(each.value for each in opened.conditions if each.condition == "urgency")
    assert (opened.kinds[0].kind, urgency, opened.visibility_cap) == ("epidemic", 0.9, "closed")


READING: dict[str, Any] = {
    "doubts": {},
    "weights": {},
    "audiences": {},
    "cares": {},
    "fulcrum": None,
    "fulcrum_doubt": None,
    "red_line": False,
    "words": "",
}


def test_a_new_factor_is_scored_and_weighed_at_once() -> None:
    tables = changed(factors={"health": {"pan": "risk", "visible": True, "words": "Health"}})
    scored = {"speed": 0.8, "health": 0.4}

    recorded = scans.record(FERRY, None, scores=scored, tables=tables, act=act(), **READING)
    weighed = balance.weigh(
        balance.Weighing(scores=scored, audiences={"all": balance.Audience()}, visibility="low", fulcrum=1.0),
        tables,
    )

    assert [score.factor for score in recorded.scores] == ["speed", "health"]
    assert balance.heaviest_risk(weighed) == "health"


def test_a_new_category_has_its_fulcrum_at_once() -> None:
    tables = changed(categories={"academic": {"fulcrum": 1.75, "words": "academic"}})

    registered = actors.register(
        None, actor_id="lab", name="The lab", categories=("academic",), tables=tables, act=act()
    )

    assert balance.starting_fulcrum(registered.categories, tables) == 1.75


def test_a_new_level_of_visibility_is_usable_at_once() -> None:
    tables = changed(visibilities={"leaked": {"rank": 4, "weight": 2.0, "travels": 1.0, "words": "leaked"}})

    made_visible = conduct.change_visibility(FERRY, visibility="leaked", reason="", tables=tables, act=act())
    weighing = balance.Weighing(
        scores={"speed": 0.8, "neutrality": 0.4},
        audiences={"all": balance.Audience()},
        visibility="cobranded",
        fulcrum=1.0,
    )

    assert made_visible.visibility == "leaked"
    assert balance.weigh(replace(weighing, visibility="leaked"), tables).risks == pytest.approx(
        balance.weigh(weighing, tables).risks * 2.0 / 1.3
    )


def test_a_theatre_without_a_cap_allows_a_new_and_wider_visibility() -> None:
    tables = changed(visibilities={"leaked": {"rank": 4, "weight": 2.0, "travels": 1.0, "words": "leaked"}})
    shares = theatres.mixture({"other": 1.0}, tables)

    assert theatres.cap(shares, tables) == "leaked"


def test_a_new_level_of_cooperation_is_advised_and_chosen_at_once() -> None:
    tables = changed(
        levels={"entwine": {"rank": 6, "words": "entwine", "spectrum": "one"}, "unite": {"below": 0.9}}
    )

    chosen = conduct.choose_level(FERRY, level="entwine", reason="", tables=tables, act=act())
    weighed = balance.weigh(
        balance.Weighing(
            scores={"speed": 1.0, "neutrality": 0.0},
            audiences={"all": balance.Audience()},
            visibility="low",
            conditions={"urgency": 1.0},
            fulcrum=0.1,
        ),
        tables,
    )

    assert (chosen.level, weighed.level) == ("entwine", "entwine")


def test_a_new_format_is_proposed_at_once() -> None:
    tables = changed(formats={"hackathon": {"words": "hackathon"}})

    proposed = conduct.propose(
        None,
        COAST,
        pilot_id="ferry",
        title="Ferries",
        hypothesis="",
        format="hackathon",
        visibility="low",
        tables=tables,
        act=act(),
    )

    assert proposed.format == "hackathon"


def test_a_new_kind_of_concern_is_raised_at_once() -> None:
    tables = changed(concern_kinds={"health": {"words": "health"}})

    raised = concerns.raise_concern(
        FERRY,
        None,
        concern_id="c1",
        kind="health",
        severity="low",
        words="No masks",
        factor="",
        about="",
        step="",
        anonymous=False,
        language="en",
        tables=tables,
        act=act(),
    )

    assert raised.kind == "health"


def test_a_new_touch_can_be_a_red_line_at_once() -> None:
    tables = changed(touches={"drones": {"words": "drones", "of": ["armed", "unarmed"]}})

    declared = actors.declare_red_line(
        AGENCY,
        red_line="no-drones",
        touch="drones",
        of="armed",
        only_in="",
        words="",
        tables=tables,
        act=act(),
    )

    assert (declared.touch, declared.of) == ("drones", "armed")
