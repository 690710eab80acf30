"""blocks.validate and apps.manifest.validate: what Slack would refuse, told without sending anything."""

import json

from counterpoise_sandbox.checks import Problem, check_blocks, check_manifest, check_message, check_view
from counterpoise_sandbox.methods.call import Call, Refused, badly, method
from counterpoise_sandbox.methods.composing import told
from counterpoise_sandbox.workspace import Wire

LONGEST = 100_000
PARTS = ("blocks", "message", "view")


@method("blocks.validate", "blocks:raw message:raw view:raw", tokens="")
def blocks_validate(call: Call) -> Wire:
    """Return every fault of blocks, a message or a view."""
    given = [name for name in PARTS if call.has(name)]
    if len(given) != 1:
        raise badly("must provide exactly one of `blocks`, `view`, or `message`")
    name = given[0]
    value = _parsed(call.arguments[name], name)
    problems = _problems(name, value)
    if problems:
        raise Refused(f"invalid_{name}", **told(problems))
    return {}


def _parsed(value: object, name: str) -> object:
    if not isinstance(value, str):
        return value
    if len(value) > LONGEST:
        raise badly(f"[ERROR] must be no longer than {LONGEST} characters [json-pointer:/{name}]")
    try:
        return json.loads(value)
    except ValueError:
        raise badly(f"[ERROR] must be valid JSON [json-pointer:/{name}]") from None


def _problems(name: str, value: object) -> list[Problem]:
    if name == "blocks":
        return check_blocks(value, "message")
    if not isinstance(value, dict):
        raise badly(f"[ERROR] must be an object [json-pointer:/{name}]")
    return check_view(value) if name == "view" else check_message(value)


@method("apps.manifest.validate", "manifest!:json app_id", coverage="partly", tokens="")
def manifest_validate(call: Call) -> Wire:
    """Return every fault of an app manifest; here no configuration token is needed."""
    problems = check_manifest(call.arguments["manifest"])
    if problems:
        raise Refused(
            "invalid_manifest", errors=[{"message": one.message, "pointer": one.pointer} for one in problems]
        )
    return {}
