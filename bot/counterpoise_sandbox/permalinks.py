"""Where permalinks lead: a page that asks as whom to read the message, for a sandbox does not know who follows it."""

from html import escape
from urllib.parse import quote, urlencode

from aiohttp import web

from counterpoise_sandbox.engine import Engine
from counterpoise_sandbox.workspace import Channel, Message

PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Read a message</title></head>
<body><main><h1>Read a message</h1><p>As whom?</p><ul>{people}</ul></main></body></html>"""


class Permalinks:
    """The route /archives."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def routes(self) -> list[web.RouteDef]:
        """Return the route."""
        return [web.get(r"/archives/{channel}/p{digits:\d{7,}}", self._ask)]

    async def _ask(self, request: web.Request) -> web.Response:
        digits = request.match_info["digits"]
        channel = self._engine.workspace.channels.get(request.match_info["channel"])
        message = channel.messages.get(f"{digits[:-6]}.{digits[-6:]}") if channel is not None else None
        if channel is None or message is None:
            raise web.HTTPNotFound(text="There is no such message.")
        people = "".join(self._reader(one, channel, message) for one in channel.members)
        headers = {"Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'"}
        return web.Response(text=PAGE.format(people=people), content_type="text/html", headers=headers)

    def _reader(self, user: str, channel: Channel, message: Message) -> str:
        person = self._engine.workspace.people[user]
        if person.is_bot:
            return ""
        thread = message.thread_ts or (message.ts if message.ts in channel.answers else "")
        query = f"?{urlencode({'thread': thread})}" if thread else ""
        address = f"/as/{quote(person.id)}/{quote(channel.id)}{query}"
        return f'<li><a href="{escape(address)}">{escape(person.real_name)}</a></li>'
