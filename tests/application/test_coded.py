"""Coded event files are read as they are written, and what cannot be read is named."""

import gzip
import hashlib
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from counterpoise.application.coded import (
    LONGEST,
    ROWS,
    Coded,
    UnreadableValues,
    ValuesMissing,
    coded,
    read,
    values_in,
)
from counterpoise.application.layouts import GDELT, UnknownFormat
from counterpoise.application.sheets import SHOWN, BadRow, UnreadableFile
from counterpoise.domain.refusals import Refusal

VALUES = values_in(
    b"code,name,goldstein,root_code\n"
    b"04,CONSULT,1,04\n"
    b"040,Consult,9,04\n"
    b"010,Make statement,0,01\n"
    b'112,"Accuse, or blame",-2,11\n'
    b"19,FIGHT,-10,19\n"
)

NAMED = (
    b"day,source,relation,target\n"
    b"0,Clinic (Arland),Consult,Court (Borland)\n"
    b'1,Arland,"accuse / OR blame",Wanderer\n'
    b"2,Borland,Make statement,Arland\n"
)


def named(*rows: str) -> Coded:
    return coded("\n".join(["day,source,relation,target", *rows]).encode(), values=VALUES)


def gdelt(**fields: str) -> str:
    known = {
        "day": "20180601",
        "source_code": "ARLMIL",
        "source": "SOLDIER",
        "source_country": "ARL",
        "target_code": "BOR",
        "target": "BORLAND",
        "target_country": "BOR",
        "relation": "190",
        "intensity": "-10.0",
    } | fields
    row = ["7"] * GDELT.width
    for word, place in GDELT.places.items():
        row[place] = known[word]
    return "\t".join(row)


def test_rows_come_with_their_lines_days_values_and_homes() -> None:
    rows = coded(NAMED, values=VALUES).rows

    assert rows.rows() == [
        (2, 0, "Clinic (Arland)", "Consult", "Court (Borland)", 1.0, "Arland", "Borland"),
        (3, 1, "Arland", "accuse / OR blame", "Wanderer", -2.0, "Arland", ""),
        (4, 2, "Borland", "Make statement", "Arland", 0.0, "Borland", "Arland"),
    ]
    assert rows.schema == ROWS


@pytest.mark.parametrize(
    ("name", "home"),
    [
        ("Clinic (Arland)", "Arland"),
        ("Deputy (Govt) (Borland)", "Borland"),
        ("Arland", "Arland"),
        ("Borland", ""),  # nobody's name ends with it in brackets unless the row itself is read
        ("Clinic (Arland) West", ""),
        ("Priest (Old See (City))", ""),
        ("Clinic ()", ""),
        ("Wanderer", ""),
    ],
)
def test_home_is_the_country_in_the_last_brackets_or_the_country_itself(name: str, home: str) -> None:
    rows = named(f"0,{name},Consult,Court (Arland)").rows

    assert rows["source_home"].to_list() == [home]


def test_columns_may_stand_in_any_order_beside_others() -> None:
    content = b"Target , extra,RELATION,date,source\nBo,7,Fight,2014-03-01,Al\n"

    rows = coded(content, values=VALUES).rows

    assert rows.select("day", "source", "target", "goldstein").rows() == [(16130, "Al", "Bo", -10.0)]


def test_whole_days_count_from_day_zero() -> None:
    rows = coded(NAMED, values=VALUES, day_zero=date(2014, 1, 1)).rows

    assert rows["day"].to_list() == [16071, 16072, 16073]


def test_the_first_of_two_values_of_a_name_wins() -> None:
    rows = named("0,Al,consult,Bo").rows

    assert rows["goldstein"].to_list() == [1.0]


def test_raw_icews_takes_the_value_of_its_code_from_the_table() -> None:
    header = (
        "Event ID,Event Date,Source Name,Source Sectors,Source Country,CAMEO Code,Intensity,"
        "Target Name,Target Sectors,Target Country,Country\n"
    )
    row = '7,2018-06-01,Clinic (Arland),"Health,Social",Arland,112,-3,Borland,,Borland,Arland\n'
    content = (header + row).encode()

    with_table = coded(content, values=VALUES)
    without = coded(content)

    assert with_table.rows.rows() == [
        (2, 17683, "Clinic (Arland)", "Accuse, or blame", "Borland", -2.0, "Arland", "")
    ]
    assert without.rows.select("relation", "goldstein").rows() == [("112", -3.0)]
    assert coded(content.replace(b"112", b"999"), values=VALUES).bad == (
        BadRow(2, "CAMEO Code", "is not in the table of values", "999"),
    )
    assert coded(content.replace(b"-3", b"low")).bad == (BadRow(2, "Intensity", "is not a number", "low"),)


