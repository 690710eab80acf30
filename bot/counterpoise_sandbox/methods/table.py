"""The table of methods: what is played, wholly or partly, and what is not."""

from counterpoise_sandbox.methods import apps, auth, chat, conversations, reactions, users, views
from counterpoise_sandbox.methods.call import METHODS, Method

FAMILIES = (apps, auth, chat, conversations, reactions, users, views)
"""Importing a family enters its methods into the table."""

__all__ = ["FAMILIES", "METHODS", "Method"]
