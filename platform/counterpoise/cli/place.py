"""Where a command's log is, and what its answer is written on."""

from dataclasses import dataclass
from typing import Annotated

from cyclopts import Group, Parameter

from counterpoise.cli import paper
from counterpoise.cli.answers import Misused

STORE_SETTING = "COUNTERPOISE_STORE"

DOOR = Group("Where and who", sort_key=9)


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where the log is."""

    store: Annotated[str, Parameter(env_var=STORE_SETTING, group=DOOR, show_default=False)] = ""
    """The store: sqlite:///PATH or postgresql://USER@HOST/DATABASE."""

    json: Annotated[bool, Parameter(negative="", group=DOOR, show_default=False)] = False
    """Answer with one JSON document."""

    @property
    def url(self) -> str:
        """The address of the store; Misused where none is given."""
        if not self.store:
            raise Misused(f"No store is named: give --store sqlite:///PATH, or set {STORE_SETTING}.")
        return self.store

    @property
    def paper(self) -> paper.Paper:
        """What the command's answer is written on."""
        return paper.Paper(as_json=self.json)


Here = Annotated[Place, Parameter(name="*")]

SOMEWHERE = Place()
"""What stands where no place was given."""
