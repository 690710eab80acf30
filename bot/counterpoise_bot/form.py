"""The private pages: a one-time form and the way back to what was left on it. Nothing of them is logged or kept."""

import asyncio
import re
from collections.abc import Callable, Mapping
from typing import Any, ParamSpec, TypeVar
from unicodedata import category
from urllib.parse import parse_qs

from aiohttp import web
from babel import negotiate_locale

from counterpoise.application.faces import Application, Refusal
from counterpoise.application.form_fields import Form
from counterpoise.application.forms import FormGone
from counterpoise_bot.form_pages import LONGEST, TEMPLATES, Given, Pages, complaint
from counterpoise_bot.words import LANGUAGES, Words, of

MOST_BYTES = 256 * 1024
MOST_FIELDS = 200

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}
OK, FORBIDDEN, GONE, TOO_LARGE, REFUSED, BUSY = 200, 403, 410, 413, 422, 503

RETURN = "/form/return"
MOST_WAITING = 8
"""People whose receipt codes are looked up at once: each takes a tenth of a second on purpose."""
ONCE = re.compile(r"[0-9a-f]{32}")

P = ParamSpec("P")
T = TypeVar("T")
Fields = Mapping[str, list[str]]


class TooLarge(Exception):  # noqa: N818  it says what the body is
    """What was sent is larger than a form can be."""


class Elsewhere(Exception):  # noqa: N818  it says where the form came from
    """What was sent does not come from a page of ours."""


def routes(application: Application, *, public_url: str = "") -> list[web.RouteDef]:
    """Return the routes of the private pages. `public_url` is where people reach them, if not where they are served."""
    form = PrivatePages(application, public_url)
    return [
        web.get("/form/style.css", form.style),
        web.get(RETURN, form.ask_code),
        web.post(RETURN, form.come_back),
        web.get("/form/{token}", form.show),
        web.post("/form/{token}", form.take),
    ]


def mounted(application: Application, *, public_url: str = "") -> web.Application:
    """Return the private pages as an application of their own."""
    site = web.Application(client_max_size=MOST_BYTES)
    site.add_routes(routes(application, public_url=public_url))
    return site