def test_gdelt_rows_carry_their_values_and_countries() -> None:
    read_rows = coded(f"{gdelt()}\n{gdelt(relation='555', intensity='2.5')}\n".encode(), values=VALUES)

    assert read_rows.layout == "GDELT 2"
    assert read_rows.bad == ()
    assert read_rows.rows.rows() == [
        (1, 17683, "SOLDIER (ARL)", "190", "BORLAND", -10.0, "ARL", "BOR"),
        (2, 17683, "SOLDIER (ARL)", "555", "BORLAND", 2.5, "ARL", "BOR"),
    ]


def test_gdelt_codes_the_table_knows_are_written_as_names() -> None:
    rows = coded(gdelt(relation="040", intensity="1.0").encode(), values=VALUES).rows

    assert rows.select("relation", "goldstein").rows() == [("Consult", 1.0)]


def test_gdelt_events_of_one_party_are_counted_apart() -> None:
    alone = coded("\n".join([gdelt(target=""), gdelt(), gdelt(source="")]).encode())

    assert (alone.rows["line"].to_list(), alone.bad, alone.lone) == ([2], (), 2)


def test_gdelt_rows_that_are_broken_are_named() -> None:
    lines = [gdelt(day="20180631"), gdelt(intensity=""), gdelt(), "a\tb"]

    assert coded("\n".join(lines).encode()).bad == (
        BadRow(1, "SQLDATE", "is not a date like 20140131", "20180631"),
        BadRow(2, "GoldsteinScale", "is not a number", ""),
        BadRow(4, "", "has 2 columns instead of 61", "a\tb"),
    )


@pytest.mark.parametrize(
    ("row", "column", "why", "value"),
    [
        ("0,Al,Consult", "", "has 3 columns instead of 4", "0,Al,Consult"),
        ("0,Al,Consult,Bo,Cy", "", "has 5 columns instead of 4", "0,Al,Consult,Bo,Cy"),
        ("soon,Al,Consult,Bo", "day", "is not a whole number of days", "soon"),
        (",Al,Consult,Bo", "day", "is not a whole number of days", ""),
        ("9999999,Al,Consult,Bo", "day", "is not a whole number of days", "9999999"),
        ("1.5,Al,Consult,Bo", "day", "is not a whole number of days", "1.5"),
        ("0, ,Consult,Bo", "source", "is empty", ""),
        ("0,Al,Consult,", "target", "is empty", ""),
        ("0,Al,,Bo", "relation", "is empty", ""),
        ("0,Al,Sing,Bo", "relation", "is not in the table of values", "Sing"),
        ("0,Al,42,Bo", "relation", "is not in the table of values", "42"),
        (f"0,{'A' * 401},Consult,Bo", "source", f"is longer than {LONGEST} characters", "A" * 59 + "…"),
    ],
)
def test_a_bad_row_is_named_and_its_neighbours_stay(row: str, column: str, why: str, value: str) -> None:
    read_rows = named("0,Al,Consult,Bo", row, "2,Al,Consult,Bo")

    assert read_rows.bad == (BadRow(3, column, why, value),)
    assert read_rows.rows["line"].to_list() == [2, 4]


@pytest.mark.parametrize("day", ["2014-02-30", "2014-2-3", "20140203", "0000-01-01", "soon"])
def test_a_date_that_is_none_is_named(day: str) -> None:
    content = f"date,source,relation,target\n{day},Al,Consult,Bo\n"

    assert coded(content.encode(), values=VALUES).bad == (
        BadRow(2, "date", "is not a date like 2014-01-31", day),
    )


def test_a_value_of_zero_is_no_fault() -> None:
    assert named("0,Al,Make statement,Bo").bad == ()


def test_bytes_that_are_not_utf_8_are_a_bad_row() -> None:
    read_rows = coded(NAMED.replace(b"Court", b"C\xffurt"), values=VALUES)

    assert [(row.line, row.why) for row in read_rows.bad] == [(2, "is not UTF-8")]
    assert "\\udcff" in read_rows.bad[0].value
    assert read_rows.rows["line"].to_list() == [3, 4]


