"""The operator's commands: a store is founded, kept in order and copied."""

from collections.abc import Sequence
from typing import Annotated

import msgspec
from cyclopts import Parameter

from counterpoise.application import operations
from counterpoise.cli import meant
from counterpoise.cli.place import SOMEWHERE, Here


def found(
    *,
    actor: str,
    categories: Annotated[Sequence[str], Parameter(negative="")],
    name: str,
    handle: str,
    contact: str = "",
    language: str = "en",
    place: Here = SOMEWHERE,
) -> None:
    """Make a store, and give it its first organisation and its first administrator.

    Parameters
    ----------
    actor
        The organisation's name.
    categories
        What it is: military, governmental, local_authority, commercial, intergovernmental, humanitarian.
    name
        The administrator's name, closed under a key that an erasure destroys.
    handle
        The word the administrator signs with, as in --as bo.
    contact
        How to reach the administrator; closed like the name.
    language
        The language the administrator reads.
    """
    with operations.opened(place.url, make=True) as application:
        receipt = operations.found(
            application,
            actor=actor,
            categories=meant.words(categories, what="categories"),
            name=name,
            handle=handle,
            contact=contact,
            language=language,
        )
    answer = msgspec.json.decode(receipt.result)
    paper = place.paper
    if place.json:
        paper.document({"answer": answer, "events": receipt.events, "position": receipt.position})
        return
    paper.heading("Founded", place.url)
    paper.facts({**answer, "signs as": handle})
    paper.aside(f"Next: counterpoise record actor register --name NAME --categories WORD --as {handle}")
