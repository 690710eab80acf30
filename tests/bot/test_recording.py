"""Recording in conversation: five doors into one draft, one event however often it is pressed, and the way back."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from counterpoise.application.faces import Circumstances
from counterpoise.domain.concerns import ConcernRaised
from counterpoise.domain.consents import SourceDeleted
from counterpoise.domain.corrections import Corrected, Withdrawn
from counterpoise_bot.recording import UNTOLD
from tests.application.world import DAY, World, build, copied, open_world
from tests.bot.talk import CHANNEL, TEAM, Ack, Talk, elements, talking, user

SENTENCE = "The drones over the clinic at night frighten families"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> World:
    world = open_world(Path(tmp_path_factory.mktemp("built")))
    with world.application:
        build(world)
        for who in ("omar", "kurt"):
            world.say(who, "actors.set_chat_ceiling", ceiling="AMBER+STRICT")
    return world


@pytest.fixture
def world(built: World, tmp_path: Path) -> Iterator[World]:
    with copied(built, tmp_path) as copy:
        yield copy


def texts(shown: dict[str, object]) -> str:
    return json.dumps(shown, ensure_ascii=False)


async def test_a_command_shows_a_draft_to_its_writer_alone(world: World) -> None:
    async with talking(world, "omar") as talk:
        shown = await talk.command("omar", "/concern", SENTENCE)

    assert SENTENCE in texts(shown)
    assert shown["response_type"] == "ephemeral"
    assert world.events(ConcernRaised) == []
    assert not talk.slack.messages


async def test_a_draft_is_recorded_by_one_click(world: World) -> None:
    async with talking(world, "omar") as talk:
        shown = await talk.command("omar", "/concern", SENTENCE)
        receipt = await talk.press("omar", shown, "draft-record")

    (raised,) = world.events(ConcernRaised)
    assert isinstance(raised, ConcernRaised)
    assert (raised.words.text, raised.pilot, raised.label, raised.source) == (
        SENTENCE,
        world["ferry"],
        "AMBER+STRICT",
        "chat",
    )
    assert "record-undo" in texts(receipt)


async def test_twenty_clicks_at_once_record_one_event(world: World) -> None:
    async with talking(world, "omar") as talk:
        shown = await talk.command("omar", "/concern", SENTENCE)
        body = talk.pressing("omar", shown, "draft-record")
        before = len(talk.slack.responses)
        await asyncio.gather(*(talk.conversation.hearing.action(body, Ack()) for _ in range(20)))

    assert len(world.events(ConcernRaised)) == 1
    assert len(talk.slack.responses) - before == 20


async def test_undo_takes_the_record_back(world: World) -> None:
    async with talking(world, "omar") as talk:
        shown = await talk.command("omar", "/concern", SENTENCE)
        receipt = await talk.press("omar", shown, "draft-record")
        gone = await talk.press("omar", receipt, "record-undo")
        again = await talk.press("omar", receipt, "record-undo")

    assert len(world.events(Withdrawn)) == 1
    assert "Withdrawn" in texts(gone)
    assert "Already withdrawn" in texts(again)
    rows = world.application.questions.pilots.concerns(world.by("omar")).value
    assert SENTENCE not in str(rows)


async def test_a_record_is_corrected_in_a_dialog(world: World) -> None:
    async with talking(world, "omar") as talk:
        shown = await talk.command("omar", "/concern", SENTENCE)
        receipt = await talk.press("omar", shown, "draft-record")
        await talk.press("omar", receipt, "record-correct")
        await talk.submit("omar", talk.view(), words="Drones frighten families at dusk")

    (corrected,) = world.events(Corrected)
    assert isinstance(corrected, Corrected)
    assert corrected.words.text == "Drones frighten families at dusk"


async def test_a_correction_that_came_second_sees_both_versions(world: World) -> None:
    async with talking(world, "omar") as talk:
        shown = await talk.command("omar", "/concern", SENTENCE)
        receipt = await talk.press("omar", shown, "draft-record")
        await talk.press("omar", receipt, "record-correct")
        first = talk.view()
        event = json.loads(first["private_metadata"])["event"]
        world.say("ines", "records.correct", event=event, field="words", words="Ines was quicker")
        await talk.submit("omar", first, words="Omar was slower")
        conflict = talk.view()

    assert len(world.events(Corrected)) == 1
    assert "Ines was quicker" in texts(conflict)
    assert "Omar was slower" in texts(conflict)


async def test_a_stranger_gets_one_fixed_answer_and_leaves_nothing(world: World) -> None:
    size = world.size()
    async with talking(world) as talk:
        first = await talk.command("kurt", "/concern", SENTENCE)
        second = await talk.command("vera", "/balance", "The ferry")

    assert first["text"] == second["text"]
    assert world.size() == size
    assert SENTENCE not in talk.payloads()


async def test_a_code_links_an_account_once(world: World) -> None:
    code = world.application.members.code(world.by("ada"), member=world["kurt"]).code
    async with talking(world) as talk:
        linked = await talk.command("kurt", "/counterpoise", f"link {code}")
        stolen = await talk.command("vera", "/counterpoise", f"link {code}")

    assert "lié" in str(linked["text"])
    assert world.application.speaker_at(TEAM, user("kurt")) == world.by("kurt")
    assert world.application.speaker_at(TEAM, user("vera")) is None
    assert "lié" not in str(stolen["text"])


async def test_five_doors_make_events_that_say_the_same(world: World) -> None:
    async with talking(world, "omar") as talk:
        await talk.press("omar", await talk.command("omar", "/concern", SENTENCE), "draft-record")
        await talk.say("omar", SENTENCE)
        direct = talk.slack.messages["D1"][-1]
        await talk.press("omar", direct, "draft-record")
        await _by_mention(talk)
        await _by_shortcuts(talk)
        await _by_reaction(talk)

    raised = [event for event in world.events(ConcernRaised) if isinstance(event, ConcernRaised)]
    assert len(raised) == 6
    said = {
        (
            each.words.text,
            each.kind,
            each.severity,
            each.factor,
            each.about,
            each.label,
            each.pilot,
            each.language,
        )
        for each in raised
    }
    assert len(said) == 1


async def _by_mention(talk: Talk) -> None:
    event = {"type": "app_mention", "channel": CHANNEL, "user": user("omar"), "text": f"<@UBOT> {SENTENCE}"}
    await talk.event({**event, "ts": "1234567891.000100", "event_ts": "1234567891.000100"})
    whispered = talk.slack.asked("chat.postEphemeral")[-1]
    await talk.press("omar", whispered, "draft-record")


async def _by_shortcuts(talk: Talk) -> None:
    hearing = talk.conversation.hearing
    body = {
        "type": "message_action",
        "callback_id": "record-concern",
        "team": {"id": TEAM},
        "user": {"id": user("omar"), "team_id": TEAM},
        "channel": {"id": CHANNEL},
        "message": {"user": user("omar"), "text": SENTENCE, "ts": "1234567892.000100"},
        "trigger_id": "t900",
        "response_url": f"{talk.slack.base}/respond",
    }
    await hearing.shortcut(body, Ack())
    await talk.submit("omar", talk.view())
    new = {"type": "shortcut", "callback_id": "new-concern", "team": {"id": TEAM}, "trigger_id": "t901"}
    await hearing.shortcut({**new, "user": {"id": user("omar"), "team_id": TEAM}}, Ack())
    await talk.submit("omar", talk.view(), words=SENTENCE)
    await talk.press("omar", talk.slack.messages[f"D{user('omar')}"][-1], "draft-record")


async def _by_reaction(talk: Talk) -> None:
    talk.slack.messages[CHANNEL].append({"user": user("omar"), "text": SENTENCE, "ts": "1234567893.000100"})
    await talk.event(
        {
            "type": "reaction_added",
            "user": user("omar"),
            "reaction": "scales",
            "item_user": user("omar"),
            "item": {"type": "message", "channel": CHANNEL, "ts": "1234567893.000100"},
            "event_ts": "1234567894.000100",
        }
    )
    draft = talk.slack.messages[f"D{user('omar')}"][-1]
    await talk.press("omar", draft, "draft-record")


async def test_the_same_event_under_another_id_begins_nothing_new(world: World) -> None:
    async with talking(world, "omar") as talk:
        await talk.say("omar", SENTENCE)
        await talk.say("omar", SENTENCE)

    assert len(talk.slack.messages["D1"]) == 1


async def test_what_is_not_understood_is_asked_and_never_recorded(world: World) -> None:
    async with talking(world, "omar") as talk:
        await talk.say("omar", "see you tomorrow at the gate")
        asked = talk.slack.messages["D1"][-1]
        names = [each["action_id"] for each in elements(asked)]

    assert names[-1] == "meant:nothing"
    assert 2 <= len(names) <= 4
    assert world.events(ConcernRaised) == []


async def test_a_label_above_the_organisations_ceiling_is_not_offered(world: World) -> None:
    world.say("omar", "actors.set_chat_ceiling", ceiling="GREEN")
    async with talking(world, "omar") as talk:
        shown = await talk.command("omar", "/concern", SENTENCE)
        chosen = await talk.press("omar", shown, "draft-label", "GREEN")
        await talk.press("omar", chosen, "draft-record")

    assert "draft-record" not in texts(shown)
    assert "AMBER" not in texts(shown)
    (raised,) = world.events(ConcernRaised)
    assert raised.label == "GREEN"


async def test_who_asks_for_no_name_after_typing_is_led_to_the_private_page(world: World) -> None:
    async with talking(world, "omar") as talk:
        shown = await talk.command("omar", "/concern", SENTENCE)
        away = await talk.press("omar", shown, "draft-private")

    assert "Slack has seen" in texts(away)
    assert "/form/" in texts(away)
    assert world.application.kept.all("draft") == []


async def test_a_button_that_leads_nowhere_is_answered_in_words(world: World) -> None:
    old = {
        "blocks": [{"type": "actions", "elements": [{"type": "button", "action_id": "gone", "value": "1"}]}]
    }
    async with talking(world, "omar") as talk:
        answer = await talk.press("omar", old, "gone")

    assert "moved on" in str(answer["text"])


async def test_an_unknown_word_is_answered_with_what_may_be_meant(world: World) -> None:
    async with talking(world, "omar") as talk:
        answer = await talk.command("omar", "/counterpoise", "helpp")

    assert "Did you mean" in str(answer["text"])
    assert "word-open:help" in texts(answer)


async def test_a_crash_between_append_and_answer_loses_and_doubles_nothing(world: World) -> None:
    async with talking(world, "omar") as talk:
        shown = await talk.command("omar", "/concern", SENTENCE)
        name = next(each["value"] for each in elements(shown) if each["action_id"] == "draft-record")
        recording = talk.conversation.recording
        draft = recording._drafts.get(name, world["omar"])
        assert draft is not None
        world.application.kept.put(UNTOLD, draft.id, {"member": draft.member})
        begun = recording._drafts.change(draft, status="recording")
        recording._say(world.by("omar"), begun)
        await talk.conversation.resume()
        again = await talk.press("omar", shown, "draft-record")

    assert len(world.events(ConcernRaised)) == 1
    assert "recorded already" in texts(again)


async def test_an_edited_message_asks_before_its_record_follows(world: World) -> None:
    async with talking(world, "omar") as talk:
        await talk.say("omar", SENTENCE)
        await talk.press("omar", talk.slack.messages["D1"][-1], "draft-record")
        edited = {"user": user("omar"), "text": "The drones frighten the staff", "ts": "1234567890.000100"}
        await talk.event(
            {
                "type": "message",
                "subtype": "message_changed",
                "channel": "D1",
                "channel_type": "im",
                "message": edited,
                "previous_message": {"user": user("omar"), "text": SENTENCE, "ts": "1234567890.000100"},
                "event_ts": "1234567899.000100",
            }
        )
        asked = talk.slack.messages[f"D{user('omar')}"][-1]
        before = len(world.events(Corrected))
        await talk.press("omar", asked, "source-update")

    assert before == 0
    (corrected,) = world.events(Corrected)
    assert isinstance(corrected, Corrected)
    assert corrected.words.text == "The drones frighten the staff"


async def test_anothers_words_are_recorded_only_when_their_author_agrees(world: World) -> None:
    message = {"user": user("kurt"), "text": SENTENCE, "ts": "1234567892.000100"}
    body = {
        "type": "message_action",
        "callback_id": "record-concern",
        "team": {"id": TEAM},
        "user": {"id": user("omar"), "team_id": TEAM},
        "channel": {"id": CHANNEL},
        "message": message,
        "trigger_id": "t900",
        "response_url": "",
    }
    async with talking(world, "omar", "kurt") as talk:
        body["response_url"] = f"{talk.slack.base}/respond"
        await talk.conversation.hearing.shortcut(body, Ack())
        await talk.conversation.chat.out.quiet()
        question = talk.slack.messages[f"D{user('kurt')}"][-1]
        before = len(world.events(ConcernRaised))
        await talk.press("kurt", question, "consent-alias")

    assert before == 0
    (raised,) = world.events(ConcernRaised)
    assert raised.actor == world["brigade"]
    assert Circumstances().label == ""


async def test_words_typed_while_the_records_are_out_of_reach_come_back_as_a_draft(world: World) -> None:
    async with talking(world, "omar") as talk:
        world.application.log.close()
        body = {
            "command": "/concern",
            "text": SENTENCE,
            "team_id": TEAM,
            "channel_id": CHANNEL,
            "user_id": user("omar"),
            "trigger_id": "t1",
            "response_url": f"{talk.slack.base}/respond",
        }
        hear = talk.conversation.hearing._safely(talk.conversation.hearing.command)
        await hear(body, Ack())
        told = talk.slack.responses[-1]["text"]
    again = open_world(world.folder)
    again.known = world.known
    with again.application:
        async with talking(again) as talk:
            await talk.conversation.hearing.catch_up()
            await talk.conversation.chat.out.quiet()
            draft = talk.slack.messages[f"D{user('omar')}"][-1]
        left = again.application.kept.all("unsaid")

    assert "I have kept your words" in told
    assert SENTENCE in texts(draft)
    assert left == []


async def test_a_record_whose_message_is_gone_for_a_week_says_so(world: World) -> None:
    async with talking(world, "omar") as talk:
        await talk.say("omar", SENTENCE)
        await talk.press("omar", talk.slack.messages["D1"][-1], "draft-record")
        await talk.event(
            {
                "type": "message",
                "subtype": "message_deleted",
                "channel": "D1",
                "channel_type": "im",
                "previous_message": {"user": user("omar"), "text": SENTENCE, "ts": "1234567890.000100"},
                "deleted_ts": "1234567890.000100",
                "event_ts": "1234567899.000100",
            }
        )
        asked = talk.slack.messages[f"D{user('omar')}"][-1]
        works = talk.conversation.works
        for work in works:
            await work(world.clock.now + 6 * DAY)
        early = world.events(SourceDeleted)
        for work in works:
            await work(world.clock.now + 8 * DAY)

    assert "Withdraw the record too?" in str(asked["text"])
    assert early == []
    assert len(world.events(SourceDeleted)) == 1
    assert len(world.events(ConcernRaised)) == 1


async def test_an_author_is_asked_for_what_their_words_would_become(world: World) -> None:
    async with talking(world, "omar", "kurt") as talk:
        body = {
            "type": "message_action",
            "callback_id": "record-reflection",
            "team": {"id": TEAM},
            "user": {"id": user("omar"), "team_id": TEAM},
            "channel": {"id": CHANNEL},
            "message": {"user": user("kurt"), "text": SENTENCE, "ts": "1234567892.000100"},
            "trigger_id": "t900",
            "response_url": f"{talk.slack.base}/respond",
        }
        await talk.conversation.hearing.shortcut(body, Ack())
        await talk.conversation.chat.out.quiet()

    assert "as a reflection" in str(talk.slack.messages[f"D{user('kurt')}"][-1]["text"])
