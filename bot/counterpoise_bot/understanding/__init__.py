"""What a person's free text means, told on this machine: no model elsewhere, no wire, never more than a guess."""

from counterpoise_bot.understanding.dates import meant_date
from counterpoise_bot.understanding.intents import THRESHOLD
from counterpoise_bot.understanding.meaning import Understanding, understood
from counterpoise_bot.understanding.names import Guess, nearest

__all__ = ["THRESHOLD", "Guess", "Understanding", "meant_date", "nearest", "understood"]
