"""What apps send as a person sees it: every block drawn, every text escaped, every picture told."""

import re
from html.parser import HTMLParser

import pytest

from counterpoise_sandbox.mrkdwn import Reader
from counterpoise_sandbox.render import Place, blocks
from tests.sandbox.blockkit import (
    EVERY_BLOCK,
    Block,
    actions,
    button,
    chart,
    confirm,
    container,
    data_table,
    field,
    image,
    mrkdwn,
    option,
    options,
    pie,
    plain,
    plot,
    section,
    select,
    text_input,
)

HOSTILE = '<script>alert("x")</script>'
KNOWN = Reader(people={"U1": "Ana", "U2": "Bo"}, channels={"C1": "harbour"}, me="U1")
HERE = Place(key="m1", reader=KNOWN, people=[("U1", "Ana"), ("U2", "Bo")], channels=[("C1", "#harbour")])
ELEMENTS = {
    "static_select": select(),
    "external_select": {"type": "external_select", "action_id": "a"},
    "users_select": {"type": "users_select", "action_id": "a"},
    "conversations_select": {"type": "conversations_select", "action_id": "a"},
    "channels_select": {"type": "channels_select", "action_id": "a"},
    "multi_static_select": select("multi_static_select"),
    "multi_external_select": {"type": "multi_external_select", "action_id": "a"},
    "multi_users_select": {"type": "multi_users_select", "action_id": "a"},
    "multi_conversations_select": {"type": "multi_conversations_select", "action_id": "a"},
    "multi_channels_select": {"type": "multi_channels_select", "action_id": "a"},
    "checkboxes": select("checkboxes"),
    "radio_buttons": select("radio_buttons"),
    "datepicker": {"type": "datepicker", "action_id": "a", "initial_date": "2026-05-01"},
    "timepicker": {"type": "timepicker", "action_id": "a", "initial_time": "09:00"},
    "datetimepicker": {"type": "datetimepicker", "action_id": "a", "initial_date_time": 1_790_000_000},
    "plain_text_input": text_input(),
    "rich_text_input": {"type": "rich_text_input", "action_id": "a"},
    "number_input": {"type": "number_input", "action_id": "a", "is_decimal_allowed": True},
    "email_text_input": {"type": "email_text_input", "action_id": "a"},
    "url_text_input": {"type": "url_text_input", "action_id": "a"},
    "file_input": {"type": "file_input", "action_id": "a"},
}


