"""Every block of Block Kit as HTML; a block that is not known here is shown as its JSON."""

from collections.abc import Callable, Mapping, Sequence

from markupsafe import Markup

from counterpoise_sandbox import markdown
from counterpoise_sandbox.mrkdwn import link
from counterpoise_sandbox.render.controls import GROUPS, control, image, unknown
from counterpoise_sandbox.render.figures import chart, data_table, table
from counterpoise_sandbox.render.place import Place
from counterpoise_sandbox.render.tags import Json, joined, tag
from counterpoise_sandbox.render.texts import bare, passage, rich, words

Block = Mapping[str, Json]
_STATES = {"pending": "○ Waiting", "in_progress": "◐ Under way", "complete": "● Done", "error": "▲ Failed"}
_LEVELS = {"info": "ℹ️ Note", "warning": "⚠️ Warning", "error": "⛔ Error", "success": "✅ Done"}  # noqa: RUF001 (an emoji)


def blocks(shown: Sequence[Block], place: Place) -> Markup:
    """Return blocks one below the other, each isolated in its own direction."""
    return joined(block(one, place, number) for number, one in enumerate(shown))


def block(held: Block, place: Place, number: int = 0) -> Markup:
    """Return one block; `number` names it when it has no block_id."""
    return _framed(held, place.at(str(held.get("block_id") or number)))


def _framed(held: Block, place: Place) -> Markup:
    kind = str(held.get("type"))
    drawn = _BLOCKS.get(kind)
    try:
        inside = drawn(held, place) if drawn else unknown(held)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, ZeroDivisionError):
        inside = unknown(held)
    return tag("div", inside, class_=f"block {kind}", dir="auto")


def _section(held: Block, place: Place) -> Markup:
    text = passage(held["text"], place.reader) if held.get("text") else None
    fields = [tag("div", passage(one, place.reader), dir="auto") for one in held.get("fields") or ()]
    grid = tag("div", joined(fields), class_="fields") if fields else None
    accessory = (
        tag("div", control(held["accessory"], place), class_="accessory") if held.get("accessory") else None
    )
    return joined((tag("div", text, grid, class_="body"), accessory))


def _header(held: Block, place: Place) -> Markup:
    return tag(
        "p", words(held["text"], place.reader), role="heading", aria_level=place.level, class_="heading h1"
    )


def _divider(_held: Block, _place: Place) -> Markup:
    return tag("hr")


def _image(held: Block, place: Place) -> Markup:
    title = tag("figcaption", words(held["title"], place.reader)) if held.get("title") else None
    return tag("figure", title, image(held, place, shape="large"))


def _context(held: Block, place: Place) -> Markup:
    def one(element: Block) -> Markup:
        return image(element, place) if element.get("type") == "image" else words(element, place.reader)

    return joined(tag("span", one(element), dir="auto") for element in held["elements"])


def _actions(held: Block, place: Place) -> Markup:
    return joined(control(element, place) for element in held["elements"])


def _input(held: Block, place: Place) -> Markup:
    """Draw a labelled field with its hint and, after a refused submission, what is wrong with it."""
    element = held["element"]
    action = str(element.get("action_id", ""))
    error, hint = place.errors.get(place.block), held.get("hint")
    hint_key, error_key, label_key = place.id("hint"), place.id("error"), place.id("label")
    described = " ".join([*([hint_key] if hint else []), *([error_key] if error else [])])
    optional = tag("span", " (optional)", class_="optional") if held.get("optional") else None
    label_words = joined((tag("span", bare(held["label"]), dir="auto"), optional))
    asking = place.asking(
        label=label_key,
        described=described,
        required=not held.get("optional"),
        pressed=bool(held.get("dispatch_action")),
    )
    grouped = element.get("type") in GROUPS
    label = tag("span", label_words, id=label_key, class_="label") if grouped else None
    if label is None:
        label = tag("label", label_words, id=label_key, for_=place.id(action))
    hinted = tag("small", words(hint, place.reader), id=hint_key, dir="auto") if hint else None
    wrong = (
        tag("p", tag("span", "⚠ ", aria_hidden="true"), error, id=error_key, class_="error")
        if error
        else None
    )
    return joined((label, control(element, asking), hinted, wrong))


def _rich_text(held: Block, place: Place) -> Markup:
    return rich(held, place.reader)


def _markdown(held: Block, place: Place) -> Markup:
    return markdown.html(str(held["text"]), place.reader, level=place.level)


def _video(held: Block, place: Place) -> Markup:
    title = words(held["title"], place.reader)
    headed = link(str(held["title_url"]), title) if held.get("title_url") else title
    makers = " · ".join(str(held[name]) for name in ("author_name", "provider_name") if held.get(name))
    about = tag("p", words(held["description"], place.reader)) if held.get("description") else None
    watch = link(str(held["video_url"]), "Watch the film where it lies")
    alternative = tag("p", f"What it shows: {held.get('alt_text', '')}")
    return tag("div", tag("strong", headed), tag("small", makers), about, alternative, watch, class_="boxed")


