"""Who is speaking: a Slack account becomes a member by a link that was proved, and by nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from counterpoise.application.faces import Member
from counterpoise_bot.chat import Chat
from counterpoise_bot.message import Account
from counterpoise_bot.words import LANGUAGES, Words, of

PROFILE_KEPT = 86_400_000_000
"""How long a person's locale and zone are remembered, in microseconds; `user_change` refreshes them sooner."""


@dataclass(frozen=True)
class Person:
    """A member as they speak in Slack, with the words of their language. `zone` is an IANA name."""

    account: Account
    member: Member
    words: Words
    zone: str = "UTC"


def account_of(body: Mapping[str, Any]) -> Account | None:
    """Return whose doing a request is, by their home: never the team that hosts a shared channel.

    Slack names the home as `user_team` (events), `user.team_id` (interaction), else the request's own team; of an
    organisation that spans teams, the enterprise is the home.
    """
    event = body.get("event")
    if isinstance(event, Mapping):
        return _of_event(body, event)
    user = body.get("user")
    if isinstance(user, Mapping):
        return _of_interaction(body, user)
    if body.get("user_id"):
        return _account(body.get("enterprise_id") or body.get("team_id"), body.get("user_id"))
    return None


def _of_event(body: Mapping[str, Any], event: Mapping[str, Any]) -> Account | None:
    said = event.get("message") or event.get("previous_message") or event
    user = event.get("user") or (said or {}).get("user")
    if isinstance(user, Mapping):  # user_change carries the whole profile
        return _account(user.get("enterprise_id") or user.get("team_id"), user.get("id"))
    home = event.get("user_team") or (said or {}).get("user_team")
    if home and home != body.get("team_id"):
        return _account(home, user)
    if body.get("is_ext_shared_channel") and not home:
        home = (said or {}).get("team") or event.get("source_team") or event.get("team")
        if not home:
            return None
        if home != body.get("team_id"):
            return _account(home, user)
    return _account(body.get("enterprise_id") or body.get("team_id"), user)


def _of_interaction(body: Mapping[str, Any], user: Mapping[str, Any]) -> Account | None:
    team = body.get("team") if isinstance(body.get("team"), Mapping) else {}
    host = (team or {}).get("id")
    home = user.get("team_id") or host
    enterprise = body.get("enterprise") if isinstance(body.get("enterprise"), Mapping) else {}
    spans = (enterprise or {}).get("id") or (team or {}).get("enterprise_id")
    if spans and host in {None, home}:
        return _account(spans, user.get("id"))
    return _account(home, user.get("id"))


def _account(team: object, user: object) -> Account | None:
    if isinstance(team, str) and isinstance(user, str) and team and user:
        return Account(team, user)
    return None


def account_of_profile(profile: Mapping[str, Any], workspace: str) -> Account | None:
    """Return the account behind what `users.info` says of somebody: at home in their own team, or enterprise."""
    enterprise = profile.get("enterprise_user") or {}
    if enterprise.get("enterprise_id"):
        return _account(enterprise["enterprise_id"], enterprise.get("id") or profile.get("id"))
    return _account(profile.get("team_id") or workspace, profile.get("id"))


class People:
    """Turns accounts into persons, remembering what Slack says of their language and zone."""

    def __init__(self, chat: Chat) -> None:
        self._chat = chat

    async def person(self, account: Account, *, workspace: str, pilot_language: str = "") -> Person | None:
        """Return who an account belongs to; None for whoever is linked to no active member.

        `workspace` is the team through which Slack is asked for the person's locale.
        """
        member = await self._chat.inside(self._chat.application.speaker_at, account.team, account.user)
        if member is None:
            return None
        profile = await self._profile(account, workspace)
        settings = self._chat.kept.get("person", member.id) or {}
        language = settings.get("language") or _spoken(profile.get("locale", "")) or pilot_language
        return Person(
            account=account,
            member=member,
            words=of(language or "en", settings.get("clock", "")),
            zone=settings.get("zone") or profile.get("tz") or "UTC",
        )

    def forget(self, account: Account) -> None:
        """Ask Slack anew next time: the person changed something."""
        self._chat.kept.drop("profile", _key(account))

    async def _profile(self, account: Account, workspace: str) -> Mapping[str, Any]:
        known = self._chat.kept.get("profile", _key(account))
        if known is not None and known["until"] > self._chat.clock():
            return known
        profile = await self._chat.out.profile(workspace, account.user)
        until = self._chat.clock() + PROFILE_KEPT
        remembered = {"locale": profile.get("locale", ""), "tz": profile.get("tz", ""), "until": until}
        self._chat.kept.put("profile", _key(account), remembered, until=until)
        return remembered


def _spoken(locale: str) -> str:
    """Return the language of a locale such as `fr-FR`, empty for one that the bot does not speak."""
    language = locale.partition("-")[0].lower()
    return language if language in LANGUAGES else ""


def _key(account: Account) -> str:
    return f"{account.team}/{account.user}"
