"""Uploaded bytes: the one-time address they are sent to, and the addresses they are read from."""

from aiohttp import web

from counterpoise_sandbox.engine import Engine
from counterpoise_sandbox.workspace import File


class ServedFiles:
    """The routes /upload and /files."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [
            web.post("/upload/v1/{ticket}", self._take),
            web.put("/upload/v1/{ticket}", self._take),
            web.get("/files/{file}", self._give),
            web.get("/files/{file}/download", self._give),
            web.get("/files/{file}/page", self._give),
            web.get("/files/{file}/thumb/{size}", self._give),
        ]

    async def _take(self, request: web.Request) -> web.Response:
        engine = self._engine
        with engine.answering():
            file_id = engine.workspace.tickets.pop(request.match_info["ticket"], "")
            file = engine.workspace.files.get(file_id)
            exchange = engine.record.begin(
                "upload",
                "upload",
                at=engine.clock.now(),
                request={"file": file_id},
                app=file.app_id if file else "",
            )
            if file is None:
                exchange.status = 404
                return web.Response(status=404, text="There is no such upload.")
            file.content = await _bytes(request)
            exchange.request["size"], exchange.status = len(file.content), 200
            return web.Response(text=f"OK - {len(file.content)}")

    async def _give(self, request: web.Request) -> web.Response:
        file = self._engine.workspace.files.get(request.match_info["file"])
        if file is None or file.deleted or not self._may_read(request, file):
            raise web.HTTPNotFound
        kind = (
            file.mimetype
            if file.mimetype.startswith(("image/", "text/plain"))
            else "application/octet-stream"
        )
        headers = {
            "Content-Type": kind,
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
        }
        return web.Response(body=file.content, headers=headers)

    def _may_read(self, request: web.Request, file: File) -> bool:
        """Let in an app with its token, and a person (`as`) who is in a channel that has the file."""
        workspace = self._engine.workspace
        token = workspace.tokens.get(request.headers.get("Authorization", "").removeprefix("Bearer "))
        viewer = token.user if token is not None and not token.revoked else request.query.get("as", "")
        places = [workspace.channels[one] for one in file.channels]
        return viewer == file.user or any(viewer in one.members for one in places)


async def _bytes(request: web.Request) -> bytes:
    if request.content_type != "multipart/form-data":
        return await request.read()
    form = await request.post()
    for part in form.values():
        if isinstance(part, web.FileField):
            return part.file.read()
    return b""
