"""One anonymous voice a person a phase: who has spoken is known as a token, under a key that ends with the phase."""

import hmac
import os

import msgspec

from counterpoise.domain.refusals import Refusal
from counterpoise.store.keys import KeyStore

DRAWER = "phase:"
KEY = "key"
OVER = -1
"""No phase: that of a pilot which has ended."""
KEY_BYTES = 32


class SpokenAlready(Refusal):
    """One person has one anonymous voice a phase."""

    rule = "spoken-already"


def speak(keys: KeyStore, pilot: str, phase: int, person: str) -> None:
    """Use a person's voice in a phase of a pilot. SpokenAlready if it is used; within a turn of the key store."""
    drawer = _drawer(pilot)
    token = hmac.digest(_key(keys, drawer, phase), person.encode(), "sha256").hex()
    if keys.drawers.look(drawer, token) is not None:
        raise SpokenAlready(
            "You have left an anonymous concern in this phase of the pilot already.",
            owner="you",
            remedy="With its receipt code you can add words to it; in the next phase you may leave another.",
        )
    keys.drawers.put(drawer, token, "")


def begin(keys: KeyStore, pilot: str, phase: int) -> None:
    """Destroy what is left of another phase than this one, where its end was missed; OVER: of any."""
    kept = keys.drawers.look(_drawer(pilot), KEY)
    if kept is not None and msgspec.json.decode(kept.text)["phase"] != phase:
        end(keys, pilot)


def end(keys: KeyStore, pilot: str) -> None:
    """Destroy the key of a pilot's phase, and its tokens: after that, none leads to anybody."""
    keys.burn(_drawer(pilot))


def remembered(keys: KeyStore) -> list[str]:
    """Return the pilots of which it is remembered who has spoken."""
    return [drawer.removeprefix(DRAWER) for drawer in keys.drawers.names(DRAWER)]


def _key(keys: KeyStore, drawer: str, phase: int) -> bytes:
    kept = keys.drawers.look(drawer, KEY)
    if kept is not None:
        return bytes.fromhex(msgspec.json.decode(kept.text)["key"])
    secret = os.urandom(KEY_BYTES)
    row = msgspec.json.encode({"phase": phase, "key": secret.hex()}).decode()
    keys.drawers.put(drawer, KEY, row)
    return secret


def _drawer(pilot: str) -> str:
    return f"{DRAWER}{pilot}"
