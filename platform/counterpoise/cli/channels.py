"""`channel`: which chat channel belongs to which pilot."""

from cyclopts import App

from counterpoise.cli.door import SOMEONE, Who
from counterpoise.cli.meant import Meant
from counterpoise.domain.conduct import ChannelState

app = App(name="channel", help="Chat channels, and the pilots they belong to.")


@app.command
def link(team: str, channel: str, pilot: str, *, door: Who = SOMEONE) -> None:
    """Join a chat channel and a pilot you coordinate: what is said there is about it from then on.

    Parameters
    ----------
    team
        The id of the workspace, as T024BE7LH.
    channel
        The id of the channel, as C0123ABCD.
    pilot
        Its title, id, or the start of one.
    """
    with door.application() as (application, by):
        meant = Meant(application, by).one("pilot", pilot)
        receipt = application.pilots.link_channel(by, pilot=meant, team=team, channel=channel)
    if door.json:
        door.paper.document(
            {"channel": channel, "events": receipt.events, "pilot": meant, "team": team},
        )
        return
    door.paper.facts({"linked": f"{team}/{channel}", "pilot": pilot, "events": " ".join(receipt.events)})


@app.command
def unlink(team: str, channel: str, *, door: Who = SOMEONE) -> None:
    """Part a chat channel from its pilot.

    Parameters
    ----------
    team
        The id of the workspace.
    channel
        The id of the channel.
    """
    with door.application() as (application, by):
        pilot = application.channel_pilot(team, channel)
        if not (pilot and by.roles.get(pilot)):  # of another's nothing is told, not even that it is linked
            raise ChannelState(
                "This channel belongs to no pilot you know.", owner="you", remedy="`channel list` shows them."
            )
        receipt = application.pilots.unlink_channel(by, pilot=pilot, team=team, channel=channel)
    if door.json:
        door.paper.document({"channel": channel, "events": receipt.events, "pilot": pilot, "team": team})
        return
    door.paper.facts({"unlinked": f"{team}/{channel}", "events": " ".join(receipt.events)})


@app.default
@app.command(name="list")
def listed(*, door: Who = SOMEONE) -> None:
    """List the channels of the pilots you know."""
    with door.questions() as (questions, reader):
        found = questions.chat.channels(reader)
    if door.json:
        door.paper.document({"basis": found.basis, "channels": found.value})
        return
    rows = [[row["team"], row["channel"], row["title"]] for row in found.value]
    door.paper.table(("team!", "channel!", "pilot~"), rows)
