"""A sandbox for each test that asks."""

from collections.abc import AsyncIterator

import pytest_asyncio

from counterpoise_sandbox.running import Sandbox, started


@pytest_asyncio.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """Run the built-in workspace on a free port of the loopback."""
    async with started() as running:
        yield running
