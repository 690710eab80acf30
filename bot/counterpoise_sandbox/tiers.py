"""Slack's rate limits, kept when they are switched on: a tier a method, one message a second and channel."""

import math
from collections import defaultdict, deque

from counterpoise_sandbox.engine import Engine
from counterpoise_sandbox.methods.call import Method
from counterpoise_sandbox.workspace import Token, Wire

A_MINUTE = {1: 1, 2: 20, 3: 50, 4: 100}
"""Calls a minute, app and team; methods of the special tier (5) have none here."""

POSTING = ("chat.postMessage", "chat.postEphemeral", "chat.meMessage")
MINUTE = 60.0


class Tiers:
    """Who called what when."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._calls: dict[tuple[str, str, str], deque[float]] = defaultdict(deque)
        self._posted: dict[tuple[str, str], float] = {}

    def wait(self, method: Method, token: Token, arguments: Wire) -> int:
        """Return how many seconds a call has to wait; 0 lets it through and counts it."""
        if not self._engine.faults.tiers:
            return 0
        now = self._engine.clock.now()
        return self._channel_wait(method, token, arguments, now) or self._tier_wait(method, token, now)

    def _channel_wait(self, method: Method, token: Token, arguments: Wire, now: float) -> int:
        if method.name not in POSTING:
            return 0
        place = (token.app_id, str(arguments.get("channel", "")))
        left = self._posted.get(place, -math.inf) + 1.0 - now
        if 0 < left <= 1:
            return 1
        self._posted[place] = now
        return 0

    def _tier_wait(self, method: Method, token: Token, now: float) -> int:
        allowed = A_MINUTE.get(method.tier)
        calls = self._calls[method.name, token.app_id, token.team]
        while calls and not now - MINUTE < calls[0] <= now:
            calls.popleft()
        if allowed is not None and len(calls) >= allowed:
            return max(1, math.ceil(calls[0] + MINUTE - now))
        calls.append(now)
        return 0
