"""Every verb, said once."""

from collections.abc import Mapping

from tests.application.saying import Saying
from tests.application.sayings_pilots import PILOTS, STEPS
from tests.application.sayings_settings import SETTINGS
from tests.application.sayings_voices import RECORDS, VOICES
from tests.application.world import World, link, start

SAYINGS: Mapping[str, Saying] = {**SETTINGS, **PILOTS, **STEPS, **VOICES, **RECORDS}


def ready(world: World, saying: Saying) -> None:
    """Let happen what comes before a saying."""
    for name in saying.after:
        if name == "start":
            start(world)
        elif name == "link":
            link(world, "kurt")
        else:
            made = SAYINGS[name]
            ready(world, made)
            world.remember(name, made.say(world))
