"""The app's manifest: what Slack is told of the bot, least scopes, for Socket Mode and for HTTP.

`python -m counterpoise_bot.manifest FOLDER` writes both into deploy/slack/.
"""

import json
import sys
from pathlib import Path
from typing import Any

from counterpoise_bot.server import EVENTS, REDIRECT
from counterpoise_bot.settings import Mode

NAME = "Counterpoise"
PLACEHOLDER = "https://counterpoise.example.org"
"""Where the bot is, in the manifest for HTTP, until somebody puts their own address there."""

COMMANDS = (
    (
        "/counterpoise",
        "Help, balance, trust, lessons, steps, settings, language",
        "help | lessons WORDS | link CODE",
    ),
    ("/concern", "Record what worries you; you see a draft first", "what worries you, in any language"),
    ("/reflect", "See the rounds that wait for you, or begin a reflection", ""),
    ("/balance", "Ask how gains stand against identity risks", "PILOT as of DATE"),
)
"""Slash commands: what each does, and what may follow it."""

SHORTCUTS = (
    ("New concern", "global", "new-concern", "Record what worries you"),
    ("New reflection", "global", "new-reflection", "Record what you expect or have learnt"),
    ("Record as concern", "message", "record-concern", "Record this message; its author is asked first"),
    (
        "Record as reflection",
        "message",
        "record-reflection",
        "Record this message; its author is asked first",
    ),
)
"""Shortcuts: name, kind, callback id, and what each does."""

PROMPTS = (
    ("Record a concern", "I am worried about "),
    ("What needs my answer?", "What needs my answer?"),
    ("How does my pilot stand?", "Show me the balance of my pilot"),
    ("What was learnt?", "What did others learn about "),
)
"""What a person may begin with in a conversation with the bot."""

EVENT_SCOPES = {
    "app_context_changed": (),
    "app_home_opened": (),
    "app_mention": ("app_mentions:read",),
    "app_uninstalled": (),
    "member_joined_channel": ("channels:read", "groups:read"),
    "message.im": ("im:history",),
    "reaction_added": ("reactions:read",),
    "reaction_removed": ("reactions:read",),
    "tokens_revoked": (),
    "user_change": ("users:read",),
}
"""Events the bot hears, and the scopes that each needs."""

OPTIONAL_EVENTS = {"message.channels": ("channels:history",), "message.groups": ("groups:history",)}
"""Events it hears where it was given what is optional: edits and deletions of messages that were recorded."""

SCOPES = (
    "app_mentions:read",
    "channels:read",
    "chat:write",
    "commands",
    "files:write",
    "groups:read",
    "im:history",
    "im:read",
    "im:write",
    "reactions:read",
    "reactions:write",
    "users:read",
)
OPTIONAL_SCOPES = ("channels:history", "groups:history")


def manifest(*, mode: Mode, url: str = PLACEHOLDER) -> dict[str, Any]:
    """Return the manifest; `url` is where Slack reaches the bot over HTTP."""
    web = {"url": f"{url}{EVENTS}"} if mode == "http" else {}
    request = {"request_url": f"{url}{EVENTS}"} if mode == "http" else {}
    return {
        "display_information": {
            "name": NAME,
            "description": "Weigh gains against identity risks with your partners, in conversation.",
            "background_color": "#1f3a4d",
        },
        "features": {
            "agent_view": {
                "agent_description": (
                    "Records concerns and reflections of military and civilian partners, asks before it keeps "
                    "anything, and answers how gains stand against identity risks."
                ),
                "suggested_prompts": [{"title": title, "message": message} for title, message in PROMPTS],
            },
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": NAME, "always_online": True},
            "shortcuts": [
                {"name": name, "type": kind, "callback_id": callback, "description": does}
                for name, kind, callback, does in SHORTCUTS
            ],
            "slash_commands": [
                {
                    "command": command,
                    "description": does,
                    **({"usage_hint": hint} if hint else {}),
                    "should_escape": False,
                    **web,
                }
                for command, does, hint in COMMANDS
            ],
        },
        "oauth_config": {
            **({"redirect_urls": [f"{url}{REDIRECT}"]} if mode == "http" else {}),
            "scopes": {"bot": list(SCOPES), "bot_optional": list(OPTIONAL_SCOPES)},
        },
        "settings": {
            "event_subscriptions": {**request, "bot_events": sorted([*EVENT_SCOPES, *OPTIONAL_EVENTS])},
            "interactivity": {"is_enabled": True, **request},
            "org_deploy_enabled": True,
            "socket_mode_enabled": mode == "socket",
            "token_rotation_enabled": mode == "http",
        },
    }


def written(folder: Path) -> dict[Path, str]:
    """Return the files of deploy/slack/ as they should be, by path."""
    variants: dict[str, Mode] = {"manifest.json": "socket", "manifest.http.json": "http"}
    return {
        folder / name: json.dumps(manifest(mode=mode), indent=2, ensure_ascii=False) + "\n"
        for name, mode in variants.items()
    }


def main(folder: str) -> None:
    """Write the manifests into a folder."""
    for path, text in written(Path(folder)).items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "deploy/slack")
