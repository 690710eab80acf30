"""Rows that are a line each are read all at once, and as they would be read one by one."""

import csv

from hypothesis import example, given
from hypothesis import strategies as st

from counterpoise.application.sheets import carefully, lines_of, quickly, text_of

STRICT = {"delimiter": ",", "strict": True}
TABBED = {"delimiter": "\t", "quoting": csv.QUOTE_NONE}

pieces = st.lists(
    st.sampled_from(["a", "é", ",", ",", '"', '""', "\n", "\r\n", "\r", "\t", " ", "\0", ""]), max_size=24
)
dialects = st.sampled_from([STRICT, TABBED])


@given(pieces, dialects)
@example(['a"b', ",", '"c', "\n", "d", '"', "\n"], STRICT)
@example(['"a', ",", '""', "\n", 'b"', ",", "c", "\n"], STRICT)
@example([" ", "\n", "\n", ",", "\r"], STRICT)
def test_what_is_read_at_once_is_what_is_read_one_by_one(
    parts: list[str], dialect: dict[str, object]
) -> None:
    lines = lines_of("".join(parts).encode())
    quick = quickly(lines, start=0, dialect=dialect)

    if quick is not None:
        of_two = quick.filter(quick["fields"].list.len() == 2)
        careful, _ = carefully(lines, width=2, start=0, dialect=dialect)
        assert of_two.rows() == careful.rows()


@given(st.lists(st.sampled_from(["a,b", '"a,b",c', "a", "", "a,b,c", '"a']), max_size=8))
def test_what_is_no_row_is_told_the_same_way(rows: list[str]) -> None:
    lines = lines_of("".join(f"{row}\n" for row in rows).encode())

    _, told = text_of(lines, places={"one": 0}, width=2, start=0, dialect=STRICT)

    _, careful = carefully(lines, width=2, start=0, dialect=STRICT)
    assert told == careful


def test_rows_that_go_over_several_lines_are_left_to_care() -> None:
    assert quickly(lines_of(b'a,"b\nc",d\n'), start=0, dialect=STRICT) is None


def test_bytes_that_are_no_text_are_left_to_care() -> None:
    assert quickly(lines_of(b"a,\xff\n"), start=0, dialect=STRICT) is None


def test_a_field_without_end_is_left_to_care() -> None:
    assert quickly(lines_of(b"a" * 200_000), start=0, dialect=STRICT) is None