def _task(held: Block, place: Place) -> Markup:
    state = str(held.get("status", "pending"))
    title = tag("strong", str(held["title"]), dir="auto")
    told = tag("span", _STATES.get(state, state), class_=f"state {state}")
    details = rich(held["details"], place.reader) if held.get("details") else None
    output = rich(held["output"], place.reader) if held.get("output") else None
    sources = [tag("li", link(str(one["url"]), str(one["text"]))) for one in held.get("sources") or ()]
    listed = tag("ul", joined(sources), class_="sources") if sources else None
    return tag("div", tag("p", told, " ", title), details, output, listed, class_="boxed")


def _plan(held: Block, place: Place) -> Markup:
    tasks = joined(tag("li", _task(task, place)) for task in held.get("tasks") or ())
    return joined((tag("strong", str(held["title"]), dir="auto"), tag("ol", tasks, class_="tasks")))


def _card(held: Block, place: Place) -> Markup:
    hero = image(held["hero_image"], place, shape="large") if held.get("hero_image") else None
    icon = image(held["icon"], place) if held.get("icon") else None
    title = tag("strong", words(held["title"], place.reader), dir="auto") if held.get("title") else None
    under = tag("small", words(held["subtitle"], place.reader), dir="auto") if held.get("subtitle") else None
    body = tag("div", passage(held["body"], place.reader), dir="auto") if held.get("body") else None
    buttons = joined(control(one, place) for one in held.get("actions") or ())
    head = tag("div", icon, tag("div", title, under), class_="head")
    return tag(
        "div", hero, head, body, tag("div", buttons, class_="buttons") if buttons else None, class_="boxed"
    )


def _carousel(held: Block, place: Place) -> Markup:
    cards = joined(
        tag("li", _card(one, place.inside(str(number)))) for number, one in enumerate(held["elements"])
    )
    return tag(
        "div", tag("ul", cards), class_="scroll", tabindex=0, role="group", aria_label="Cards, side by side"
    )


def _container(held: Block, place: Place) -> Markup:
    titled = held.get("rich_text_title")
    title = rich(titled, place.reader) if titled else tag("strong", bare(held["title"]), dir="auto")
    icon = image(held["icon"], place) if held.get("icon") else None
    under = tag("small", words(held["subtitle"], place.reader), dir="auto") if held.get("subtitle") else None
    inside = joined(
        _framed(one, place.inside(str(number))) for number, one in enumerate(held["child_blocks"])
    )
    shape = f"boxed {held.get('width') or 'standard'}"
    if held.get("is_collapsible"):
        summary = tag("summary", icon, title, " ", under)
        return tag("details", summary, inside, class_=shape, open=not held.get("default_collapsed"))
    ruled = " ruled" if held.get("has_header_divider") else ""
    return tag("div", tag("div", icon, tag("div", title, under), class_=f"head{ruled}"), inside, class_=shape)


def _alert(held: Block, place: Place) -> Markup:
    level = str(held.get("level") or "default")
    told = tag("strong", f"{_LEVELS[level]}: ") if level in _LEVELS else None
    return tag("p", told, words(held["text"], place.reader), class_=f"boxed level-{level}")


def _file(held: Block, place: Place) -> Markup:
    name = str(held["external_id"])
    return tag("p", "📎 ", "A remote file: ", tag("code", name), class_="boxed", id=place.id("file"))


def _call(held: Block, place: Place) -> Markup:
    return tag("p", "📞 ", "A call: ", tag("code", str(held["call_id"])), class_="boxed", id=place.id("call"))


def _auth_provider(held: Block, place: Place) -> Markup:
    name = tag("strong", bare(held["name"]), dir="auto")
    state = "connected" if held["is_connected"] else "not connected"
    who = " · ".join(
        bare(held[part]) for part in ("connected_identity", "connected_context") if held.get(part)
    )
    about = tag("p", bare(held["description"]), dir="auto") if held.get("description") else None
    menu = control(held["accessory"], place) if held.get("accessory") else None
    return tag("div", name, f" ({state})", tag("small", who), about, menu, class_="boxed")


_BLOCKS: dict[str, Callable[[Block, Place], Markup]] = {
    "section": _section,
    "header": _header,
    "divider": _divider,
    "image": _image,
    "context": _context,
    "actions": _actions,
    "context_actions": _actions,
    "input": _input,
    "rich_text": _rich_text,
    "markdown": _markdown,
    "video": _video,
    "table": table,
    "data_table": data_table,
    "data_visualization": chart,
    "task_card": _task,
    "plan": _plan,
    "card": _card,
    "carousel": _carousel,
    "container": _container,
    "alert": _alert,
    "file": _file,
    "call": _call,
    "auth_provider": _auth_provider,
}
