"""Composition objects of Block Kit: texts, options, confirmations, files, triggers and filters."""

from counterpoise_sandbox.checks.shapes import (
    Check,
    anything,
    boolean,
    both,
    choice,
    items,
    record,
    rule,
    string,
    typed,
)

URL = string(3000)
HTTPS = string(3000, form=r"https://.+")
IDENTIFIER = string(255)
TYPE = string(255)


def plain(most: int) -> Check:
    """Return a check of a plain text object of at most so many characters."""
    return typed({"plain_text": record({"type": TYPE, "text": string(most)}, {"emoji": boolean})})


def mrkdwn(most: int) -> Check:
    """Return a check of a mrkdwn text object of at most so many characters."""
    return typed({"mrkdwn": record({"type": TYPE, "text": string(most)}, {"verbatim": boolean})})


def text(most: int) -> Check:
    """Return a check of a text object of either kind, of at most so many characters."""
    return typed(
        {
            "plain_text": record({"type": TYPE, "text": string(most)}, {"emoji": boolean}),
            "mrkdwn": record({"type": TYPE, "text": string(most)}, {"verbatim": boolean}),
        }
    )


CONFIRM = record(
    {"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)},
    {"style": choice("primary", "danger")},
)
SLACK_FILE = both(
    record({}, {"id": string(255), "url": URL}),
    rule(
        lambda file: bool(file.get("id")) != bool(file.get("url")),
        "must provide exactly one of `id` or `url`",
    ),
)
DISPATCH = record({}, {"trigger_actions_on": items(choice("on_enter_pressed", "on_character_entered"), 2)})
FILTER = both(
    record(
        {},
        {
            "include": items(choice("im", "mpim", "private", "public"), 4),
            "exclude_external_shared_channels": boolean,
            "exclude_bot_users": boolean,
        },
    ),
    rule(bool, "must provide at least one field"),
)
WORKFLOW = record(
    {
        "trigger": record(
            {"url": URL},
            {"customizable_input_parameters": items(record({"name": string(), "value": anything}), least=0)},
        )
    }
)


def option(label: Check, **more: Check) -> Check:
    """Return a check of an option whose text is checked by `label`."""
    return record({"text": label, "value": string(150)}, {"description": label, **more})


SELECT_OPTION = option(plain(75))
OVERFLOW_OPTION = option(plain(75), url=URL)
CHOICE_OPTION = option(text(75))
OPTION_GROUP = record({"label": plain(75), "options": items(SELECT_OPTION, 100)})
