"""What a newcomer is told beside the first channel: a few steps, and words to begin with."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing to do; `suggestion` is put into the message field of `channel` at a press."""

    text: str
    suggestion: str = ""
    channel: str = ""
    """The id or name of the conversation it is for; "" the one that is open."""


@dataclass(frozen=True, kw_only=True)
class Guide:
    """The steps the host of a sandbox shows; each person can put them away and fetch them back.

    `start` names the person a newcomer is, and `channel` where they begin.
    """

    title: str
    steps: tuple[Step, ...]
    welcome: str = ""
    start: str = ""
    channel: str = ""


PLAIN = Guide(
    title="A pretend Slack workspace",
    welcome="Nothing here leaves this computer. Be anybody, say anything, and begin again whenever you like.",
    steps=(
        Step(text="Say something in a channel, or to somebody directly."),
        Step(text="Type / to see which commands the apps here know."),
        Step(text="Open two people side by side, and see what each of them sees."),
        Step(text="Move the clock at the top; look into the inspector to see what the apps were told."),
    ),
)
