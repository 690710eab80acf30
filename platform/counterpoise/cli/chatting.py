"""`bot`: the Slack bot, run alone until it is stopped."""

import asyncio
import os
import signal
import sys

from counterpoise.application.operations import opened
from counterpoise.cli.answers import FINE
from counterpoise.cli.place import SOMEWHERE, Here, Place
from counterpoise_bot import form
from counterpoise_bot.running import Running, running
from counterpoise_bot.settings import Settings, settings

PORT = 3000
STOPS = (signal.SIGINT, signal.SIGTERM)


def bot(*, port: int = PORT, place: Here = SOMEWHERE) -> int:
    """Run the Slack bot on this machine until it is stopped; what was begun is ended first.

    It takes its settings from the environment: SLACK_BOT_TOKEN for one workspace, or SLACK_CLIENT_ID and
    SLACK_CLIENT_SECRET for several; COUNTERPOISE_SLACK_MODE=socket (with SLACK_APP_TOKEN) or http (with
    SLACK_SIGNING_SECRET). docs/slack.md tells of the others.

    Parameters
    ----------
    port
        Where it listens on the loopback address: for Slack behind a proxy that speaks TLS, and for its private pages.
        0 takes any that is free.
    """
    given = settings(os.environ)
    asyncio.run(_until_stopped(given, port, place))
    return FINE


async def _until_stopped(given: Settings, port: int, place: Place) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in STOPS:
        loop.add_signal_handler(each, stopped.set)
    with opened(place.url) as application:
        private = form.routes(application, public_url=given.public_url)
        async with running(application, given, port=port, form_routes=private) as found:
            _say(found, place)
            await stopped.wait()


def _say(found: Running, place: Place) -> None:
    """Say what listens where, before anything comes in."""
    mode = "Socket Mode" if found.settings.mode == "socket" else "HTTP"
    if place.json:
        place.paper.document(
            {"addresses": dict(found.addresses), "mode": found.settings.mode, "url": found.url}
        )
    else:
        place.paper.heading("Listening", mode, found.url)
        place.paper.facts(dict(found.addresses))
        place.paper.aside("Stop it with Ctrl-C; what waits to be sent is kept.")
    sys.stdout.flush()
