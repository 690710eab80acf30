"""views.*: triggers, the stack, hashes, external ids and limits, through the official client."""

from typing import Any

import pytest

from counterpoise_sandbox import modals
from counterpoise_sandbox.running import Sandbox
from tests.sandbox.bots import client, refusal

Json = dict[str, Any]


def modal(title: str = "A concern", **more: object) -> Json:
    block = {
        "type": "input",
        "block_id": "words",
        "label": {"type": "plain_text", "text": "Your words"},
        "element": {"type": "plain_text_input", "action_id": "text"},
    }
    said = {"type": "plain_text", "text": title}
    return {"type": "modal", "title": said, "submit": said, "blocks": [block], **more}


def trigger(sandbox: Sandbox, view: str = "", user: str = "U0BO") -> str:
    """Give out a trigger as an interaction of a person would."""
    given = modals.trigger(sandbox.engine, app_id=sandbox.app().id, user=user, team="T0RIVERSIDE", view=view)
    return given.id


async def test_a_modal_opens_for_the_person_of_the_trigger_alone(sandbox: Sandbox) -> None:
    opened = await client(sandbox).views_open(trigger_id=trigger(sandbox), view=modal())

    assert opened["view"]["root_view_id"] == opened["view"]["id"]
    assert [one["id"] for one in sandbox.screen("bo").modals()] == [opened["view"]["id"]]
    assert sandbox.screen("chloe").modals() == []


async def test_a_trigger_is_good_once(sandbox: Sandbox) -> None:
    official, given = client(sandbox), trigger(sandbox)
    await official.views_open(trigger_id=given, view=modal())

    assert await refusal(official.views_open(trigger_id=given, view=modal())) == "exchanged_trigger_id"


async def test_a_trigger_dies_after_three_seconds(sandbox: Sandbox) -> None:
    given = trigger(sandbox)
    sandbox.clock.move(3.1)

    assert await refusal(client(sandbox).views_open(trigger_id=given, view=modal())) == "expired_trigger_id"


async def test_a_trigger_of_ones_own_making_is_refused(sandbox: Sandbox) -> None:
    call = client(sandbox).views_open(trigger_id="1.2.3", view=modal())

    assert await refusal(call) == "invalid_trigger_id"


async def test_the_stack_holds_three_views(sandbox: Sandbox) -> None:
    official = client(sandbox)
    top = (await official.views_open(trigger_id=trigger(sandbox), view=modal("1")))["view"]["id"]
    for title in ("2", "3"):
        pushed = await official.views_push(trigger_id=trigger(sandbox, top), view=modal(title))
        assert pushed["view"]["previous_view_id"] == top
        top = pushed["view"]["id"]

    one_more = official.views_push(trigger_id=trigger(sandbox, top), view=modal("4"))

    assert await refusal(one_more) == "push_limit_reached"
    assert [one["title"]["text"] for one in sandbox.screen("bo").modals()] == ["1", "2", "3"]


async def test_an_update_keeps_what_was_typed(sandbox: Sandbox) -> None:
    official = client(sandbox)
    opened = await official.views_open(trigger_id=trigger(sandbox), view=modal())
    await sandbox.person("bo").enter("text", "Drones")

    changed = await official.views_update(view_id=opened["view"]["id"], view=modal("Scan 2/5"))

    assert changed["view"]["title"]["text"] == "Scan 2/5"
    assert changed["view"]["state"]["values"]["words"]["text"]["value"] == "Drones"


async def test_an_update_of_a_view_that_has_changed_meanwhile_is_a_conflict(sandbox: Sandbox) -> None:
    official = client(sandbox)
    opened = (await official.views_open(trigger_id=trigger(sandbox), view=modal()))["view"]
    await official.views_update(view_id=opened["id"], view=modal(), hash=opened["hash"])

    again = official.views_update(view_id=opened["id"], view=modal(), hash=opened["hash"])

    assert await refusal(again) == "hash_conflict"


async def test_a_view_is_found_by_the_name_its_app_gave_it_and_no_two_share_one(sandbox: Sandbox) -> None:
    official = client(sandbox)
    await official.views_open(trigger_id=trigger(sandbox), view=modal(external_id="scan-7"))

    changed = await official.views_update(external_id="scan-7", view=modal("Found", external_id="scan-7"))
    twin = official.views_open(trigger_id=trigger(sandbox, user="U0CHLOE"), view=modal(external_id="scan-7"))

    assert changed["view"]["title"]["text"] == "Found"
    assert await refusal(twin) == "duplicate_external_id"


async def test_a_closed_view_cannot_be_updated(sandbox: Sandbox) -> None:
    official = client(sandbox)
    opened = await official.views_open(trigger_id=trigger(sandbox), view=modal())
    await sandbox.person("bo").close()

    assert await refusal(official.views_update(view_id=opened["view"]["id"], view=modal())) == "not_found"


@pytest.mark.parametrize(
    ("view", "error"),
    [
        (modal("x" * 25), "invalid_arguments"),
        (modal(blocks=[{"type": "divider"}] * 101), "invalid_arguments"),
        (modal(private_metadata="x" * 3001), "invalid_arguments"),
        (modal(blocks=[{"type": "markdown", "text": "x"}]), "invalid_arguments"),
        ({"type": "home", "blocks": []}, "invalid_arguments"),
    ],
    ids=["long title", "many blocks", "long metadata", "no block of modals", "no modal"],
)
async def test_a_view_past_a_limit_is_refused(sandbox: Sandbox, view: Json, error: str) -> None:
    given = trigger(sandbox)

    assert await refusal(client(sandbox).views_open(trigger_id=given, view=view)) == error
    assert not sandbox.workspace.triggers[given].used


async def test_a_home_is_shown_to_whom_it_was_published(sandbox: Sandbox) -> None:
    official = client(sandbox)
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "Your drafts"}}
    published = await official.views_publish(user_id="U0BO", view={"type": "home", "blocks": [section]})

    stale = official.views_publish(user_id="U0BO", view={"type": "home", "blocks": []}, hash="1.x")

    home = sandbox.screen("bo").home()
    assert home is not None
    assert home["id"] == published["view"]["id"]
    assert sandbox.screen("chloe").home() is None
    assert await refusal(stale) == "hash_conflict"
