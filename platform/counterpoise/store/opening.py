"""How a log is opened: the address of its store, its vocabulary, its fold and its keys."""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

from counterpoise.domain.events import Event
from counterpoise.domain.refusals import Refusal
from counterpoise.store.database import Database, not_a_store
from counterpoise.store.log import Log
from counterpoise.store.mapper import Mapper, Words
from counterpoise.store.reading import Evolve
from counterpoise.store.sqlite import SQLiteDatabase
from counterpoise.store.upcasts import UPCASTS, Upcasts


class BadAddress(Refusal):
    """A store's address is `sqlite:///PATH` or `postgresql://...`."""

    rule = "bad-address"


def open_log(
    url: str,
    *,
    vocabulary: Mapping[str, type[Event]],
    evolve: Evolve,
    words: Words | None,
    upcasts: Upcasts = UPCASTS,
) -> Log:
    """Open the log of a store that is there. BadAddress, NotAStore, or StoreFailed if it cannot be reached."""
    return _log(_opened(url), vocabulary, evolve, words, upcasts)


def make_log(
    url: str,
    *,
    vocabulary: Mapping[str, type[Event]],
    evolve: Evolve,
    words: Words | None,
    upcasts: Upcasts = UPCASTS,
) -> Log:
    """Open a log, and make its store first where nothing is yet (a file in a folder, tables in a database)."""
    return _log(_made(url), vocabulary, evolve, words, upcasts)


def _log(
    database: Database,
    vocabulary: Mapping[str, type[Event]],
    evolve: Evolve,
    words: Words | None,
    upcasts: Upcasts,
) -> Log:
    mapper = Mapper(vocabulary, words=words, upcasts=upcasts)
    return Log(database, mapper=mapper, evolve=evolve, words=words)


def _opened(url: str) -> Database:
    if _is_postgres(url):
        from counterpoise.store.postgres import PostgresDatabase  # noqa: PLC0415  a file needs no driver

        return PostgresDatabase(url)
    path = file_of(url)
    if not path.exists():
        raise not_a_store(url, "there is no such file")
    return SQLiteDatabase(path)


def _made(url: str) -> Database:
    if _is_postgres(url):
        from counterpoise.store.postgres import PostgresDatabase  # noqa: PLC0415  a file needs no driver

        return PostgresDatabase.made(url)
    path = file_of(url)
    if not path.parent.is_dir():
        raise BadAddress(
            f"There is no folder {path.parent}.", owner="operator", remedy="Make the folder, or name another."
        )
    return SQLiteDatabase.made(path)


def _is_postgres(url: str) -> bool:
    """Whether an address is PostgreSQL's; BadAddress if it looks so and cannot be read."""
    if urlsplit(url).scheme not in {"postgres", "postgresql"}:
        return False
    from psycopg import ProgrammingError  # noqa: PLC0415  a file needs no driver
    from psycopg.conninfo import conninfo_to_dict  # noqa: PLC0415  a file needs no driver

    try:
        named = conninfo_to_dict(url).get("dbname")
    except ProgrammingError:
        named = None
    if not named:
        raise _bad(url.partition("@")[2] or url)
    return True


def file_of(url: str) -> Path:
    """Return the file an address of the form `sqlite:///PATH` names; BadAddress if it names none.

    Three slashes before a path from the current folder, four before an absolute one, as is usual.
    """
    parts = urlsplit(url)
    path = unquote(parts.path)[1:]
    if parts.scheme != "sqlite" or parts.netloc or parts.query or not path:
        raise _bad(url)
    return Path(path)


def _bad(url: str) -> BadAddress:
    return BadAddress(
        f"{url!r} is no address of a store.",
        owner="operator",
        remedy="Write sqlite:///PATH (sqlite:////PATH from the root) or postgresql://USER@HOST/DATABASE.",
    )
