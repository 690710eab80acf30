"""The workspace one finds without a FILE: two organisations, six people, five languages, four channels."""

import copy

from counterpoise_sandbox.workspace import Wire

HOME = "T0RIVERSIDE"
PARTNER = "T0DELTA"

_PEOPLE: list[tuple[str, str, str, str, str, str, int]] = [
    ("U0AMAL", HOME, "amal", "Amal Haddad", "ar-SA", "Asia/Beirut", 12),
    ("U0BO", HOME, "bo", "Bo Lindqvist", "en-GB", "Europe/London", 24),
    ("U0CHLOE", HOME, "chloe", "Chloé Marchand", "fr-FR", "Europe/Paris", 24),
    ("U0DIETER", HOME, "dieter", "Dieter Vogt", "de-DE", "Europe/Berlin", 24),
    ("U0ELENA", HOME, "elena", "Elena Ruiz", "es-ES", "Europe/Madrid", 24),
    ("U0FARAH", PARTNER, "farah", "Farah Osman", "en-US", "Africa/Nairobi", 12),
]

_OURS = [person[0] for person in _PEOPLE if person[1] == HOME]


def first_workspace(*apps: Wire) -> Wire:
    """Return the built-in workspace as a FILE says it, with these apps or, if none, one that may do everything."""
    given = [copy.deepcopy(one) for one in apps] or [{"name": "Sandbox App", "commands": ["/sandbox"]}]
    for number, one in enumerate(given, start=1):
        one.setdefault("id", f"A0SANDBOX{number}")
        one.setdefault(
            "installations",
            [
                {
                    "team": HOME,
                    "bot_user": f"U0BOT{number}",
                    "bot_id": f"B0BOT{number}",
                    "channels": ["C0GENERAL", "C0PILOT", "C0JOINT"],
                }
            ],
        )
    return {
        "teams": [
            {"id": HOME, "name": "Riverside", "domain": "riverside"},
            {"id": PARTNER, "name": "Delta Clinic", "domain": "delta-clinic"},
        ],
        "people": [_person(*one) for one in _PEOPLE],
        "channels": _channels(),
        "apps": given,
    }


def _person(id_: str, team: str, name: str, real_name: str, locale: str, tz: str, hours: int) -> Wire:
    return {
        "id": id_,
        "team": team,
        "name": name,
        "real_name": real_name,
        "display_name": real_name.partition(" ")[0],
        "email": f"{name}@{'riverside' if team == HOME else 'delta-clinic'}.example",
        "locale": locale,
        "tz": tz,
        "hours": hours,
        "is_admin": name == "bo",
    }


def _channels() -> list[Wire]:
    return [
        {
            "id": "C0GENERAL",
            "name": "general",
            "members": list(_OURS),
            "creator": "U0BO",
            "general": True,
            "purpose": "For everybody",
            "messages": [{"user": "U0BO", "text": "Good morning, everybody."}],
        },
        {
            "id": "C0PILOT",
            "name": "pilot-river",
            "members": list(_OURS),
            "creator": "U0BO",
            "topic": "The river crossing",
            "messages": [{"user": "U0CHLOE", "text": "Bonjour ! Le premier essai commence lundi."}],
        },
        {
            "id": "C0PLANNING",
            "name": "planning",
            "kind": "private",
            "members": ["U0BO", "U0CHLOE"],
            "creator": "U0BO",
        },
        {
            "id": "C0JOINT",
            "name": "joint-clinic",
            "members": ["U0AMAL", "U0BO", "U0FARAH"],
            "creator": "U0BO",
            "shared_with": [PARTNER],
        },
    ]
