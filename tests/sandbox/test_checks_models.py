"""Slack's own model classes as judges: whatever they build within their rules, the checks accept."""

import inspect
from typing import Any

import pytest
from slack_sdk.models import blocks as sdk
from slack_sdk.models.blocks import basic_components as parts
from slack_sdk.models.blocks import block_elements as elements
from slack_sdk.models.views import View

from counterpoise_sandbox.checks import check_blocks, check_view
from tests.sandbox.blockkit import Json

OPTIONS = [sdk.Option(value="a", label="Option A"), sdk.Option(value="b", label="Option B")]
CONFIRM = sdk.ConfirmObject(title="Sure?", text="Really?", confirm="Yes", deny="No", style="danger")
SECTION = elements.RichTextSectionElement
RUN = elements.RichTextElementParts
URL = "https://example.test/a"
STYLE = RUN.TextStyle(bold=True, italic=True, strike=False, code=True)
RUNS = [
    RUN.Text(text="Words", style=STYLE),
    RUN.Channel(channel_id="C1"),
    RUN.User(user_id="U1"),
    RUN.Emoji(name="scales"),
    RUN.Link(url=URL, text="a link"),
    RUN.Team(team_id="T1"),
    RUN.UserGroup(usergroup_id="S1"),
    RUN.Date(timestamp=1_700_000_000, format="{date}"),
    RUN.Broadcast(range="here"),
    RUN.Color(value="#336699"),
]
RICH = sdk.RichTextBlock(
    elements=[
        SECTION(elements=RUNS),
        elements.RichTextListElement(style="bullet", indent=1, elements=[SECTION(elements=RUNS)]),
        elements.RichTextPreformattedElement(elements=[RUN.Text(text="code")], border=0),
        elements.RichTextQuoteElement(elements=RUNS),
    ]
)
IMAGE = elements.ImageElement(image_url=URL, alt_text="A harbour")
ASKED: dict[str, Any] = {"action_id": "a", "confirm": CONFIRM}
INPUTS: list[Any] = [
    elements.PlainTextInputElement(
        action_id="a", placeholder="Words", multiline=True, min_length=1, max_length=3000
    ),
    elements.RichTextInputElement(action_id="a", initial_value=RICH, min_lines=2, max_lines=9),
    elements.NumberInputElement(
        action_id="a", is_decimal_allowed=True, initial_value="2.5", min_value="0", max_value="9"
    ),
    elements.EmailInputElement(action_id="a", initial_value="a@example.test"),
    elements.UrlInputElement(action_id="a", initial_value=URL),
    elements.FileInputElement(action_id="a", filetypes=["png"], max_files=2),
    elements.DatePickerElement(**ASKED, initial_date="2026-05-01", placeholder="Day"),
    elements.TimePickerElement(**ASKED, initial_time="09:00", timezone="Europe/Paris"),
    elements.DateTimePickerElement(**ASKED, initial_date_time=1_790_000_000),
    elements.CheckboxesElement(**ASKED, options=OPTIONS, initial_options=OPTIONS[:1]),
    elements.RadioButtonsElement(**ASKED, options=OPTIONS, initial_option=OPTIONS[0]),
    elements.StaticSelectElement(**ASKED, options=OPTIONS, initial_option=OPTIONS[0], placeholder="Pilot"),
    elements.SelectElement(action_id="a", options=OPTIONS, placeholder="Pilot"),
    elements.StaticMultiSelectElement(
        **ASKED, option_groups=[sdk.OptionGroup(label="Group", options=OPTIONS)], max_selected_items=2
    ),
    elements.ExternalDataSelectElement(action_id="a", placeholder="Lesson", min_query_length=2),
    elements.ExternalDataMultiSelectElement(action_id="a", placeholder="Lesson", initial_options=OPTIONS),
    elements.UserSelectElement(**ASKED, placeholder="Person", initial_user="U1"),
    elements.UserMultiSelectElement(**ASKED, placeholder="People", initial_users=["U1"]),
    elements.ConversationSelectElement(
        **ASKED,
        placeholder="Where",
        filter=sdk.ConversationFilter(include=["public"]),
        response_url_enabled=True,
    ),
    elements.ConversationMultiSelectElement(**ASKED, placeholder="Where", initial_conversations=["C1"]),
    elements.ChannelSelectElement(**ASKED, placeholder="Channel", initial_channel="C1"),
    elements.ChannelMultiSelectElement(**ASKED, placeholder="Channels", initial_channels=["C1"]),
]
FEEDBACK = sdk.FeedbackButtonObject(text="Useful", value="1", accessibility_label="This was useful")
BUTTONS: list[Any] = [
    elements.ButtonElement(text="Withdraw", value="42", style="danger", **ASKED),
    elements.LinkButtonElement(text="Open", url=URL, action_id="b"),
    elements.OverflowMenuElement(options=OPTIONS, action_id="c", confirm=CONFIRM),
    elements.WorkflowButtonElement(
        text="Start", action_id="d", workflow=parts.Workflow(trigger=parts.WorkflowTrigger(url=URL))
    ),
]
CONTEXT: list[Any] = [
    elements.FeedbackButtonsElement(action_id="f", positive_button=FEEDBACK, negative_button=FEEDBACK),
    elements.IconButtonElement(action_id="i", icon="trash", text="Delete", visible_to_user_ids=["U1"]),
]
TASK = sdk.TaskCardBlock(
    task_id="t",
    title="Ask",
    details=RICH.to_dict(),
    sources=[elements.UrlSourceElement(url=URL, text="Source").to_dict()],
    status="complete",
)
CARD = sdk.CardBlock(
    hero_image=IMAGE.to_dict(),
    icon=IMAGE.to_dict(),
    title="Card",
    subtitle="Under",
    body="Body",
    actions=BUTTONS[:1],
)
POSTED: list[Any] = [
    sdk.SectionBlock(text="*Words*", fields=["one", "two"], accessory=IMAGE, expand=True),
    *(sdk.SectionBlock(text="*Words*", accessory=button) for button in BUTTONS),
    sdk.DividerBlock(block_id="d"),
    sdk.ImageBlock(image_url=URL, alt_text="A harbour", title="Harbour"),
    sdk.ImageBlock(slack_file=parts.SlackFile(id="F1"), alt_text="A chart"),
    sdk.ActionsBlock(elements=BUTTONS),
    sdk.ContextBlock(
        elements=[IMAGE, sdk.MarkdownTextObject(text="x"), sdk.PlainTextObject(text="y", emoji=True)]
    ),
    sdk.ContextActionsBlock(elements=CONTEXT),
    sdk.FileBlock(external_id="F1"),
    sdk.CallBlock(call_id="R1"),
    sdk.HeaderBlock(text="Header"),
    sdk.MarkdownBlock(text="**Words**"),
    sdk.VideoBlock(alt_text="Film", video_url=URL, thumbnail_url=URL, title="Film", author_name="Ana"),
    RICH,
    sdk.TableBlock(
        rows=[
            [
                parts.RawTextObject(text="Pilot").to_dict(),
                parts.RawNumberObject(value=3.2, text="3.2").to_dict(),
            ],
            [RICH.to_dict(), parts.RawTextObject(text="x").to_dict()],
        ],
        column_settings=[parts.TableBlockColumnSettings(align="right", is_wrapped=True).to_dict(), None],
    ),
    TASK,
    sdk.PlanBlock(title="Plan", tasks=[TASK.to_dict()]),
    CARD,
    sdk.CarouselBlock(elements=[CARD]),
    sdk.ContainerBlock(
        title="Group", subtitle="Under", child_blocks=[RICH], width="wide", is_collapsible=True
    ),
    sdk.blocks.AuthProviderBlock(value="p", name="Provider", is_connected=True),
]


