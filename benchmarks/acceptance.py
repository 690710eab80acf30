"""Holds the backtest of real coded events against its bars: acceptance.py FOLDER."""

import json
import operator
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

VALUES = "cameo_goldstein.csv.gz"


class Bar(NamedTuple):
    """What a figure must do."""

    figure: str
    sign: str
    bar: float


EVERYWHERE = (
    Bar("gain", ">=", 0.009),
    Bar("gain_low", ">", 0.006),
    Bar("permutation_p", "<", 0.01),
    Bar("calibration_error", "<=", 0.04),
    Bar("coverage_90", ">=", 0.90),
    Bar("coverage_90", "<=", 0.98),
)

BARS = {
    "icews14.csv.gz": (
        Bar("kept", "==", 27811),
        Bar("log_loss", "<=", 0.370),
        Bar("auc", ">=", 0.875),
        *EVERYWHERE,
    ),
    "icews0515_sample.csv.gz": (
        Bar("kept", "==", 32381),
        Bar("log_loss", "<=", 0.398),
        Bar("auc", ">=", 0.840),
        *EVERYWHERE,
    ),
}

SIGNS: dict[str, Callable[[float, float], bool]] = {
    "==": operator.eq,
    "<=": operator.le,
    "<": operator.lt,
    ">=": operator.ge,
    ">": operator.gt,
}


def main() -> None:
    """Import each file into a store of its own, run its backtest, print the figures beside the bars."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 and sys.argv[1] else None
    if folder is None or not folder.is_dir():
        where = "no folder was named" if folder is None else f"{folder} is not there"
        sys.exit(
            f"Nothing was held against the bars: {where}. Name the one with {', '.join(BARS)}, {VALUES}."
        )
    absent = [name for name in (*BARS, VALUES) if not (folder / name).is_file()]
    if absent:
        sys.exit(f"Nothing was held against the bars: {', '.join(absent)} not in {folder}.")
    missed = [bar for name, bars in BARS.items() for bar in held(folder / name, folder / VALUES, bars)]
    sys.exit(f"{len(missed)} bars missed." if missed else 0)


def held(file: Path, values: Path, bars: tuple[Bar, ...]) -> list[Bar]:
    """Print the figures of a file beside its bars and return the bars it missed."""
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "log.db"
        _, importing = counterpoise("import", "interactions", str(file), "--values", str(values), store=store)
        answer, testing = counterpoise("backtest", "--json", store=store)
    figures = json.loads(answer)
    print(f"{file.name}: imported in {importing:.1f} s, tested in {testing:.1f} s")
    missed = [bar for bar in bars if not meets(figures[bar.figure], bar)]
    for bar in bars:
        verdict = "MISSED" if bar in missed else "met"
        print(f"  {bar.figure:18}{figures[bar.figure]:>12.6g}   {bar.sign:2} {bar.bar:<8g}{verdict}")
    return missed


def meets(figure: float | None, bar: Bar) -> bool:
    """Say whether a figure could be told and is as its bar asks."""
    return figure is not None and SIGNS[bar.sign](figure, bar.bar)


def counterpoise(*words: str, store: Path) -> tuple[str, float]:
    """Return what a command of the product printed on this store, and its seconds; a failure ends the run."""
    script = str(Path(sysconfig.get_path("scripts")) / "counterpoise")
    start = time.perf_counter()
    done = subprocess.run(
        [script, *words, "--store", f"sqlite:///{store}"], capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"counterpoise {' '.join(words)} failed ({done.returncode}):\n{done.stderr or done.stdout}")
    return done.stdout, time.perf_counter() - start


if __name__ == "__main__":
    main()
