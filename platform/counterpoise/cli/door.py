"""The command line's door: which store, who asks, and how the answer is written."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated

from cyclopts import Group, Parameter

from counterpoise.application.house import Application
from counterpoise.application.operations import asked, opened
from counterpoise.application.questions import Questions
from counterpoise.cli import paper
from counterpoise.cli.answers import Misused
from counterpoise.policy import ONLOOKER, Member

STORE_SETTING, MEMBER_SETTING = "COUNTERPOISE_STORE", "COUNTERPOISE_MEMBER"

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


@dataclass(frozen=True, kw_only=True)
class Door(Place):
    """Where the log is, and who asks."""

    member: Annotated[str, Parameter(name="--as", env_var=MEMBER_SETTING, group=DOOR, show_default=False)] = (
        ""
    )
    """Who acts or asks: a member's handle or id. Without one, only what is CLEAR is shown."""

    @contextmanager
    def application(self) -> Iterator[tuple[Application, Member]]:
        """Lend the application and the member who speaks; Misused where nobody is named."""
        if not self.member:
            raise Misused(f"Nobody is named: give --as HANDLE, or set {MEMBER_SETTING}.")
        with opened(self.url) as application:
            yield application, application.speaker(self.member)

    @contextmanager
    def questions(self) -> Iterator[tuple[Questions, Member]]:
        """Lend the questions and whoever asks them: the member that is named, or an onlooker."""
        if self.member:
            with self.application() as (application, reader):
                yield application.questions, reader
            return
        with asked(self.url) as questions:
            yield questions, ONLOOKER


Here = Annotated[Place, Parameter(name="*")]
Who = Annotated[Door, Parameter(name="*")]

SOMEWHERE, SOMEONE = Place(), Door()
"""What stands where nothing was given."""