@pytest.mark.parametrize(
    "block", POSTED, ids=[f"{type(block).__name__}-{place}" for place, block in enumerate(POSTED)]
)
def test_a_block_of_slacks_own_class_is_accepted_in_a_message(block: Json) -> None:
    assert check_blocks([block.to_dict()], "message") == []


@pytest.mark.parametrize("element", INPUTS, ids=lambda element: type(element).__name__)
def test_a_field_of_slacks_own_class_is_accepted_in_a_modal(element: Json) -> None:
    block = sdk.InputBlock(label="Label", element=element, hint="Hint", optional=True)

    assert check_view(View(type="modal", title="Title", submit="Send", blocks=[block]).to_dict()) == []


@pytest.mark.parametrize("level", ["default", "info", "warning", "error", "success"])
def test_an_alert_of_slacks_own_class_is_accepted_in_a_modal(level: str) -> None:
    view = View(type="modal", title="Title", blocks=[sdk.AlertBlock(text="Careful", level=level)])

    assert check_view(view.to_dict()) == []


def test_no_block_and_no_element_of_the_library_is_left_out() -> None:
    tried = {type(one) for one in [*POSTED, *INPUTS, *BUTTONS, *CONTEXT, IMAGE]} | {
        sdk.InputBlock,
        sdk.AlertBlock,
    }
    within = {elements.UrlSourceElement}

    assert concrete(sdk.Block) | concrete(elements.BlockElement) <= tried | within | rich_text_classes()


def concrete(base: type[Any]) -> set[type[Any]]:
    below: set[type[Any]] = {kind for child in base.__subclasses__() for kind in {child, *concrete(child)}}
    return {
        kind
        for kind in below
        if not inspect.isabstract(kind) and isinstance(getattr(kind, "type", None), str)
    }


def rich_text_classes() -> set[type]:
    return concrete(elements.RichTextElement)
