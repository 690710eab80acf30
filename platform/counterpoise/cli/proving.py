"""`verify`, `checkpoint`, `proof`, `export`: that the log is what was recorded, shown to oneself and to others."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from counterpoise.application import operations_export, operations_proof
from counterpoise.application.operations_export import Exported
from counterpoise.application.operations_proof import Checked, Signed
from counterpoise.application.operations_stores import keys_of, without_keys
from counterpoise.cli.answers import FINE, REFUSED, Misused
from counterpoise.cli.door import SOMEONE, Who
from counterpoise.cli.place import SOMEWHERE, Here, Place
from counterpoise.cli.progress import counted
from counterpoise.policy import ONLOOKER

FAULTS = 20
"""Faults that are listed for people; --json has more."""

Flag = Annotated[bool, Parameter(negative="")]


def verify(*, against: Path | None = None, vkey: str = "", place: Here = SOMEWHERE) -> int:
    """Recompute every leaf and the whole tree from the stored bytes; the exit code is 1 if anything is wrong.

    Parameters
    ----------
    against
        A checkpoint that somebody keeps: the log must extend it, so that a rewritten history is caught.
    vkey
        The key it is verified by; left out, this machine's own.
    """
    if vkey and against is None:
        raise Misused("--vkey says by which key a checkpoint is verified: give --against FILE too.")
    note = against.read_bytes() if against else None
    key = vkey or (
        operations_proof.own_key(operations_proof.signing_folder(keys_of(place.url))) if note else ""
    )
    with without_keys(place.url) as log, counted("Verifying") as progress:
        checked = operations_proof.checked(log, note=note, vkey=key, told=progress)
    if place.json:
        place.paper.document(_document(checked))
    else:
        _told(checked, place)
    return FINE if checked.sound else REFUSED


def _document(checked: Checked) -> dict[str, object]:
    found, verdict = checked.verification, checked.verdict
    against = None
    if verdict is not None:
        covered = verdict.checkpoint
        against = {
            "finding": verdict.finding,
            "holds": verdict.holds,
            "origin": covered.origin if covered else None,
            "size": covered.size if covered else None,
        }
    return {
        "against": against,
        "faults": [{"position": fault.position, "what": fault.what} for fault in found.faults],
        "receipts": found.receipts,
        "root": found.root.hex(),
        "size": found.size,
        "sound": checked.sound,
    }


def _told(checked: Checked, place: Place) -> None:
    found, sheet = checked.verification, place.paper
    words = "as they were recorded" if found.sound else f"{len(found.faults)} faults"
    sheet.heading("Verified" if checked.sound else "NOT VERIFIED", f"{found.size:,} events", words)
    sheet.facts({"root": found.root.hex(), "receipts": f"{found.receipts:,}"})
    for fault in found.faults[:FAULTS]:
        where = f"position {fault.position}: " if fault.position else ""
        sheet.say(f"{where}{fault.what}", style="red")
    if checked.verdict is not None:
        covered = checked.verdict.checkpoint
        size = f" ({covered.size:,} events, {covered.origin})" if covered else ""
        sheet.say(f"{checked.verdict.sentence}{size}", style="green" if checked.verdict.holds else "bold red")


def checkpoint(*, out: Path | None = None, origin: str = "", place: Here = SOMEWHERE) -> None:
    """Sign what the log holds now, for others to keep: a later log that does not extend it is found out.

    Parameters
    ----------
    out
        A file to write the note to; left out, it is printed.
    origin
        The name of the log, once: the key is made for it and bears it from then on.
    """
    with without_keys(place.url) as log:
        folder = operations_proof.signing_folder(keys_of(place.url))
        signed = operations_proof.checkpoint(log, folder, origin=origin)
    if out is not None:
        out.write_text(signed.note, encoding="utf-8")
    if place.json:
        place.paper.document(_signed(signed))
        return
    if out is None:
        place.paper.exactly(signed.note)
    else:
        place.paper.heading("Signed", f"{signed.size:,} events", str(out))
    place.paper.aside("The key it is verified by:")
    place.paper.exactly(signed.vkey)
    place.paper.aside("Give both to somebody else to keep: counterpoise verify --against FILE --vkey KEY")


def _signed(signed: Signed) -> dict[str, object]:
    return {
        "note": signed.note,
        "origin": signed.origin,
        "root": signed.root,
        "size": signed.size,
        "vkey": signed.vkey,
    }


def proof(event: str, *, door: Who = SOMEONE) -> None:
    """Show that one event stands in the log: the hashes between it and the root.

    Parameters
    ----------
    event
        The event's id, stream#version, or the start of its stream's.
    """
    with without_keys(door.url) as log:
        signed = operations_proof.last_signed(log, operations_proof.signing_folder_at(door.url))
    with door.questions() as (questions, reader):
        meant = questions.ledger.named(reader, text=event).value
        found = questions.ledger.proof(reader, event=meant).value
        if signed is not None and found.index < signed.size:
            found = questions.ledger.proof(reader, event=meant, size=signed.size).value
        else:
            signed = None
    if door.json:
        shown = {name: getattr(found, name) for name in ("event", "index", "leaf", "path", "root", "size")}
        door.paper.document({**shown, "checkpoint": _signed(signed) if signed else None})
        return
    sheet = door.paper
    sheet.heading("In the log", found.event)
    sheet.say(
        f"It is event {found.index + 1:,} of {found.size:,}: its leaf and the {len(found.path)} hashes below give the "
        f"root by RFC 9162."
    )
    sheet.facts({"leaf": found.leaf, "root": found.root})
    for node in found.path:
        sheet.say(f"      {node}", style="dim")
    told = f"The root is that of a checkpoint signed by {signed.origin}." if signed else ""
    sheet.aside(told or "No checkpoint covers it yet: `counterpoise checkpoint` signs the root.")


def export(
    file: Path,
    *,
    form: Annotated[str, Parameter(name="--format")] = "",
    full: Flag = False,
    door: Who = SOMEONE,
) -> None:
    """Write the log to a file that others can check or compute with.

    With --as: the events that member may know of, each with its proof, the rest of their content withheld. Without:
    the whole log, withholding what is not CLEAR. With --full: everything, for an operator's own use. Words that
    are closed stay closed in every form.

    Parameters
    ----------
    file
        Where to: .jsonl or .jsonl.gz (with proofs), .parquet or .csv (the frame, one row an event).
    form
        The form, where the file's name does not say it: jsonl, parquet or csv.
    full
        Withhold nothing.
    """
    if full and door.member:
        raise Misused("--full is the whole log, --as what one member may know of: give one of them.")
    told = operations_export.form_of(file, form)
    if door.member:
        with door.application() as (_, reader):
            member = reader
    else:
        member = ONLOOKER
    with without_keys(door.url) as log:
        if told != "jsonl":
            done = operations_export.table(file, log, member, form=told, full=full)
        else:
            signed = operations_proof.checkpoint(log, operations_proof.signing_folder(keys_of(door.url)))
            done = (
                operations_export.part(file, log, member, signed=signed)
                if door.member
                else operations_export.whole(file, log, signed=signed, full=full)
            )
    _exported(file, done, door)


def _exported(file: Path, done: Exported, place: Place) -> None:
    if place.json:
        place.paper.document(
            {"events": done.events, "file": str(file), "format": done.form, "withheld": done.withheld}
        )
        return
    place.paper.heading("Exported", f"{done.events:,} events", str(file))
    if done.withheld:
        place.paper.say(f"The content of {done.withheld:,} is withheld; the proofs hold all the same.")
    if done.form == "jsonl":
        place.paper.aside("Anybody can check it: python deploy/verify_export.py FILE --vkey KEY")
