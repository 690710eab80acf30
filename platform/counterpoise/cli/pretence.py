"""The demo's pretended workspace: the seeded people with their languages and hours, and a channel for each pilot."""

from collections.abc import Mapping, Sequence
from typing import Any

from counterpoise.application.faces import Application, Circumstances, Member, Refusal

HOME, PARTNER = "T0TAVAI", "T0NORDMARK"
APP, BOT = "A0COUNTERPOISE", "U0COUNTERPOISE"
GENERAL = "C0GENERAL"

PEOPLE = {
    "ines": ("Inês Okonjo-Ferraz", "en-GB", "Europe/Lisbon"),
    "samira": ("Samira Haddad-Quill", "ar-SA", "Asia/Amman"),
    "lani": ("Lani Tupou-Marsh", "en-NZ", "Pacific/Tongatapu"),
    "sefa": ("Sefa Ilolahia", "en-NZ", "Pacific/Tongatapu"),
    "djeneba": ("Djeneba Courvoisier", "fr-FR", "Africa/Bamako"),
    "lucia": ("Lucía Benavente", "es-ES", "Europe/Madrid"),
    "amara": ("Amara Delacroix-Nwosu", "en-GB", "Africa/Lagos"),
    "kaspar": ("Kaspar Wendtland", "de-DE", "Europe/Berlin"),
    "adaeze": ("Adaeze Strömberg", "fr-FR", "Africa/Abidjan"),
    "ebru": ("Ebru Sørby", "en-GB", "Europe/Oslo"),
    "oskar": ("Oskar Demirel", "de-DE", "Europe/Oslo"),
    "pilar": ("Pilar Engstrand", "es-ES", "Europe/Oslo"),
    "tobias": ("Tobias Rauch", "de-DE", "Europe/Oslo"),
    "signe": ("Signe Okafor-Dahl", "en-GB", "Europe/Oslo"),
    "tomas": ("Tomáš Achterberg", "en-GB", "Europe/Prague"),
}
"""Handle to name, locale and time zone, as Slack would know them."""

ELSEWHERE = frozenset({"tobias", "signe"})
"""Those whose home is the partner's workspace: they come in by Slack Connect."""

CHANNELS = {
    "survey": ("C0SURVEY", "tavai-survey"),
    "needs": ("C0NEEDS", "kessou-needs"),
    "status": ("C0STATUS", "nordmark-status"),
}
"""Pilots of the seeded history that have a channel: its id and name."""

COORDINATOR, ADMINISTRATOR = "ines", "wanjiru"
FIRST = "lani"
"""Whom a newcomer is: somebody who takes part in a pilot that runs."""


def account(handle: str) -> str:
    """Return the Slack user id of a member of the demo."""
    return f"U0{handle.upper()}"


def home(handle: str) -> str:
    """Return the workspace in which a member of the demo is at home."""
    return PARTNER if handle in ELSEWHERE else HOME


def workspace(
    manifest: Mapping[str, Any], present: Mapping[str, Sequence[str]], titles: Mapping[str, str]
) -> dict[str, Any]:
    """Return the workspace as the sandbox reads it. `present` names who is on each pilot, `titles` the pilots."""
    here = [account(handle) for handle in PEOPLE if handle not in ELSEWHERE]
    channels = [
        {
            "id": channel,
            "name": name,
            "topic": titles[pilot],
            "members": [account(handle) for handle in present[pilot]],
            "creator": account(COORDINATOR),
            "shared_with": [PARTNER] if ELSEWHERE & set(present[pilot]) else [],
        }
        for pilot, (channel, name) in CHANNELS.items()
    ]
    general = {
        "id": GENERAL,
        "name": "general",
        "general": True,
        "members": here,
        "creator": account(COORDINATOR),
    }
    return {
        "teams": [
            {"id": HOME, "name": "Joint work", "domain": "joint-work"},
            {"id": PARTNER, "name": "Nordmark National Guard", "domain": "nordmark-guard"},
        ],
        "people": [_person(handle) for handle in PEOPLE],
        "channels": [*channels, general],
        "apps": [
            {
                "id": APP,
                "manifest": dict(manifest),
                "installations": [
                    {
                        "team": HOME,
                        "bot_user": BOT,
                        "bot_id": "B0COUNTERPOISE",
                        "channels": [GENERAL, *(channel for channel, _ in CHANNELS.values())],
                    }
                ],
            }
        ],
    }


def present(application: Application, pilots: Mapping[str, str]) -> dict[str, list[str]]:
    """Return who of the demo's people is on each pilot that has a channel; `pilots` is id by short name."""
    speakers = {
        handle: speaker for handle in PEOPLE if (speaker := _speaker(application, handle)) is not None
    }
    return {
        pilot: [handle for handle, member in speakers.items() if member.roles.get(pilots[pilot])]
        for pilot in CHANNELS
    }


def introduce(application: Application, pilots: Mapping[str, str]) -> None:
    """Link everybody's account by a code, join each channel with its pilot, and plan a step that is yet to come."""
    administrator = application.speaker(ADMINISTRATOR)
    for handle in PEOPLE:
        member = _speaker(application, handle)
        if member is not None:
            code = application.members.code(administrator, member=member.id).code
            application.members.link(code=code, team=home(handle), user=account(handle))
    coordinator = application.speaker(COORDINATOR)
    for pilot, (channel, _) in CHANNELS.items():
        application.pilots.link_channel(
            coordinator,
            pilot=pilots[pilot],
            team=HOME,
            channel=channel,
            how=Circumstances(key=f"demo/{channel}", source="cli"),
        )
    application.steps.plan(
        coordinator,
        pilot=pilots["survey"],
        title="A second survey, of the outer islands",
        touches=(),
        how=Circumstances(key="demo/step", source="cli"),
    )


def _speaker(application: Application, handle: str) -> Member | None:
    try:
        return application.speaker(handle)
    except Refusal:
        return None


def _person(handle: str) -> dict[str, Any]:
    name, locale, zone = PEOPLE[handle]
    return {
        "id": account(handle),
        "team": home(handle),
        "name": handle,
        "real_name": name,
        "display_name": name.partition(" ")[0],
        "email": f"{handle}@joint.example",
        "locale": locale,
        "tz": zone,
        "hours": 12 if locale == "ar-SA" else 24,
        "is_admin": handle == COORDINATOR,
    }
