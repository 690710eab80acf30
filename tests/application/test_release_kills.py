"""Whenever the process that records what waits is killed: nothing is lost, and nothing is recorded twice."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from counterpoise.domain.concerns import ConcernAddedTo, ConcernRaised
from tests.application.world import DAY, World, open_world, plain

MOMENTS = 40 if os.environ.get("COUNTERPOISE_TORTURE") else 4


def released(folder: Path, now: int, line: int) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.application.release_apart", str(folder), str(now), str(line)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2])


def test_a_release_killed_at_any_moment_is_finished_by_the_next(world: World, tmp_path: Path) -> None:
    concerns = world.application.concerns
    first = concerns.leave(world.by("omar"), pilot=world["ferry"], words="By omar")
    concerns.release(world.clock.now + 2 * DAY)
    concerns.come_back(first, deed="add", words="More by omar")
    concerns.leave(world.by("kurt"), pilot=world["ferry"], words="By kurt")
    now = world.clock.now + 2 * DAY
    world.application.close()
    shutil.copytree(world.folder, tmp_path / "whole")
    lines = int(released(tmp_path / "whole", now, -1).stdout)

    for moment in range(MOMENTS):
        folder = tmp_path / f"killed-{moment}"
        shutil.copytree(world.folder, folder)
        killed = released(folder, now, 1 + lines * moment // MOMENTS)
        assert killed.returncode == -signal.SIGKILL, killed.stderr

        again = open_world(folder, now=now)
        with again.application:
            again.application.concerns.release(now)
            raised = sorted(plain(each)["words"] for each in again.events(ConcernRaised))
            assert raised == ["By kurt", "By omar"]
            assert [plain(each)["words"] for each in again.events(ConcernAddedTo)] == ["More by omar"]
            assert again.application.concerns.waiting() == 0
            assert again.application.log.verify().sound
