"""Copies of a log in an SQLite file that is in use."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

PAGES = 4_096
"""Pages copied at once; between them others may write."""


def copied(store: Path, copy: Path) -> None:
    """Write the log at `store`, as it is at one moment, to a new file `copy` of mode 0600; FileExistsError if it is.

    Never copy the file itself: its newest events are in the write-ahead log beside it.
    """
    os.close(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    source = sqlite3.connect(f"{store.resolve().as_uri()}?mode=ro", uri=True)
    with closing(source), closing(sqlite3.connect(copy)) as target:
        source.backup(target, pages=PAGES)
