"""What other processes do to a face's memory in the tests: claim what all want, count up, put until they are killed."""

import sys
from itertools import count
from pathlib import Path

from counterpoise.store.kept import Kept
from counterpoise.store.keys import KeyStore


def claim(kept: Kept, wanted: int) -> None:
    """Say that we are ready, wait for the word, then claim what the others claim and count up what they count."""
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    taken = [n for n in range(wanted) if kept.claim("turn", str(n))]
    for _ in range(wanted):
        kept.change("count", "all", lambda value: {"n": (value or {"n": 0})["n"] + 1})
    sys.stdout.write(f"{len(taken)}\n")


def put(kept: Kept) -> None:
    """Put one value after another, and say which after each."""
    for n in count():
        kept.put("note", str(n), {"words": f"Note {n}"})
        sys.stdout.write(f"{n}\n")
        sys.stdout.flush()


def main(deed: str, path: str, *rest: str) -> None:
    """Do `deed` with the memory beside the key store at `path`."""
    with KeyStore(Path(path)) as keys:
        kept = Kept.beside(Path(path), keys)
        if deed == "claim":
            claim(kept, int(rest[0]))
        else:
            put(kept)


if __name__ == "__main__":
    main(*sys.argv[1:])
