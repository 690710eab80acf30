"""The operator's commands: a store is founded, looked over, rebuilt and copied."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import msgspec
from cyclopts import Parameter
from rich.text import Text

from counterpoise.application import operations
from counterpoise.application.circumstances import now
from counterpoise.application.operations_backup import backup as copied
from counterpoise.application.operations_rebuild import rebuilt
from counterpoise.application.operations_upkeep import looked_over
from counterpoise.cli import meant, paper
from counterpoise.cli.answers import FINE, REFUSED
from counterpoise.cli.place import SOMEWHERE, Here
from counterpoise.cli.progress import counted


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
    sheet = place.paper
    if place.json:
        sheet.document({"answer": answer, "events": receipt.events, "position": receipt.position})
        return
    sheet.heading("Founded", place.url)
    sheet.facts({**answer, "signs as": handle})
    sheet.aside(f"Next: counterpoise record actor register --name NAME --categories WORD --as {handle}")


def doctor(*, place: Here = SOMEWHERE) -> int:
    """Look over a store: its settings, files, keys, checkpoints; the exit code is 1 if anything asks for attention."""
    findings = looked_over(place.url)
    sound = all(finding.ok for finding in findings)
    if place.json:
        place.paper.document(
            {
                "findings": [
                    {"found": each.found, "ok": each.ok, "remedy": each.remedy, "what": each.what}
                    for each in findings
                ],
                "sound": sound,
            }
        )
        return FINE if sound else REFUSED
    rows = [
        (
            Text("ok", style="green") if each.ok else Text("attention", style="bold red"),
            each.what,
            each.found if each.ok else f"{each.found}. {each.remedy}",
        )
        for each in findings
    ]
    place.paper.table(("!", "what*", "found*"), rows)
    return FINE if sound else REFUSED


def rebuild(*, place: Here = SOMEWHERE) -> int:
    """Compute every view from the log anew, and compare it with what grew event by event.

    The exit code is 1 if a view differs, or if an event cannot be read.
    """
    with counted("Rebuilding") as progress:
        found = rebuilt(place.url, told=progress)
    if place.json:
        place.paper.document(
            {
                "events": found.events,
                "quarantined": [each._asdict() for each in found.quarantined],
                "sound": found.sound,
                "views": found.views,
            }
        )
        return FINE if found.sound else REFUSED
    sheet = place.paper
    sheet.heading("Rebuilt" if found.sound else "NOT THE SAME", f"from {found.events:,} events")
    rows = [
        (
            each.view,
            f"{each.rows:,}",
            f"{each.seconds:.3f}",
            "same" if each.same else Text("DIFFERS", style="bold red"),
        )
        for each in found.views
    ]
    sheet.table(("view!", "rows#", "seconds#", "as what grew!"), rows)
    errors = paper.console(error=True)
    for each in found.quarantined:
        told = f"CANNOT BE READ: {each.event_id} at position {each.position}: {each.why}"
        errors.print(Text(paper.plain(told), style="bold red"))
    return FINE if found.sound else REFUSED


def backup(folder: Path, *, place: Here = SOMEWHERE) -> int:
    """Copy a store that may be in use, log and keys apart, and verify the copy; the exit code is 1 if it does not.

    Parameters
    ----------
    folder
        Where to: a new folder named for the moment is made in it.
    """
    with counted("Verifying the copy") as progress:
        copy = copied(place.url, folder, clock=now, told=progress)
    found = copy.checked.verification
    if place.json:
        place.paper.document(
            {
                "keys": str(copy.key_store),
                "log": str(copy.log_file),
                "root": found.root.hex(),
                "size": found.size,
                "sound": copy.checked.sound,
            }
        )
        return FINE if copy.checked.sound else REFUSED
    sheet = place.paper
    sheet.heading("Copied" if copy.checked.sound else "THE COPY DOES NOT VERIFY", f"{found.size:,} events")
    sheet.facts({"log": copy.log_file, "keys": copy.key_store, "root": found.root.hex()})
    for fault in found.faults:
        sheet.say(fault.what, style="red")
    if copy.checked.verdict is not None:
        sheet.say(copy.checked.verdict.sentence)
    sheet.aside(
        "Take log and keys to different places, closed: together they open every word. Keep the keys 30 days."
    )
    sheet.aside("The signing key is not copied: a copy of it can sign in the log's name.")
    return FINE if copy.checked.sound else REFUSED
