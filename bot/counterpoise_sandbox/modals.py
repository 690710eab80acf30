"""Modals, one stack a person, and Homes, one a person and app: opened, pushed, updated, published, closed."""

import hashlib
from dataclasses import dataclass

from counterpoise_sandbox import inputs, wire
from counterpoise_sandbox.engine import Engine
from counterpoise_sandbox.workspace import Installation, Trigger, View, Wire

DEEPEST = 3
TRIGGER_LASTS = 3.0
"""Seconds."""


class PushLimitReached(Exception):  # noqa: N818 - it says what happened
    """Three views are open already."""


@dataclass(frozen=True, kw_only=True)
class Owner:
    """Whose view it is: an app as it is installed, and the team through which the person sees it."""

    installation: Installation
    team: str


def trigger(engine: Engine, *, app_id: str, user: str, team: str, view: str = "") -> Trigger:
    """Give out the right to open one modal within three seconds."""
    number = engine.workspace.mint("")
    secret = hashlib.sha256(f"{number}{user}{app_id}".encode()).hexdigest()[:32]
    given = Trigger(
        id=f"{int(engine.clock.now() * 1000)}.{number}.{secret}",
        app_id=app_id,
        user=user,
        team=team,
        expires=engine.clock.now() + TRIGGER_LASTS,
        view=view,
    )
    engine.workspace.triggers[given.id] = given
    return given


def stack(engine: Engine, user: str) -> list[View]:
    """Return the modals a person has open, the top one last."""
    return [engine.workspace.views[one] for one in engine.workspace.modals.get(user, [])]


def open_modal(engine: Engine, owner: Owner, user: str, body: Wire) -> View:
    """Open a modal as the first of a new stack."""
    clear(engine, user)
    view = _new(engine, owner, user, body)
    view.root_id = view.id
    engine.workspace.modals[user] = [view.id]
    engine.changed("modal", user=user)
    return view


def push(engine: Engine, owner: Owner, user: str, body: Wire) -> View:
    """Lay a modal on the stack; raises PushLimitReached."""
    beneath = stack(engine, user)
    if len(beneath) >= DEEPEST:
        raise PushLimitReached("A stack holds three views.")
    view = _new(engine, owner, user, body)
    view.root_id = beneath[0].id if beneath else view.id
    view.previous_id = beneath[-1].id if beneath else ""
    engine.workspace.modals.setdefault(user, []).append(view.id)
    engine.changed("modal", user=user)
    return view


def update(engine: Engine, view: View, body: Wire) -> None:
    """Replace what a view shows; what was typed stays where block_id and action_id stay."""
    kept = view.state
    view.body = _stored(body, view.id)
    view.state = inputs.carried(view.body["blocks"], kept)
    view.hash = _hash(engine)
    view.errors = {}
    engine.changed("home" if body.get("type") == "home" else "modal", user=view.user)


def publish(engine: Engine, owner: Owner, user: str, body: Wire) -> View:
    """Show somebody an app's Home."""
    known = engine.workspace.homes.get((owner.installation.app_id, user))
    if known is not None:
        view = engine.workspace.views[known]
        update(engine, view, body)
        return view
    view = _new(engine, owner, user, body)
    view.root_id = view.id
    engine.workspace.homes[owner.installation.app_id, user] = view.id
    engine.changed("home", user=user)
    return view


def pop(engine: Engine, user: str) -> View | None:
    """Take the top modal away; return it."""
    open_views = engine.workspace.modals.get(user, [])
    if not open_views:
        return None
    view = engine.workspace.views.pop(open_views.pop())
    engine.changed("modal", user=user)
    return view


def clear(engine: Engine, user: str) -> list[View]:
    """Take all of a person's modals away; return them, the top one first."""
    gone = [engine.workspace.views.pop(one) for one in reversed(engine.workspace.modals.get(user, []))]
    engine.workspace.modals[user] = []
    if gone:
        engine.changed("modal", user=user)
    return gone


def by_external_id(engine: Engine, app_id: str, team: str, external_id: str) -> View | None:
    """Return the open view that an app gave this name, if there is one."""
    for view in engine.workspace.views.values():
        if (view.app_id, view.team, view.body.get("external_id")) == (app_id, team, external_id):
            return view
    return None


def _new(engine: Engine, owner: Owner, user: str, body: Wire) -> View:
    view_id = engine.workspace.mint("V")
    stored = _stored(body, view_id)
    view = View(
        id=view_id,
        user=user,
        team=owner.team,
        app_id=owner.installation.app_id,
        bot_id=owner.installation.bot_id,
        body=stored,
        hash=_hash(engine),
        state=inputs.initial(stored["blocks"]),
    )
    engine.workspace.views[view_id] = view
    return view


def _stored(body: Wire, mint: str) -> Wire:
    return {**body, "blocks": wire.blocks(body.get("blocks") or [], mint)}


def _hash(engine: Engine) -> str:
    number = engine.workspace.mint("")
    return f"{int(engine.clock.now())}.{hashlib.sha256(number.encode()).hexdigest()[:8]}"
