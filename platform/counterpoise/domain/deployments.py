"""The deployment: its tables, its access tokens, and an honest note where its log was cut."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from counterpoise.domain.amendments import check_changes
from counterpoise.domain.events import Act, Event, Sealed
from counterpoise.domain.refusals import BadValue, Refusal, said
from counterpoise.domain.tables import Tables, starting_tables

STREAM = "deployment:1"


@dataclass(frozen=True, kw_only=True)
class PolicyChanged(Event):
    """The tables read otherwise from now on. `changes` is a JSON object laid over them; `version` what that makes."""

    TOPIC: ClassVar[str] = "deployment.policy-changed"
    changes: str
    version: str
    reason: Sealed


@dataclass(frozen=True, kw_only=True)
class TokenMade(Event):
    """An access token exists; only its hash does here."""

    TOPIC: ClassVar[str] = "deployment.token-made"
    token: str
    scopes: tuple[str, ...]
    until: int


@dataclass(frozen=True, kw_only=True)
class TokenRevoked(Event):
    """The token opens nothing any more."""

    TOPIC: ClassVar[str] = "deployment.token-revoked"
    token: str


@dataclass(frozen=True, kw_only=True)
class LogTruncated(Event):
    """After a restore the log is shorter than a checkpoint it had signed; nothing of that is hidden."""

    TOPIC: ClassVar[str] = "deployment.log-truncated"
    from_position: int
    to_position: int
    checkpoint: str
    reason: Sealed


@dataclass(frozen=True)
class Deployment:
    """What decisions need to know of the deployment."""

    tables: Tables
    tokens: Mapping[str, int]


class NoSuchToken(Refusal):
    """There is no such token, or it was made already."""

    rule = "no-such-token"


def starting() -> Deployment:
    """Return the deployment before its first event."""
    return Deployment(tables=starting_tables(), tokens={})


def evolve(deployment: Deployment | None, event: Event) -> Deployment:
    """Return the deployment after `event`."""
    standing = deployment or starting()
    match event:
        case PolicyChanged(changes=changes):
            return replace(standing, tables=standing.tables.amended(json.loads(changes)))
        case TokenMade(token=token, until=until):
            return replace(standing, tokens={**standing.tokens, token: until})
        case TokenRevoked(token=token):
            rest = {name: until for name, until in standing.tokens.items() if name != token}
            return replace(standing, tokens=rest)
        case _:
            return standing


def change_policy(
    deployment: Deployment | None, *, changes: Mapping[str, Any], reason: str, act: Act
) -> PolicyChanged:
    """Change the tables: words may be added and figures changed; what was recorded must stay readable."""
    standing = deployment or starting()
    said(reason, what="The reason")
    check_changes(standing.tables, changes)
    return PolicyChanged(
        **act.on(STREAM),
        changes=json.dumps(changes, sort_keys=True),
        version=standing.tables.amended(changes).version,
        reason=act.document(reason),
    )


def make_token(
    deployment: Deployment | None, *, token: str, scopes: tuple[str, ...], until: int, act: Act
) -> TokenMade:
    """Note that a token was made. `token` is the SHA-256 (hex) of it, `until` microseconds UTC, 90 days at most."""
    standing = deployment or starting()
    if token in standing.tokens:
        raise NoSuchToken("This token was made already.", owner="you", remedy="Make another.")
    if not act.at < until <= act.at + 90 * 86_400_000_000:
        raise BadValue("The token's end is out of range.", owner="you", remedy="Give at most 90 days.")
    return TokenMade(**act.on(STREAM), token=token, scopes=scopes, until=until)


def revoke_token(deployment: Deployment | None, *, token: str, act: Act) -> TokenRevoked:
    """Revoke a token."""
    standing = deployment or starting()
    if token not in standing.tokens:
        raise NoSuchToken("There is no such token.", owner="you", remedy="List the tokens.")
    return TokenRevoked(**act.on(STREAM), token=token)


def note_truncation(
    *, from_position: int, to_position: int, checkpoint: str, reason: str, act: Act
) -> LogTruncated:
    """Note that a restored log lacks the events after `to_position` that a checkpoint had covered."""
    said(reason, what="The reason")
    return LogTruncated(
        **act.on(STREAM),
        from_position=from_position,
        to_position=to_position,
        checkpoint=checkpoint,
        reason=act.document(reason),
    )