def test_lines_are_true_where_names_hold_line_breaks_and_lines_are_empty() -> None:
    read_rows = named('0,"Al\nthe Elder",Consult,Bo', "", "1,Al,Consult,Bo")

    assert read_rows.rows.select("line", "source").rows() == [(2, "Al\nthe Elder"), (5, "Al")]


def test_a_stray_quote_costs_one_row() -> None:
    read_rows = named('0,"Al,Consult,Bo', *["1,Al,Consult,Bo"] * 30, '2,Al,Consult,"Bo', "3,Al,Consult,Bo")

    assert [row.line for row in read_rows.bad] == [2, 33]
    assert read_rows.rows.height == 31


def test_many_stray_quotes_are_read_in_a_moment() -> None:
    read_rows = named(*['a","c'] * 20_000)

    assert len(read_rows.bad) == 20_000


def test_windows_and_old_line_ends_and_a_byte_order_mark_are_read() -> None:
    windows = coded(b"\xef\xbb\xbf" + NAMED.replace(b"\n", b"\r\n"), values=VALUES)
    old = coded(NAMED.replace(b"\n", b"\r"), values=VALUES)

    assert windows.rows.equals(coded(NAMED, values=VALUES).rows)
    assert old.rows.equals(windows.rows)


def test_gzip_is_told_by_its_bytes_and_counts_as_what_it_holds(tmp_path: Path) -> None:
    plain, packed, table = tmp_path / "a.gz", tmp_path / "b.csv", tmp_path / "values.csv"
    plain.write_bytes(NAMED)
    packed.write_bytes(gzip.compress(NAMED))
    table.write_bytes(
        gzip.compress(b"code,name,goldstein\n1,Consult,1\n2,accuseorblame,-2\n3,Makestatement,0\n")
    )

    one, other = read(plain, values=table), read(packed, values=table)

    assert one.rows.equals(other.rows)
    assert one.rows.height == 3
    assert one.sha256 == other.sha256 == hashlib.sha256(NAMED).hexdigest()


@pytest.mark.parametrize("content", [gzip.compress(NAMED)[:-12], b"\x1f\x8b garbage", None])
def test_a_file_that_cannot_be_unpacked_is_refused(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "events.csv.gz"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(UnreadableFile):
        read(path)


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"a,b\n1,2\n", b"day,source,target\n", b"\x00\xff\xfe", b"PK\x03\x04"]
)
def test_another_format_is_refused_with_the_formats_that_are_read(content: bytes) -> None:
    with pytest.raises(UnknownFormat) as refusal:
        coded(content, values=VALUES)

    assert all(word in refusal.value.remedy for word in ("source, relation, target", "ICEWS", "GDELT 2"))


def test_named_relations_need_their_values() -> None:
    with pytest.raises(ValuesMissing):
        coded(NAMED)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"name,goldstein\nConsult,1\n",
        b"code,name,goldstein\n1,Consult\n",
        b"code,name,goldstein\n1,Consult,x\n",
    ],
)
def test_a_table_of_values_that_cannot_be_read_is_refused(content: bytes) -> None:
    with pytest.raises(UnreadableValues):
        values_in(content)


def test_a_file_of_no_rows_holds_none() -> None:
    read_rows = named()

    assert (read_rows.rows.schema, read_rows.rows.height, read_rows.bad) == (pl.Schema(ROWS), 0, ())


@given(st.binary())
@example(b"source,relation,target,day\n\x00,\xff\n")
def test_no_bytes_crash_the_reading(content: bytes) -> None:
    for head in (b"", b"day,source,relation,target\n", gdelt().encode() + b"\n"):
        try:
            coded(head + content, values=VALUES)
        except Refusal:
            assert not head


@given(st.data())
def test_a_changed_file_is_read_to_its_end(data: st.DataObject) -> None:
    content = bytearray(b"\n".join([*NAMED.splitlines(), *NAMED.splitlines()[1:]] * 3))
    for place in data.draw(st.lists(st.integers(40, len(content) - 1), max_size=6)):
        content[place] = data.draw(st.sampled_from(b'",\n\r\t\x00\xff 9a('))

    read_rows = coded(bytes(content), values=VALUES)

    named_lines = {row.line for row in read_rows.bad}
    assert not named_lines & set(read_rows.rows["line"])
    assert [row.line for row in read_rows.bad] == sorted(named_lines)
    assert all(len(row.value) <= SHOWN for row in read_rows.bad)
