"""A verb as somebody says it: by whom, with what, after what, and what the log says of it then."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from counterpoise.application.circumstances import Circumstances
from tests.application.world import World

FERRY = {"pilot": "@ferry"}


@dataclass(frozen=True, kw_only=True)
class Saying:
    """One verb as somebody says it. In words, `@name` is an id of the world, `#name` a pseudonym on the ferry pilot.

    `after` are sayings that come first; `topics` what is recorded, `fields` what the first event of it says.
    """

    verb: str
    by: str
    given: Mapping[str, Any] = field(default_factory=dict)
    after: tuple[str, ...] = ()
    topics: tuple[str, ...]
    fields: Mapping[str, Any]
    label: str = "GREEN"

    def say(self, world: World, how: Circumstances | None = None, **other: Any) -> Any:  # noqa: ANN401  a receipt
        """Say it in a world, with other things said where they are given."""
        said = dict(self.given) | other
        own = said.pop("how", None)
        circumstances = replace(own, key=how.key) if own and how else own or how
        return world.say(self.by, self.verb, circumstances, **meant(world, said))


def meant(world: World, value: Any) -> Any:  # noqa: ANN401  a verb takes values of any kind
    """Return a value with the world's own ids and pseudonyms in it."""
    if isinstance(value, str) and value[:1] in {"@", "#"}:
        start, dot, end = value[1:].partition("#")
        known = world.name(start) if value[0] == "#" else world[start]
        return known + dot + end
    if isinstance(value, str) and "/@" in value:
        return "/".join(meant(world, part) for part in value.split("/"))
    if isinstance(value, str) and ":@" in value:
        kind, _, name = value.partition(":")
        return f"{kind}:{meant(world, name)}"
    if isinstance(value, Mapping):
        return {meant(world, name): meant(world, each) for name, each in value.items()}
    if isinstance(value, tuple):
        return tuple(meant(world, each) for each in value)
    return value
