"""The table of methods: what is played, wholly or partly, and what is not."""

from counterpoise_sandbox.methods import (
    apps,
    assistant,
    auth,
    bookmarks,
    chat,
    connect,
    conversations,
    files,
    oauth,
    reactions,
    streams,
    users,
    validating,
    views,
)
from counterpoise_sandbox.methods.call import METHODS, Method

FAMILIES = (
    apps,
    assistant,
    auth,
    bookmarks,
    chat,
    connect,
    conversations,
    files,
    oauth,
    reactions,
    streams,
    users,
    validating,
    views,
)
"""Importing a family enters its methods into the table."""

__all__ = ["FAMILIES", "METHODS", "Method"]