class PrivatePages:
    """Answers the private pages: each answer stands for itself, and is kept by nobody."""

    def __init__(self, application: Application, public_url: str) -> None:
        self._application = application
        self._origin = "/".join(public_url.split("/")[:3])
        self._pages = Pages()
        self._waiting = 0

    async def style(self, _request: web.Request) -> web.StreamResponse:
        """Return the style sheet."""
        headers = {**HEADERS, "Cache-Control": "max-age=3600"}
        text = await asyncio.to_thread((TEMPLATES / "form.css").read_text, "utf-8")
        return web.Response(text=text, content_type="text/css", charset="utf-8", headers=headers)

    async def show(self, request: web.Request) -> web.Response:
        """Show a form that was not used yet."""
        try:
            form = await self._look(request)
        except Refusal as refusal:
            return self._gone(request, refusal)
        words = _words(request, form.language)
        return _page(self._pages.form(words, form, Given(), path=request.path))

    async def take(self, request: web.Request) -> web.Response:
        """Take a form in; one that is refused is shown again with its words."""
        try:
            given = _given(await self._sent(request))
            form = await self._look(request)
        except (TooLarge, Elsewhere) as why:
            return self._not_taken(request, why)
        except Refusal as refusal:
            return await self._taken_before(request, given, refusal)
        words = _words(request, form.language)
        if len(given.words) > LONGEST:
            error = {"words": words.say("This is longer than {most} characters.", most=LONGEST)}
            return _page(self._pages.form(words, form, given, path=request.path, errors=error), REFUSED)
        try:
            handed = await _inside(
                self._application.forms.submit, request.match_info["token"], **_submitted(given)
            )
        except FormGone as gone:
            return self._gone(request, gone)
        except Refusal as refusal:
            name, said = complaint(words, refusal)
            page = self._pages.form(words, form, given, path=request.path, errors={name: said})
            return _page(page, REFUSED)
        return _page(self._received(words, handed.code))

    async def _taken_before(self, request: web.Request, given: Given, refusal: Refusal) -> web.Response:
        """Answer what is sent on a form that is gone: a moment ago by this very page, as then; else that it is gone."""
        try:
            handed = await _inside(
                self._application.forms.submit, request.match_info["token"], **_submitted(given)
            )
        except Refusal:
            return self._gone(request, refusal)
        return _page(self._received(_words(request, ""), handed.code))

    async def ask_code(self, request: web.Request) -> web.Response:
        """Ask for a receipt code."""
        return _page(self._pages.coming_back(_words(request, ""), path=RETURN))

    async def come_back(self, request: web.Request) -> web.Response:
        """Show what became of a concern, after doing with it what its holder asks."""
        if self._waiting >= MOST_WAITING:
            return self._busy(request)
        self._waiting += 1
        try:
            return await self._come_back(request)
        finally:
            self._waiting -= 1

    async def _come_back(self, request: web.Request) -> web.Response:
        words = _words(request, "")
        try:
            fields = await self._sent(request)
        except (TooLarge, Elsewhere) as why:
            return self._not_taken(request, why)
        code, deed, typed = _one(fields, "code")[:40], _one(fields, "deed"), _one(fields, "words")
        done = error = ""
        concerns = self._application.concerns
        try:
            if deed:
                await _inside(concerns.come_back, code, deed=deed, words=typed[:LONGEST])
                done = words.say("Done. It is recorded together with others, at the latest tomorrow morning.")
                typed = ""
        except Refusal as refusal:
            error = complaint(words, refusal)[1]
        try:
            found = (await _inside(concerns.returned, code)).value
        except Refusal as refusal:
            page = self._pages.coming_back(words, path=RETURN, code=code, error=complaint(words, refusal)[1])
            return _page(page, REFUSED)
        page = self._pages.coming_back(
            words, path=RETURN, found=found, code=code, error=error, typed=typed, done=done
        )
        return _page(page, REFUSED if error else OK)

    async def _look(self, request: web.Request) -> Form:
        visible = await _inside(self._application.forms.look, request.match_info["token"])
        return visible.value

    async def _sent(self, request: web.Request) -> Fields:
        """Return what was sent from a page of ours, without what controls instead of saying."""
        origin = request.headers.get("Origin", "")
        if not origin or origin not in {self._origin, f"{request.scheme}://{request.host}"}:
            raise Elsewhere
        if (request.content_length or 0) > MOST_BYTES:
            raise TooLarge
        body = b""
        async for part in request.content.iter_any():
            body += part
            if len(body) > MOST_BYTES:
                raise TooLarge
        try:
            return parse_qs(
                body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS
            )
        except ValueError:
            raise TooLarge from None

    def _received(self, words: Words, code: str) -> str:
        if not code:
            return self._pages.said(
                words,
                words.say("Recorded"),
                words.say("Your concern is recorded. Those who may read it find it where they read others."),
                words.say("You can close this page."),
            )
        return self._pages.said(
            words,
            words.say("Your receipt code"),
            words.say("Write it down now: it is shown this once, and nobody can find it again for you."),
            words.say(
                "With it you can read what became of your concern, add to it, settle it or take it back."
            ),
            code=code,
            onward=words.say("Come back with a receipt code"),
        )

    def _gone(self, request: web.Request, refusal: Refusal) -> web.Response:
        words = _words(request, "")
        page = self._pages.said(
            words,
            words.say("This page is closed"),
            complaint(words, refusal)[1],
            words.say("Nothing of what was sent just now was recorded. Ask for a new link in the chat."),
        )
        return _page(page, GONE)

    def _busy(self, request: web.Request) -> web.Response:
        words = _words(request, "")
        said = words.say("Many come back just now. Nothing was done; please try again in a minute.")
        return _page(self._pages.said(words, words.say("Not sent"), said), BUSY)

    def _not_taken(self, request: web.Request, why: Exception) -> web.Response:
        words = _words(request, "")
        said = (
            words.say("This is larger than a form can be. Go back, shorten it, and send it again.")
            if isinstance(why, TooLarge)
            else words.say(
                "This did not come from our own page. Open the link again, and send it from there."
            )
        )
        page = self._pages.said(words, words.say("Not sent"), said)
        return _page(page, TOO_LARGE if isinstance(why, TooLarge) else FORBIDDEN)


async def _inside(ask: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    return await asyncio.to_thread(ask, *args, **kwargs)


def _page(text: str, status: int = OK) -> web.Response:
    return web.Response(text=text, status=status, content_type="text/html", charset="utf-8", headers=HEADERS)


def _words(request: web.Request, language: str) -> Words:
    """Return the words of the language that is asked for, else of the form's, else of the browser's."""
    asked = request.query.get("language", "")
    if asked in LANGUAGES:
        return of(asked)
    if language:
        return of(language)
    header = request.headers.get("Accept-Language", "")
    wanted = [each.partition(";")[0].strip().replace("-", "_") for each in header.split(",")[:10]]
    return of(negotiate_locale([each for each in wanted if each], LANGUAGES) or "en")


def _given(fields: Fields) -> Given:
    return Given(
        words=_one(fields, "words"),
        kind=_one(fields, "kind") or "other",
        severity=_one(fields, "severity") or "medium",
        about=_one(fields, "about"),
        step=_one(fields, "step"),
        language=_one(fields, "language") or "en",
        label=_one(fields, "label"),
        recipients=tuple(fields.get("recipients", ())),
        show_actor=_one(fields, "show_actor") == "yes",
        **({"once": once} if ONCE.fullmatch(once := _one(fields, "once")) else {}),
    )


def _submitted(given: Given) -> dict[str, Any]:
    return {name: value for name, value in vars(given).items() if name != "recipients"} | {
        "recipients": given.recipients if given.label in {"RED", ""} else ()
    }


def _one(fields: Fields, name: str) -> str:
    """Return a field's text: its lines as people see them, without characters that act instead of saying."""
    text = fields.get(name, [""])[0].replace("\r\n", "\n").replace("\r", "\n")
    return "".join(each for each in text if category(each) not in ACTING or each in KEPT).strip()


ACTING = ("Cc", "Cf", "Cs", "Zl", "Zp")
"""Unicode's categories of what controls, embeds or breaks."""
KEPT = "\n\t\u00ad\u200c\u200d\u200e\u200f"
"""Those of them that belong to words: line ends, joiners, and marks of direction that embed nothing."""
