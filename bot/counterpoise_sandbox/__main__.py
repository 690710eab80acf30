"""Run a sandbox: `python -m counterpoise_sandbox --port N [--workspace FILE] [--app MANIFEST] [--json]`."""

import argparse
import asyncio
import json
import signal
import sys
from pathlib import Path

from counterpoise_sandbox import pages
from counterpoise_sandbox.checks import check_manifest
from counterpoise_sandbox.control import addresses
from counterpoise_sandbox.engine import Engine
from counterpoise_sandbox.first_workspace import first_workspace
from counterpoise_sandbox.running import engine_of
from counterpoise_sandbox.server import application, serve
from counterpoise_sandbox.workspace import Wire
from counterpoise_sandbox.workspace_file import Unreadable, read, shown

PORT = 8085


def asked(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="counterpoise_sandbox", description="A pretend Slack workspace on this machine, for any app."
    )
    parser.add_argument(
        "--port", type=int, default=PORT, help=f"port of the loopback (0: a free one; {PORT})"
    )
    parser.add_argument(
        "--workspace", type=Path, metavar="FILE", help="teams, people, channels and apps as JSON"
    )
    parser.add_argument(
        "--app", type=Path, metavar="MANIFEST", action="append", default=[], help="an app's manifest"
    )
    parser.add_argument(
        "--json", action="store_true", help="print ids, tokens, secrets and addresses as one line of JSON"
    )
    return parser.parse_args(arguments)


def file_of(workspace: Path | None, manifests: list[Path]) -> Wire:
    """Return the workspace to run, with the apps of the manifests added to it; raises Unreadable."""
    apps = [_app(path) for path in manifests]
    if workspace is None:
        return first_workspace(*apps)
    file = read(workspace)
    return {**file, "apps": [*file.get("apps", []), *apps]}


def _app(path: Path) -> Wire:
    manifest = read(path)
    problems = check_manifest(manifest)
    for problem in problems:
        sys.stderr.write(f"{path}: {problem.pointer}: {problem.message}\n")
    if problems:
        raise Unreadable(f"{path}: Slack would refuse this manifest.")
    return {"manifest": manifest}


async def run(engine: Engine, port: int, *, as_json: bool) -> None:
    """Serve until SIGTERM or SIGINT; say where, and on request everything an app needs."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    runner = await serve(engine, application(engine, routes=pages.routes(engine)), port)
    try:
        said = addresses(engine) | shown(engine.workspace)
        sys.stdout.write(json.dumps(said, ensure_ascii=False) if as_json else _greeting(engine))
        sys.stdout.write("\n")
        sys.stdout.flush()
        await stopped.wait()
    finally:
        await runner.cleanup()


def _greeting(engine: Engine) -> str:
    apps = ", ".join(app.name for app in engine.workspace.apps.values())
    return f"The sandbox is at {engine.address} (Web API {engine.address}/api/), with {apps}."


def main(arguments: list[str]) -> int:
    """Run, and return the exit status: 2 where a file cannot be read, 1 where the port is taken."""
    options = asked(arguments)
    try:
        engine = engine_of(file_of(options.workspace, options.app))
    except Unreadable as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 2
    try:
        asyncio.run(run(engine, options.port, as_json=options.json))
    except OSError as failure:
        sys.stderr.write(f"{failure}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
