"""Balances say of each actor's scan what the scale says, in the context of the day."""

from itertools import groupby
from random import Random
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings

from counterpoise import frame
from counterpoise.domain.balance import Balance, phi_of
from counterpoise.domain.scans import ScanRecorded, ScanRevised
from counterpoise_projections import balances, divergence, trust
from counterpoise_projections.observations import observations
from tests.lives import DAY, PILOTS, Life, Told, frame_of
from tests.pilot_moves import any_life
from tests.projections.references_views import END, TABLES, Reference, standing

Weighed = dict[tuple[str, str], tuple[Told, Balance, float | None]]

a_few = settings(max_examples=20)


def today(life: Life) -> float:
    return life.now / DAY


def newest(life: Life, own: str = "") -> dict[tuple[str, str], Told]:
    """Return the newest reading of each pilot and actor that is open, or at all if it is of `own`."""
    opened = {reading.id: opening.position for reading, opening, _ in Reference(life.told).opened()}
    found: dict[tuple[str, str], Told] = {}
    for told in sorted(
        standing(life.told), key=lambda each: (opened.get(each.id, each.position), each.position)
    ):
        scan = told.event
        if isinstance(scan, ScanRecorded | ScanRevised) and (told.id in opened or scan.actor == own):
            found[scan.pilot, scan.actor] = told
    return found


def lowest(known: balances.Known, partners: set[str], holder: str, theatre: str, on_day: float) -> Any:  # noqa: ANN401
    """Return the lowest trust of a holder in its partners and its deviation, asked one by one; None without any."""
    found = []
    for partner in sorted(partners - {holder}):
        asked = pl.LazyFrame({"theatre": [theatre], "actor": [partner], "day": [on_day], "holder": [holder]})
        row = trust.figures(known.items, known.theatres, asked, TABLES).collect().row(0, named=True)
        if row["own"] + row["imported"] > 0:
            found.append((row["trust"], row["trust_sd"]))
    return min(found, key=lambda each: each[0], default=(None, 0.0))


def by_hand(life: Life, own: str = "") -> Weighed:
    reference, known = Reference(life.told), balances.Known(frame.standing(frame_of(life.told)), TABLES)
    weighed: Weighed = {}
    for (pilot, actor), told in newest(life, own).items():
        scan = told.event
        assert isinstance(scan, ScanRecorded | ScanRevised)
        partners = set(reference.pilot(pilot).joined)
        mean, deviation = lowest(known, partners, actor, scan.theatre, today(life))
        weighed[pilot, actor] = told, reference.balance(scan, END, today(life), mean, deviation), mean
    return weighed


def view(life: Life, own: str = "") -> pl.DataFrame:
    return balances.balances(frame_of(life.told), TABLES, day=today(life), own=own).collect()


@a_few
@given(any_life)
def test_a_balance_is_that_of_the_newest_open_scan_with_the_lowest_trust_in_a_partner(life: Life) -> None:
    rows = view(life).select("pilot", "actor", "event", "balance", "sd", "verdict", "level", "trust").rows()

    assert rows == [
        (pilot, actor, told.id, balance.balance, balance.sd, balance.verdict, balance.level, mean)
        for (pilot, actor), (told, balance, mean) in sorted(by_hand(life).items())
    ]


@a_few
@given(any_life)
def test_one_s_own_scan_is_weighed_before_it_opens(life: Life) -> None:
    rows = view(life, own="agency").select("pilot", "actor", "event", "balance", "opened").rows()
    opened = {reading.id for reading, _, _ in Reference(life.told).opened()}

    assert rows == [
        (pilot, actor, told.id, balance.balance, told.id in opened)
        for (pilot, actor), (told, balance, _) in sorted(by_hand(life, own="agency").items())
    ]


@a_few
@given(any_life)
def test_nobody_else_s_scan_is_weighed_before_it_opens(life: Life) -> None:
    shut = view(life, own="agency").filter(~pl.col("opened"))

    assert set(shut["actor"]) <= {"agency"}


@a_few
@given(any_life)
def test_the_contributions_sum_to_the_balance(life: Life) -> None:
    parts = balances.contributions(frame_of(life.told), TABLES, day=today(life)).collect()
    sums = parts.group_by("pilot", "actor").agg(pl.col("value").sum()).sort("pilot", "actor")
    whole = view(life)

    assert sums["value"].to_list() == pytest.approx(whole["balance"].to_list(), abs=1e-12)


