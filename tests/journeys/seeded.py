"""The seeded history behind an office: told once, and a copy of it for each journey."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from counterpoise.application.operations import opened
from counterpoise.policy import Member
from tests.application.world import HOUR, Clock, World
from tests.telling import tell_into

ADMINISTRATOR = "wanjiru"


class Seeded(World):
    """The seeded history as a world: members by their handles, pilots and actors by their short names."""

    def by(self, name: str) -> Member:
        """Return a member as they are now; the administrator under the name that offices know."""
        return self.application.speaker(ADMINISTRATOR if name == "ada" else name)


def told(folder: Path) -> Seeded:
    """Tell the history into a folder and close it; the pilot of the office's channel is the shared assessments."""
    history = tell_into(folder)
    with history.application as application:
        cast = history.cast
        known = {**cast.actors, **cast.members, **cast.pilots, "ada": cast.members[ADMINISTRATOR]}
        last = max(recorded.event.recorded_at for recorded in application.log.read())
        return Seeded(folder, application, Clock(last + HOUR), known | {"ferry": cast.pilots["needs"]})


@contextmanager
def copied(whole: Seeded, folder: Path) -> Iterator[Seeded]:
    """Lend a copy."""
    shutil.copytree(whole.folder, folder / "seeded")
    clock = Clock(whole.clock.now)
    application = opened(f"sqlite:///{folder / 'seeded' / 'told.db'}", clock=clock)
    with application:
        yield Seeded(folder, application, clock, dict(whole.known))
