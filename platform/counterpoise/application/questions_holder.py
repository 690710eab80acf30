"""What the holder of a receipt code is told of their anonymous concern: as somebody on its pilot, and nobody else."""

import json
from collections.abc import Mapping
from typing import Any

import polars as pl

from counterpoise import policy
from counterpoise.application.names import Names
from counterpoise.application.shown import Moment, Shown
from counterpoise.domain.concerns import (
    ConcernAcknowledged,
    ConcernAddedTo,
    ConcernAnswered,
    ConcernRaised,
    ConcernResolved,
    ConcernWithdrawn,
)
from counterpoise.policy import Item, Member, Visible
from counterpoise.store.keys import KeyStore
from counterpoise.store.log import Log

BECAME = {
    ConcernRaised.TOPIC: "raised",
    ConcernAcknowledged.TOPIC: "acknowledged",
    ConcernAnswered.TOPIC: "answered",
    ConcernResolved.TOPIC: "resolved",
    ConcernWithdrawn.TOPIC: "withdrawn",
}
OWN = (ConcernRaised.TOPIC, ConcernAddedTo.TOPIC, ConcernResolved.TOPIC, ConcernWithdrawn.TOPIC)
"""What only the holder says of an anonymous concern."""


class Holder:
    """Whoever came back with a receipt code: takes part in the pilot, acts for nobody, is the concern's recipient."""

    def __init__(self, log: Log, keys: KeyStore, pilot: str, concern: str) -> None:
        self._pilot = pilot
        self._stream = f"concern:{concern}"
        self._who = Member(
            id="",
            actor="",
            roles={pilot: frozenset({"participant"})},
            pseudonyms={pilot: self._stream},  # a fresh name a concern, borne in it alone
        )
        self._shown = Shown(log, keys, self._who, Moment(position=log.size()))

    def unrecorded(
        self, *, status: str, words: tuple[str, ...], waits: tuple[str, ...]
    ) -> Visible[Mapping[str, Any]]:
        """Return what a concern says that still waits, or that was ended before it was recorded."""
        told = {"said": words, "replies": (), "status": status, "waits": waits, "label": "", "severity": ""}
        item = Item(label="RED", pilot=self._pilot, recipients=(self._stream,))
        visible = policy.show(self._who, {**told, **self._where()}, item)
        if visible is None:
            raise AssertionError("a holder reads what is theirs")
        return visible

    def recorded(self, *, waits: tuple[str, ...]) -> Visible[Mapping[str, Any]]:
        """Return what a concern says, what was replied that its holder may read, and what became of it."""
        own = self._shown.rows.value.filter(pl.col("stream") == self._stream).sort("position")
        rows = own.collect().to_dicts()
        replies = tuple(self._reply(row) for row in rows if row["topic"] not in OWN)
        mine = [row for row in rows if row["topic"] in OWN]
        words = tuple(filter(None, (self._words(row) for row in mine)))
        became = [BECAME[row["topic"]] for row in rows if row["topic"] in BECAME]
        raised: dict[str, Any] = mine[0] if mine else {"label": "", "body": "{}", "occurred_at": 0}
        told = {
            "said": words,
            "replies": replies,
            "status": became[-1] if became else "withdrawn",
            "waits": waits,
            "label": raised["label"],
            "severity": json.loads(raised["body"]).get("severity", ""),
            "left": raised["occurred_at"],
        }
        return policy.computed({**told, **self._where()}, basis=self._shown.rows)

    def _where(self) -> Mapping[str, str]:
        return {"pilot": self._pilot, "title": Names(self._shown).of("pilot", self._pilot)}

    def _reply(self, row: dict[str, Any]) -> Mapping[str, Any]:
        """Return a reply by the day, without whose it is: the words speak."""
        tweak = json.loads(row["body"]).get("tweak", "")
        return {
            "became": BECAME.get(row["topic"], ""),
            "words": self._words(row),
            "tweak": Names(self._shown).of("tweak", tweak) if tweak else "",
            "day": row["recorded_at"] // 86_400_000_000 * 86_400_000_000,
        }

    def _words(self, row: dict[str, Any]) -> str:
        body = json.loads(row["body"])
        field = "reason" if "reason" in body else "words"
        return self._shown.words(row, field)
