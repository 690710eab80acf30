"""What can go wrong on purpose, each switched on by itself."""

from dataclasses import asdict, dataclass, field
from typing import Literal, get_args

from counterpoise_sandbox.workspace import Wire

Fault = Literal["ratelimited", "server_error", "dropped_answer", "slow_answer"]


class NoSuchFault(Exception):  # noqa: N818 - it says what happened
    """There is no fault of this name, or it does not take these words."""


@dataclass(kw_only=True)
class Blow:
    """A fault that hits calls of one method (or of all, `*`) a number of times (-1: always)."""

    fault: Fault
    method: str = "*"
    count: int = 1
    retry_after: int = 1
    """Seconds in the Retry-After header of `ratelimited`."""
    status: int = 503
    """The status of a `server_error`."""
    seconds: float = 0.0
    """How long a `slow_answer` waits, in real time."""


@dataclass(kw_only=True)
class Faults:
    """The switches; all off at first."""

    retries: int = 0
    """How many further times each event is sent although it was acknowledged, as Slack's retries are."""
    duplicates: int = 0
    """How many further times each event is sent with another event_id."""
    late_acks: bool = False
    """Every acknowledgement counts as later than three seconds."""
    refused_blocks: list[str] = field(default_factory=list)
    """Block types that are answered with invalid_blocks."""
    tiers: bool = False
    """Whether the method tiers and one message a second and channel are enforced."""
    blows: list[Blow] = field(default_factory=list)

    def strike(self, fault: Fault, method: str) -> Blow | None:
        """Return the blow that hits this call, if one does, and count it down."""
        for blow in self.blows:
            if blow.fault == fault and blow.method in ("*", method) and blow.count != 0:
                if blow.count > 0:
                    blow.count -= 1
                return blow
        return None

    def switch(self, said: Wire) -> None:
        """Set switches by their names; `blows` is a list of objects. Raises NoSuchFault."""
        for name, value in said.items():
            if name == "blows":
                self.blows = [_blow(one) for one in value]
            elif name in self.__dataclass_fields__:
                setattr(self, name, value)
            else:
                raise NoSuchFault(f"There is no fault {name!r}.")

    def clear(self) -> None:
        """Switch everything off."""
        self.__init__()  # type: ignore[misc] # a fresh start is what clearing means

    def shown(self) -> Wire:
        """Return the switches as a JSON object."""
        return asdict(self)


def _blow(said: Wire) -> Blow:
    if said.get("fault") not in get_args(Fault):
        raise NoSuchFault(f"There is no fault {said.get('fault')!r}; there are {', '.join(get_args(Fault))}.")
    try:
        return Blow(**said)
    except TypeError as refusal:
        raise NoSuchFault(str(refusal)) from None