@a_few
@given(any_life)
def test_the_history_weighs_each_reading_as_it_opened(life: Life) -> None:
    reference, known = Reference(life.told), balances.Known(frame.standing(frame_of(life.told)), TABLES)
    expected = []
    for told, opening, on_day in reference.opened():
        scan = told.event
        assert isinstance(scan, ScanRecorded | ScanRevised)
        partners = set(reference.pilot(scan.pilot, opening.position).joined)
        mean, deviation = lowest(known, partners, scan.actor, scan.theatre, on_day)
        balance = reference.balance(scan, opening.position, on_day, mean, deviation)
        expected.append((scan.pilot, scan.actor, told.id, on_day, balance.balance))

    rows = balances.history(frame_of(life.told), TABLES).select("pilot", "actor", "event", "day", "balance")

    assert sorted(rows.collect().rows()) == sorted(expected)


@a_few
@given(any_life)
def test_the_evidence_of_a_scan_is_its_balance_when_it_opened_but_for_trust(life: Life) -> None:
    log = frame_of(life.told)
    seen = observations(log, TABLES).filter(pl.col("type") == "scan").select("id", seen="balance").unique()
    weighed = balances.history(log, TABLES).filter(pl.col("trust").is_null()).select("balance", id="event")

    both = seen.join(weighed, on="id").collect()

    assert both["seen"].to_list() == both["balance"].to_list()


@a_few
@given(any_life)
def test_the_shallowest_partner_advises_the_level(life: Life) -> None:
    reference = Reference(life.told)
    weighed = sorted(by_hand(life).items())
    expected = []
    for pilot, group in groupby(weighed, key=lambda each: each[0][0]):
        joined = reference.pilot(pilot).joined
        levels = [
            (TABLES.rank("levels", w[1].level), actor, w[1].level)
            for (_, actor), w in group
            if actor in joined
        ]
        expected += [(pilot, *min(levels)[1:])] if levels else []

    rows = balances.advice(frame_of(life.told), TABLES, day=today(life)).select("pilot", "actor", "level")

    assert rows.collect().rows() == expected


@a_few
@given(any_life)
def test_the_fulcrum_is_the_scan_s_else_the_actor_s_else_its_categories(life: Life) -> None:
    reference, scanned = Reference(life.told), newest(life)
    expected = []
    for pilot in PILOTS:
        standing_pilot = life.pilot(pilot)
        for actor in sorted(standing_pilot.joined) if standing_pilot else []:
            scan = getattr(scanned.get((pilot, actor)), "event", None)
            own, profile = getattr(scan, "fulcrum", None), reference.actor(actor, END, float("inf"))
            usual = max(TABLES["categories"][each]["fulcrum"] for each in profile.categories)
            source = "scan" if own is not None else "actor" if profile.fulcrum is not None else "category"
            fulcrum = {"scan": own, "actor": profile.fulcrum, "category": usual}[source]
            expected.append((pilot, actor, fulcrum, phi_of(fulcrum), source))

    rows = balances.fulcra(frame_of(life.told), TABLES).select("pilot", "actor", "fulcrum", "phi", "source")

    assert rows.collect().rows() == expected


@a_few
@given(any_life)
def test_fulcra_can_be_told_apart(life: Life) -> None:
    fulcra = balances.fulcra(frame_of(life.told), TABLES)
    apart = divergence.divergence(fulcra).collect()
    actors = fulcra.collect().group_by("pilot").len()["len"]

    assert len(apart) == sum(many * (many - 1) // 2 for many in actors)


@a_few
@given(any_life)
def test_balances_follow_neither_the_order_of_rows_nor_what_comes_later(life: Life) -> None:
    position = len(life.told) // 2
    shuffled = frame_of(Random(7).sample(life.told, len(life.told)))

    before = balances.balances(shuffled, TABLES, day=today(life), position=position).collect()

    cut = frame_of(life.told[:position])
    assert before.equals(balances.balances(cut, TABLES, day=today(life)).collect())


@pytest.mark.parametrize(
    ("rows", "schema"),
    [
        (balances.balances(frame.empty(), TABLES, day=0.0), balances.BALANCES),
        (balances.history(frame.empty(), TABLES), balances.BALANCES),
        (balances.contributions(frame.empty(), TABLES, day=0.0), balances.CONTRIBUTIONS),
        (balances.advice(frame.empty(), TABLES, day=0.0), balances.ADVICE),
        (balances.fulcra(frame.empty(), TABLES), balances.FULCRA),
    ],
    ids=["balances", "history", "contributions", "advice", "fulcra"],
)
def test_an_empty_log_weighs_nothing_in_the_same_columns(rows: pl.LazyFrame, schema: dict[str, Any]) -> None:
    assert rows.collect().is_empty()
    assert dict(rows.collect().schema) == schema
