"""files.*: uploads in two steps, and what became of them."""

import json
import math
import mimetypes

from counterpoise_sandbox import conversation, wire
from counterpoise_sandbox.methods.call import Call, Refused, badly, method
from counterpoise_sandbox.methods.chat import post_into
from counterpoise_sandbox.methods.composing import check_blocks, signed
from counterpoise_sandbox.speech import rich
from counterpoise_sandbox.workspace import Channel, File, Wire

LONGEST_ALT = 1000
LARGEST = 1_000_000_000


@method(
    "files.getUploadURLExternal",
    "filename! length!:number alt_txt snippet_type",
    scopes="files:write",
    tier=4,
)
def get_upload_url_external(call: Call) -> Wire:
    """Return the address to send a file's bytes to; it is good once."""
    if call.number("length") <= 0:
        raise badly("[ERROR] must be greater than 0 [json-pointer:/length]")
    if call.number("length") > LARGEST:
        raise Refused("file_upload_size_restricted")
    if len(call.text("alt_txt")) > LONGEST_ALT:
        raise Refused("alt_txt_too_large")
    name = call.text("filename")
    file = File(
        id=call.workspace.mint("F"),
        user=call.user,
        team=call.team,
        name=name,
        title=name,
        mimetype=mimetypes.guess_type(name)[0] or "application/octet-stream",
        content=b"",
        created=int(call.now),
        alt_txt=call.text("alt_txt"),
        app_id=call.app.id,
    )
    call.workspace.files[file.id] = file
    ticket = call.workspace.mint("up-")
    call.workspace.tickets[ticket] = file.id
    return {"upload_url": f"{call.engine.address}/upload/v1/{ticket}", "file_id": file.id}


@method(
    "files.completeUploadExternal",
    "files!:json channel_id channels thread_ts:ts initial_comment blocks:json username icon_url icon_emoji",
    scopes="files:write",
    tier=4,
)
def complete_upload_external(call: Call) -> Wire:
    """End an upload and, where channels are named, share its files in one message each."""
    files = _uploaded(call)
    places = _places(call)
    body = _comment(call)
    for file, title in files:
        file.title, file.shared = title or file.title, True
        _announce(call, file, "file_created")
    for channel in places:
        _share(call, channel, [file for file, _ in files], body)
    return {"files": [wire.file(call.workspace, file) for file, _ in files]}


def _uploaded(call: Call) -> list[tuple[File, str]]:
    given = call.arguments["files"]
    if (
        not isinstance(given, list)
        or not given
        or not all(isinstance(one, dict) and one.get("id") for one in given)
    ):
        raise badly("[ERROR] must be a list of objects with an id [json-pointer:/files]")
    found: list[tuple[File, str]] = []
    for one in given:
        file = call.workspace.files.get(str(one["id"]))
        if file is None or file.user != call.user or file.shared or not file.content:
            raise Refused("file_not_found")
        found.append((file, str(one.get("title") or "")))
    return found


def _places(call: Call) -> list[Channel]:
    names = [call.text("channel_id")] if call.text("channel_id") else []
    names += [name.strip() for name in call.text("channels").split(",") if name.strip()]
    places: list[Channel] = []
    for name in names:
        at = Call(engine=call.engine, method=call.method, arguments={"channel": name}, token=call.token)
        channel = post_into(at)
        if call.user not in channel.members:
            raise Refused("not_in_channel")
        places.append(channel)
    return places


def _comment(call: Call) -> Wire:
    if call.text("initial_comment"):
        return {"text": call.text("initial_comment"), "blocks": [rich(call.text("initial_comment"))]}
    if call.has("blocks"):
        blocks = call.arguments["blocks"]
        if not isinstance(blocks, list):
            raise Refused("invalid_blocks")
        check_blocks(call, {"blocks": blocks})
        return {"blocks": blocks}
    return {}


