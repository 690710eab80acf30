"""Journeys: people of a small world in the sandbox workspace, the bot beside them, as they would live it."""
