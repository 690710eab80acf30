"""App manifests: the limits of an app's own description, and what needs a request URL."""

from collections.abc import Iterator, Mapping
from typing import Any

from counterpoise_sandbox.checks.composition import URL
from counterpoise_sandbox.checks.problem import Json, Problem, failed
from counterpoise_sandbox.checks.shapes import Check, anything, boolean, choice, items, record, string

_SCOPES = items(string(255), 255, least=0)
_EVENTS = items(string(255), 100, least=0)
_PROMPTS = items(record({"title": string(), "message": string()}), 4, least=0)
_COMMAND = record(
    {"command": string(32, form=r"/[^\s/]+"), "description": string(2000)},
    {"url": URL, "usage_hint": string(1000, least=0), "should_escape": boolean},
)
_SHORTCUT = record(
    {
        "name": string(24),
        "type": choice("message", "global"),
        "callback_id": string(255),
        "description": string(150),
    }
)
_FEATURES = record(
    {},
    {
        "app_home": record(
            {},
            dict.fromkeys(
                ("home_tab_enabled", "messages_tab_enabled", "messages_tab_read_only_enabled"), boolean
            ),
        ),
        "agent_view": record({"agent_description": string(300)}, {"suggested_prompts": _PROMPTS}),
        "assistant_view": record({"assistant_description": string(300)}, {"suggested_prompts": _PROMPTS}),
        "bot_user": record({"display_name": string(80)}, {"always_online": boolean}),
        "shortcuts": items(_SHORTCUT, 10, least=0),
        "slash_commands": items(_COMMAND, 50, least=0),
        "unfurl_domains": items(string(255), 5, least=0),
        "rich_previews": anything,
        "user_connections": anything,
        "workflow_steps": anything,
        "search": anything,
    },
)
_SETTINGS = record(
    {},
    {
        "allowed_ip_address_ranges": items(string(), 10, least=0),
        "event_subscriptions": record(
            {},
            {
                "request_url": URL,
                "bot_events": _EVENTS,
                "user_events": _EVENTS,
                "metadata_subscriptions": anything,
            },
        ),
        "incoming_webhooks": anything,
        "interactivity": record(
            {"is_enabled": boolean}, {"request_url": URL, "message_menu_options_url": URL}
        ),
        "org_deploy_enabled": boolean,
        "socket_mode_enabled": boolean,
        "token_rotation_enabled": boolean,
        "is_hosted": boolean,
        "is_mcp_enabled": boolean,
        "hermes_app_type": anything,
        "function_runtime": anything,
        "siws_links": anything,
    },
)
_DISPLAY = record(
    {"name": string(35)},
    {
        "description": string(140),
        "long_description": string(4000, least=174),
        "background_color": string(7, form=r"#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})"),
    },
)
_OAUTH = record(
    {},
    {
        "redirect_urls": items(URL, 1000, least=0),
        "scopes": record({}, dict.fromkeys(("bot", "user", "bot_optional", "user_optional"), _SCOPES)),
        "token_management_enabled": boolean,
        "pkce_enabled": boolean,
    },
)
_MANIFEST: Check = record(
    {"display_information": _DISPLAY},
    {
        "features": _FEATURES,
        "settings": _SETTINGS,
        "oauth_config": _OAUTH,
        **dict.fromkeys(("_metadata", "functions", "workflows", "types", "datastores", "events"), anything),
        **dict.fromkeys(
            ("outgoing_domains", "external_auth_providers", "metadata_events", "compliance"), anything
        ),
    },
)


def check_manifest(manifest: Json) -> list[Problem]:
    """Return the problems of an app manifest, as `apps.manifest.validate` would tell them."""
    problems = [*_MANIFEST(manifest, "")]
    return problems or [*_addresses(manifest), *_names(manifest)]


def _addresses(manifest: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what needs a request URL and has none; Socket Mode needs none."""
    settings = manifest.get("settings") or {}
    if settings.get("socket_mode_enabled"):
        return
    subscriptions = settings.get("event_subscriptions") or {}
    if (subscriptions.get("bot_events") or subscriptions.get("user_events")) and not subscriptions.get(
        "request_url"
    ):
        words = "Event Subscription requires either Request URL or Socket Mode Enabled"
        yield failed("/settings/event_subscriptions", words)
    interactivity = settings.get("interactivity") or {}
    if interactivity.get("is_enabled") and not interactivity.get("request_url"):
        yield failed("/settings/interactivity", "Interactivity requires a Request URL")
    for place, command in enumerate((manifest.get("features") or {}).get("slash_commands") or []):
        if not command.get("url"):
            words = "Slash Commands require either Request URL or Socket Mode Enabled"
            yield failed(f"/features/slash_commands/{place}", words)


def _names(manifest: Mapping[str, Any]) -> Iterator[Problem]:
    features = manifest.get("features") or {}
    for field, name in (("slash_commands", "command"), ("shortcuts", "callback_id")):
        named = [entry[name] for entry in features.get(field) or []]
        if len(set(named)) < len(named):
            yield failed(f"/features/{field}", f"each {name} must be unique")
