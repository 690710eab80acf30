"""views.*: modals opened, pushed and updated, Homes published."""

import json

from counterpoise_sandbox import modals, wire
from counterpoise_sandbox.checks import check_view, error_of
from counterpoise_sandbox.methods.call import Call, Refused, badly, method
from counterpoise_sandbox.methods.composing import told
from counterpoise_sandbox.workspace import Trigger, View, Wire


def _view(call: Call, *kinds: str) -> Wire:
    given = call.arguments["view"]
    try:
        body = json.loads(given) if isinstance(given, str) else given
    except ValueError:
        raise badly("[ERROR] failed to parse the JSON [json-pointer:/view]") from None
    if not isinstance(body, dict) or body.get("type") not in kinds:
        raise badly(f"[ERROR] must be one of: {', '.join(kinds)} [json-pointer:/view/type]")
    problems = check_view(body, "/view")
    if problems:
        raise Refused(error_of(problems, otherwise="invalid_arguments"), **told(problems))
    _refuse_blocks(call, body)
    return body


def _refuse_blocks(call: Call, body: Wire) -> None:
    for place, block in enumerate(body.get("blocks", [])):
        if block.get("type") in call.engine.faults.refused_blocks:
            raise badly(f"[ERROR] unsupported type: {block['type']} [json-pointer:/view/blocks/{place}/type]")


def _exchange(call: Call) -> Trigger:
    given = call.text("trigger_id") or call.text("interactivity_pointer")
    if not given:
        raise badly("[ERROR] missing required field: trigger_id")
    trigger = call.workspace.triggers.get(given)
    if trigger is None or trigger.app_id != call.app.id:
        raise Refused("invalid_trigger_id")
    if trigger.used:
        raise Refused("exchanged_trigger_id")
    if trigger.expires < call.now:
        raise Refused("expired_trigger_id")
    return trigger


def _owner(call: Call, team: str) -> modals.Owner:
    return modals.Owner(installation=call.installation, team=call.token.team or team)


def _unique(call: Call, body: Wire, besides: str = "") -> None:
    name = body.get("external_id")
    known = modals.by_external_id(call.engine, call.app.id, call.team, name) if name else None
    if known is not None and known.id != besides:
        raise Refused("duplicate_external_id")


@method("views.open", "trigger_id interactivity_pointer view!:raw", tier=4)
def views_open(call: Call) -> Wire:
    """Open a modal for whoever the trigger came from."""
    body = _view(call, "modal")
    trigger = _exchange(call)
    _unique(call, body)
    trigger.used = True
    return {"view": wire.view(modals.open_modal(call.engine, _owner(call, trigger.team), trigger.user, body))}


@method("views.push", "trigger_id interactivity_pointer view!:raw", tier=4)
def views_push(call: Call) -> Wire:
    """Lay a modal on the one the trigger came from."""
    body = _view(call, "modal")
    trigger = _exchange(call)
    if trigger.view not in call.workspace.modals.get(trigger.user, []):
        raise Refused("not_found")
    _unique(call, body)
    try:
        view = modals.push(call.engine, _owner(call, trigger.team), trigger.user, body)
    except modals.PushLimitReached:
        raise Refused("push_limit_reached") from None
    trigger.used = True
    return {"view": wire.view(view)}


@method("views.update", "view_id external_id view!:raw hash", tier=4)
def views_update(call: Call) -> Wire:
    """Replace what an open view shows."""
    if call.has("view_id") == call.has("external_id"):
        raise badly("[ERROR] must provide exactly one of: view_id, external_id")
    body = _view(call, "modal", "home")
    view = _named(call)
    if view.body["type"] != body["type"]:
        raise badly("[ERROR] must be of the same type as the view it replaces [json-pointer:/view/type]")
    _unique(call, body, besides=view.id)
    if call.has("hash") and call.text("hash") != view.hash:
        raise Refused("hash_conflict")
    modals.update(call.engine, view, body)
    return {"view": wire.view(view)}


def _named(call: Call) -> View:
    if call.has("external_id"):
        view = modals.by_external_id(call.engine, call.app.id, call.team, call.text("external_id"))
    else:
        view = call.workspace.views.get(call.text("view_id"))
    if view is None or view.app_id != call.app.id:
        raise Refused("not_found")
    return view


@method("views.publish", "user_id! view!:raw hash interactivity_pointer", tier=4)
def views_publish(call: Call) -> Wire:
    """Show somebody the app's Home."""
    body = _view(call, "home")
    if not call.app.has_home:
        raise Refused("not_enabled")
    person = call.person("user_id")
    known = call.workspace.homes.get((call.app.id, person.id))
    if call.has("hash") and (known is None or call.workspace.views[known].hash != call.text("hash")):
        raise Refused("hash_conflict")
    _unique(call, body, besides=known or "")
    return {"view": wire.view(modals.publish(call.engine, _owner(call, person.team), person.id, body))}
