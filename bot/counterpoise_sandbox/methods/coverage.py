"""How far each method of Slack's Web API is played: wholly, partly or not."""

from typing import Literal

from counterpoise_sandbox.methods.table import METHODS

NOT_PLAYED = (
    "admin.* agents.conversations.* apps.activities.list apps.auth.* apps.datastore.* apps.icon.set apps.managed.*"
    " apps.manifest.create apps.manifest.delete apps.manifest.export apps.manifest.update apps.user.connection.*"
    " assistant.search.* calls.* canvases.* channels.* dialog.open dnd.* entity.presentDetails files.comments.delete"
    " files.remote.* files.revokePublicURL files.sharedPublicURL functions.* groups.* im.* migration.exchange mpim.*"
    " oauth.v2.user.access openid.connect.* reminders.* rtm.* search.* slackLists.* slackbot.* stars.*"
    " team.accessLogs team.billableInfo team.billing.info team.externalTeams.* team.integrationLogs"
    " team.preferences.list team.profile.get tooling.tokens.rotate usergroups.* workflows.*"
)
"""Methods and whole families (`family.*`) that are answered with unknown_method, as an unknown name is."""


def played(method: str) -> Literal["wholly", "partly", "not"] | None:
    """Return how far a method is played; None for a name this table does not know."""
    if method in METHODS:
        return METHODS[method].coverage
    named = NOT_PLAYED.split()
    families = tuple(name.removesuffix("*") for name in named if name.endswith(".*"))
    return "not" if method in named or method.startswith(families) else None


def page() -> str:
    """Return the table as Markdown: method, how far, the scopes of which one is needed, and the tier."""
    lines = ["| method | played | one of these scopes | tier |", "|---|---|---|---|"]
    for name in sorted(METHODS):
        one = METHODS[name]
        tier = str(one.tier) if one.tier < 5 else "special"  # noqa: PLR2004 - Slack has four tiers
        lines.append(f"| `{name}` | {one.coverage} | {', '.join(one.scopes) or 'none'} | {tier} |")
    lines += [f"| `{name}` | not | | |" for name in sorted(NOT_PLAYED.split())]
    return "\n".join(lines) + "\n"
