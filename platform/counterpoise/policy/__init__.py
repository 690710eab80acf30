"""Who may do and see what, and the only values that may leave the application."""

from counterpoise.policy.columns import MARKS, known_pilot, marked, readable
from counterpoise.policy.rules import (
    LAW,
    ONLOOKER,
    READS,
    ROLES,
    Action,
    Decision,
    Item,
    Member,
    decide,
    knows,
    policy_version,
    widens,
)
from counterpoise.policy.visible import Visible, computed, filter, public, rows, show  # noqa: A004  policy.filter

__all__ = [
    "LAW",
    "MARKS",
    "ONLOOKER",
    "READS",
    "ROLES",
    "Action",
    "Decision",
    "Item",
    "Member",
    "Visible",
    "computed",
    "decide",
    "filter",
    "known_pilot",
    "knows",
    "marked",
    "policy_version",
    "public",
    "readable",
    "rows",
    "show",
    "widens",
]