def _share(call: Call, channel: Channel, files: list[File], body: Wire) -> None:
    """Post the files; as at Slack the upload itself is answered without the message's ts."""
    message = conversation.post(
        call.engine,
        channel,
        user=call.user,
        body=signed(call, {**body, "files": [file.id for file in files], "upload": True}),
        thread_ts=call.text("thread_ts"),
        subtype="file_share",
        app_id=call.app.id,
    )
    for file in files:
        file.channels.append(channel.id)
        file.shares.setdefault(channel.id, []).append(message.ts)
        about = {"file_id": file.id, "user_id": file.user, "file": {"id": file.id}, "channel_id": channel.id}
        call.engine.happen({"type": "file_shared", **about, "event_ts": message.ts}, channel=channel)


def _announce(call: Call, file: File, kind: str) -> None:
    event = {
        "type": kind,
        "file_id": file.id,
        "user_id": file.user,
        "file": {"id": file.id},
        "event_ts": f"{call.now:.6f}",
    }
    call.engine.follow(call.app.id, call.team, event)


def _readable(call: Call) -> File:
    file = call.workspace.files.get(call.text("file"))
    if file is None or not file.shared or not _sees(call, file):
        raise Refused("file_not_found")
    if file.deleted:
        raise Refused("file_deleted")
    return file


def _sees(call: Call, file: File) -> bool:
    return file.user == call.user or any(call.sees(call.workspace.channels[one]) for one in file.channels)


@method("files.info", "file! count:number page:number cursor limit:number", scopes="files:read", tier=4)
def info(call: Call) -> Wire:
    """Return a file."""
    file = _readable(call)
    return {
        "file": wire.file(call.workspace, file),
        "content": _text(file),
        "is_truncated": False,
        "comments": [],
        "response_metadata": {"next_cursor": ""},
    }


def _text(file: File) -> str:
    return file.content.decode(errors="replace") if file.mimetype.startswith("text/") else ""


@method(
    "files.list",
    "channel user ts_from:seconds ts_to:seconds types count:number page:number show_files_hidden_by_limit:flag",
    scopes="files:read",
)
def list_all(call: Call) -> Wire:
    """Return the files the caller may see, newest first, in numbered pages."""
    if call.has("user"):
        call.person()
    found = [one for one in reversed(call.workspace.files.values()) if _listed(call, one)]
    count, page = call.number("count", 100) or 100, max(call.number("page", 1), 1)
    shown = [wire.file(call.workspace, one) for one in found[(page - 1) * count : page * count]]
    pages = -(-len(found) // count)
    return {"files": shown, "paging": {"count": count, "total": len(found), "page": page, "pages": pages}}


def _listed(call: Call, file: File) -> bool:
    kinds = [kind for kind in call.text("types", "all").split(",") if kind]
    kind = (
        "images" if file.mimetype.startswith("image/") else "pdfs" if file.mimetype.endswith("pdf") else "all"
    )
    return (
        file.shared
        and not file.deleted
        and _sees(call, file)
        and call.text("channel") in ("", *file.channels)
        and call.text("user") in ("", file.user)
        and call.seconds("ts_from") <= file.created <= call.seconds("ts_to", math.inf)
        and ("all" in kinds or kind in kinds)
    )


@method("files.delete", "file!", scopes="files:write")
def delete(call: Call) -> Wire:
    """Take one's own file away, from every message."""
    file = _readable(call)
    if file.user != call.user:
        raise Refused("cant_delete_file")
    file.deleted, file.content = True, b""
    call.engine.changed("file", user=call.user)
    about = {"file_id": file.id, "channel_ids": list(file.channels), "event_ts": f"{call.now:.6f}"}
    call.engine.follow(call.app.id, call.team, {"type": "file_deleted", **about})
    return {}


@method(
    "files.upload",
    "channels content file:raw filename filetype initial_comment thread_ts title",
    scopes="files:write",
    tier=2,
)
def upload(call: Call) -> Wire:
    """Refuse as Slack does since this method was retired."""
    raise Refused("method_deprecated", response_metadata={"messages": [json.dumps(call.method.name)]})
