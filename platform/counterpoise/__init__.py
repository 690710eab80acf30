"""Counterpoise: the log of a pilot's legitimacy, the rules it keeps and the doors into it."""
