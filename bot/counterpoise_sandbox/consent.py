"""The page at /oauth/v2/authorize where somebody lets an app in: plain HTML that works without script."""

from html import escape
from urllib.parse import urlencode, urlsplit

from aiohttp import web

from counterpoise_sandbox.delivery import LOOPBACK
from counterpoise_sandbox.engine import Engine
from counterpoise_sandbox.installing import install
from counterpoise_sandbox.methods.oauth import CODE_LASTS
from counterpoise_sandbox.workspace import App, Person, Wire

PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title></head>
<body><main><h1>{title}</h1>{body}</main></body></html>"""

FORM = """<form method="post">
<p>{app} asks to:</p><ul>{scopes}</ul>
<p><label for="person">Install as</label> <select id="person" name="person">{people}</select></p>
{whole}
<p><button name="answer" value="allow">Allow</button> <button name="answer" value="deny">Cancel</button></p>
</form>"""

WHOLE = '<p><label><input type="checkbox" name="whole" value="1"> In the whole organisation</label></p>'


class Consent:
    """The two routes of the page."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [web.get("/oauth/v2/authorize", self._ask), web.post("/oauth/v2/authorize", self._answer)]

    async def _ask(self, request: web.Request) -> web.Response:
        app, fault = self._asking(request)
        if app is None or fault:
            return _page("Something went wrong", f"<p>{escape(fault)}</p>", status=400)
        scopes = [*_scopes(request, app), *_listed(request.query.get("user_scope", ""))]
        people = [
            one
            for one in self._engine.workspace.people.values()
            if not one.is_bot and one.id != "USLACKBOT" and request.query.get("team", "") in ("", one.team)
        ]
        form = FORM.format(
            app=escape(app.name),
            scopes="".join(f"<li>{escape(scope)}</li>" for scope in scopes),
            people="".join(self._option(one) for one in people),
            whole=WHOLE if (app.manifest.get("settings") or {}).get("org_deploy_enabled") else "",
        )
        return _page(f"Let {escape(app.name)} in?", form)

    def _option(self, person: Person) -> str:
        team = self._engine.workspace.teams[person.team]
        return (
            f'<option value="{escape(person.id)}">{escape(person.real_name)} ({escape(team.name)})</option>'
        )

    async def _answer(self, request: web.Request) -> web.Response:
        app, fault = self._asking(request)
        if app is None or fault:
            return _page("Something went wrong", f"<p>{escape(fault)}</p>", status=400)
        form = await request.post()
        person = self._engine.workspace.people.get(str(form.get("person", "")))
        state = {"state": request.query["state"]} if "state" in request.query else {}
        if form.get("answer") != "allow" or person is None:
            raise web.HTTPFound(_with(_return(request, app), {"error": "access_denied", **state}))
        code = self._consented(request, app, person, whole=bool(form.get("whole")))
        raise web.HTTPFound(_with(_return(request, app), {"code": code, **state}))

    def _consented(self, request: web.Request, app: App, person: Person, *, whole: bool) -> str:
        engine = self._engine
        team = engine.workspace.teams[person.team]
        enterprise = team.enterprise_id if whole else ""
        one = install(engine.workspace, app, team=team.id, enterprise_id=enterprise, installer=person.id)
        code = engine.workspace.mint("code-")
        engine.workspace.codes[code] = {
            "app": app.id,
            "person": person.id,
            "bot_user": one.bot_user,
            "scopes": _scopes(request, app),
            "user_scopes": _listed(request.query.get("user_scope", "")),
            "redirect_uri": _return(request, app),
            "challenge": request.query.get("code_challenge", ""),
            "until": engine.clock.now() + CODE_LASTS,
            "used": False,
        }
        about: Wire = {"app": app.id, "scopes": _scopes(request, app)}
        engine.record.begin(
            "oauth", "consent", at=engine.clock.now(), request=about, app=app.id, user=person.id
        )
        engine.changed("app", app=app.id)
        return code

    def _asking(self, request: web.Request) -> tuple[App | None, str]:
        wanted = request.query.get("client_id", "")
        app = next((one for one in self._engine.workspace.apps.values() if one.client_id == wanted), None)
        if app is None:
            return None, "Invalid client_id parameter"
        if not _allowed(app, _return(request, app)):
            return app, "redirect_uri did not match any configured URIs"
        if not _scopes(request, app) and not request.query.get("user_scope"):
            return app, "No scopes requested"
        return app, ""


def _allowed(app: App, address: str) -> bool:
    known = any(address == one or address.startswith(f"{one.rstrip('/')}/") for one in app.redirect_urls)
    return known and urlsplit(address).hostname in LOOPBACK


def _return(request: web.Request, app: App) -> str:
    return request.query.get("redirect_uri") or next(iter(app.redirect_urls), "")


def _scopes(request: web.Request, app: App) -> list[str]:
    return _listed(request.query["scope"]) if "scope" in request.query else app.bot_scopes


def _listed(said: str) -> list[str]:
    return [one for one in said.replace(" ", ",").split(",") if one]


def _with(address: str, answer: dict[str, str]) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode(answer)}"


def _page(title: str, body: str, *, status: int = 200) -> web.Response:
    headers = {"Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'"}
    return web.Response(
        text=PAGE.format(title=title, body=body), content_type="text/html", status=status, headers=headers
    )
