"""The command line's door: a place, and who asks or acts there."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated

from cyclopts import Parameter

from counterpoise.application.house import Application
from counterpoise.application.operations import asked, opened
from counterpoise.application.questions import Questions
from counterpoise.cli import answers
from counterpoise.cli.answers import Misused
from counterpoise.cli.place import DOOR, Place
from counterpoise.domain.refusals import Refusal
from counterpoise.policy import ONLOOKER, Member

MEMBER_SETTING = "COUNTERPOISE_MEMBER"


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
            speaker = application.speaker(self.member)
            try:
                yield application, speaker
            except Refusal as refusal:
                if answers.speaks_of_ids(refusal):
                    kinds = application.questions.names(speaker).value.values()
                    answers.name(refusal, {each: words for kind in kinds for each, words in kind.items()})
                raise

    @contextmanager
    def questions(self) -> Iterator[tuple[Questions, Member]]:
        """Lend the questions and whoever asks them: the member that is named, or an onlooker."""
        if self.member:
            with self.application() as (application, reader):
                yield application.questions, reader
            return
        with asked(self.url) as questions:
            yield questions, ONLOOKER


Who = Annotated[Door, Parameter(name="*")]

SOMEONE = Door()
"""What stands where neither place nor person was given."""
