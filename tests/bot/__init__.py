"""The bot, held to what it promises."""
