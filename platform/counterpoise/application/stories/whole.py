"""Every story, in the order they go on in where they meet on a day."""

from counterpoise.application.stories.bridge import table_top
from counterpoise.application.stories.campaign import campaign
from counterpoise.application.stories.cast import chat_ceilings, comings_and_goings, contexts, gathering
from counterpoise.application.stories.dark import war_game
from counterpoise.application.stories.lab import network_lab
from counterpoise.application.stories.liaison import liaison_cell
from counterpoise.application.stories.needs import needs_and_logistics
from counterpoise.application.stories.notebooks import parallel_assessments
from counterpoise.application.stories.status import network_status
from counterpoise.application.stories.survey import logistics_and_survey
from counterpoise.application.stories.teams import mixed_teams
from counterpoise.application.stories.travellers import escort_photograph, nine_days, spying_drones
from counterpoise.application.storytelling import Story, Teller

STORIES = (
    gathering,
    contexts,
    comings_and_goings,
    liaison_cell,
    needs_and_logistics,
    parallel_assessments,
    table_top,
    mixed_teams,
    logistics_and_survey,
    network_lab,
    network_status,
    campaign,
    war_game,
    escort_photograph,
    nine_days,
    spying_drones,
    chat_ceilings,
)


def stories(tell: Teller) -> list[Story]:
    """Return every story, not yet begun."""
    return [story(tell) for story in STORIES]
