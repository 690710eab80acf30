"""What a face may name: members, what they may see, refusals, circumstances. Faces import these from here."""

from counterpoise.application.circumstances import PLAIN, Circumstances, Clock, Ids, fresh_id, now
from counterpoise.application.house import Application
from counterpoise.domain.events import LABELS
from counterpoise.domain.refusals import BadValue, Refusal
from counterpoise.policy import ONLOOKER, Member, Visible
from counterpoise.store.kept import Kept
from counterpoise.store.log import Receipt

__all__ = [
    "LABELS",
    "ONLOOKER",
    "PLAIN",
    "Application",
    "BadValue",
    "Circumstances",
    "Clock",
    "Ids",
    "Kept",
    "Member",
    "Receipt",
    "Refusal",
    "Visible",
    "fresh_id",
    "now",
]