class Page(HTMLParser):
    """The tags of a piece of HTML, held to being closed in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(str(html))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in {"input", "img", "br", "hr"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def drawn(*held: Block, place: Place = HERE) -> Page:
    page = Page(blocks(held, place))
    assert page.open == []
    return page


def infected(value: object) -> object:
    """Put hostile words into every text a block holds."""
    if isinstance(value, dict):
        return {
            name: HOSTILE
            if name in {"text", "title", "label", "caption", "alt_text"} and isinstance(held, str)
            else infected(held)
            for name, held in value.items()
        }
    return [infected(held) for held in value] if isinstance(value, list) else value


@pytest.mark.parametrize("kind", EVERY_BLOCK)
def test_every_block_is_drawn(kind: str) -> None:
    page = drawn(EVERY_BLOCK[kind])

    assert "cannot draw" not in page.text


@pytest.mark.parametrize("kind", EVERY_BLOCK)
def test_no_word_of_a_block_becomes_a_tag(kind: str) -> None:
    page = drawn(infected(EVERY_BLOCK[kind]))  # type: ignore[arg-type]

    assert page.named("script") == []


@pytest.mark.parametrize("kind", EVERY_BLOCK)
def test_nothing_drawn_needs_an_inline_style_or_script(kind: str) -> None:
    page = drawn(EVERY_BLOCK[kind])

    assert not [
        1 for _, attributes in page.tags if any(n == "style" or n.startswith("on") for n in attributes)
    ]


@pytest.mark.parametrize("kind", ELEMENTS)
def test_every_field_is_drawn_with_its_label(kind: str) -> None:
    page = drawn(field(ELEMENTS[kind], block_id="b"))
    labels = {attributes.get("for") for attributes in page.named("label")}
    groups = {attributes.get("aria-labelledby") for name, attributes in page.tags if name == "div"}
    ids = {attributes.get("id") for _, attributes in page.tags}

    assert "Your words" in page.text
    assert (labels & ids) - {None} or (groups & ids) - {None}


def test_an_unknown_block_is_shown_as_its_json() -> None:
    page = drawn({"type": "marquee", "text": "Words that run"})

    assert "This sandbox cannot draw marquee" in page.text
    assert '"text": "Words that run"' in page.text


def test_a_block_whose_shape_is_wrong_is_shown_as_its_json() -> None:
    assert "cannot draw" in drawn({"type": "header"}).text


def test_a_block_takes_the_direction_of_its_words() -> None:
    assert drawn(section(text=plain("مرحبا"))).tags[0][1]["dir"] == "auto"


def test_mrkdwn_is_drawn_and_plain_text_is_not() -> None:
    page = drawn(section(text=mrkdwn("*bold* <@U2>")), section(text=plain("*plain*")))

    assert len(page.named("strong")) == 1
    assert "@Bo" in page.text
    assert "*plain*" in page.text


def test_a_button_says_where_it_stands_and_what_it_holds() -> None:
    pressed = drawn(actions(button(value="42: yes"), block_id="b c")).named("button")[0]

    assert pressed["name"] == "press"
    assert pressed["value"] == "b%20c:withdraw:42%3A%20yes"


def test_a_button_with_a_question_asks_first() -> None:
    page = drawn(actions(button(confirm=confirm(title=plain("Sure?")))))
    first = page.named("button")[0]

    assert first["popovertarget"] == next(a["id"] for a in page.named("div") if "popover" in a)
    assert "press" not in first.values()
    assert "Sure?" in page.text


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "slack://open"])
def test_a_button_leads_only_to_addresses_of_the_web(address: str) -> None:
    assert drawn(actions(button(url=address))).named("a") == []


def test_a_button_for_other_eyes_is_not_drawn() -> None:
    assert "Withdraw" not in drawn(actions(button(visible_to_user_ids=["U2"]))).text


def test_what_was_chosen_stands_chosen() -> None:
    state = {"b": {"chosen": {"type": "static_select", "selected_option": option("1", "Option 1")}}}
    page = drawn(actions(select(options=options(3)), block_id="b"), place=Place(key="m", state=state))

    assert [one["value"] for one in page.named("option") if "selected" in one] == ["1"]


def test_a_refused_field_says_what_is_wrong_to_eye_and_ear() -> None:
    place = Place(key="v", errors={"b": "Say a little more."})
    page = drawn(field(block_id="b"), place=place)
    entry = page.named("input")[0]

    assert "Say a little more." in page.text
    assert entry["aria-invalid"] == "true"
    assert entry["aria-describedby"] in {attributes.get("id") for attributes in page.named("p")}


def test_what_was_written_stays_in_a_refused_field() -> None:
    state = {"b": {"words": {"type": "plain_text_input", "value": "Drones"}}}

    assert drawn(field(block_id="b"), place=Place(state=state)).named("input")[0]["value"] == "Drones"


def test_a_picture_outside_the_sandbox_is_told_and_not_fetched() -> None:
    page = drawn(image())

    assert page.named("img") == []
    assert "A harbour" in page.text


def test_a_picture_inside_the_sandbox_is_shown_with_its_words() -> None:
    shown = drawn(image(), place=Place(picture=lambda _image: "/files/F1")).named("img")[0]

    assert (shown["src"], shown["alt"]) == ("/files/F1", "A harbour")


def test_a_data_table_has_a_caption_headers_that_sort_and_a_header_for_each_row() -> None:
    page = drawn(data_table(rows=3, page_size=2))

    assert "Balances" in page.text
    assert [one["aria-sort"] for one in page.named("th") if one["scope"] == "col"] == ["none", "none"]
    assert len([one for one in page.named("th") if one["scope"] == "row"]) == 2


@pytest.mark.parametrize("kind", ["bar", "line", "area"])
def test_a_chart_is_told_in_words_and_as_a_table(kind: str) -> None:
    page = drawn(chart(plot(kind, count=2)))
    picture = next(one for one in page.named("svg") if one.get("role") == "img")

    assert "Series 0 from 0 (May) to 1 (June)" in str(picture["aria-label"])
    assert len(page.named("th")) == 5


def test_a_pie_tells_every_part_and_its_share() -> None:
    page = drawn(chart(pie(4)))

    assert page.text.count("25%") == 4


@pytest.mark.parametrize("values", [[0, 0], [-3, -1], [-2, 5], [1e-9, 2e-9], [7, 7], [0, 1e9]])
@pytest.mark.parametrize("kind", ["bar", "line", "area"])
def test_a_chart_of_any_values_stays_inside_its_frame(kind: str, values: list[float]) -> None:
    held = plot(kind)
    held["series"][0]["data"] = [
        {"label": label, "value": value} for label, value in zip(["May", "June"], values, strict=True)
    ]
    page = drawn(chart(held))
    heights = [
        float(y) for one in page.named("path") for y in re.findall(r"[ML][\d.-]+ ([\d.-]+)", str(one["d"]))
    ]

    assert "cannot draw" not in page.text
    assert all(0 <= height <= 260 for height in heights)


def test_names_that_would_touch_stand_on_two_lines_in_turn() -> None:
    places = ["Kessou to Nordmark", "Kessou to Tavai", "Nordmark to Kessou", "Tavai to Kessou"]
    crowded, airy = (drawn(chart(plot("bar", labels=names))) for names in (places * 2, places[:2]))

    def heights(page: Page) -> set[str]:
        return {str(one["y"]) for one in page.named("text") if one.get("text-anchor") == "middle"}

    assert len(heights(crowded)) == len(heights(airy)) + 1


def test_series_differ_by_more_than_colour() -> None:
    page = drawn(chart(plot("line", count=6)))
    shapes = {
        (one.get("points") is not None, one.get("class"), name)
        for name, one in page.tags
        if "mark" in str(one.get("class"))
    }

    assert len(shapes) == 6


def test_ids_in_a_page_are_unique() -> None:
    page = drawn(*EVERY_BLOCK.values(), container(actions(button(), block_id="c")))
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]

    assert len(ids) == len(set(ids))
