"""The weights of understanding, fitted on the sentences that are not held out: run as a module to write them.

A multinomial logistic choice over the score of each intent's cues and a few features of the text, the same for all
languages, with a penalty on large weights. A sentence to be asked about should be even between what it may be.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from counterpoise_bot.understanding import intents
from counterpoise_bot.understanding.tables import LANGUAGES, model

SENTENCES = Path(__file__).parent / "sentences"
WEIGHTS = Path(intents.__file__).parent / "tables" / "weights.toml"
PENALTY = 0.02
UNCUED = 0.3
"""What a sentence counts once more with its cues unheard: people find words that no table has."""

EVEN = {"concern": 0.34, "reflection": 0.33, "none": 0.33}
"""Where the weight of a sentence goes that must be asked about."""

Floats = NDArray[np.float64]


class Example(NamedTuple):
    """A sentence as the fit sees it: scores and features in order, and how likely each intent should be."""

    scores: list[float]
    features: list[float]
    wanted: list[float]
    counts: float = 1.0


def sentences(language: str) -> list[dict[str, Any]]:
    """Return the sentences of a language as they stand in the file."""
    return list(tomllib.loads((SENTENCES / f"{language}.toml").read_text(encoding="utf-8"))["sentence"])


def examples() -> list[Example]:
    """Return what the fit learns from: every sentence that is not held out."""
    told = [one for language in LANGUAGES for one in sentences(language) if not one.get("held", False)]
    seen = [_example(one) for one in told]
    return [*seen, *(one._replace(scores=[0.0] * len(one.scores), counts=UNCUED) for one in seen)]


def _example(sentence: Mapping[str, Any]) -> Example:
    heard = intents.hear(sentence["text"])
    scores, features = intents.scores(heard), intents.features(heard)
    wanted = EVEN if sentence["intent"] == "ask" else {sentence["intent"]: 1.0}
    order = model().intents
    return Example(
        [scores.get(intent, 0.0) for intent in order],
        list(features.values()),
        [wanted.get(intent, 0.0) for intent in order],
    )


def fitted(told: list[Example]) -> tuple[Floats, Floats]:
    """Return the weight of each intent's cues, and of each feature for each intent."""
    scores = np.array([one.scores for one in told])
    features = np.array([one.features for one in told])
    wanted = np.array([one.wanted for one in told])
    counts = np.array([[one.counts] for one in told])
    many, width = scores.shape[1], features.shape[1]

    def loss(flat: Floats) -> tuple[float, Floats]:
        cues, weights = flat[:many], flat[many:].reshape(width, many)
        heights = scores * cues + features @ weights
        heights -= heights.max(axis=1, keepdims=True)
        odds = np.exp(heights)
        shares = odds / odds.sum(axis=1, keepdims=True)
        off = counts * (shares - wanted) / counts.sum()
        cost = -(counts * wanted * np.log(shares + 1e-12)).sum() / counts.sum()
        penalty = PENALTY / 2 * (((cues - 1) ** 2).sum() + (weights**2).sum()) / 10
        slope = np.concatenate(
            [
                (off * scores).sum(axis=0) + PENALTY / 10 * (cues - 1),
                (features.T @ off + PENALTY / 10 * weights).ravel(),
            ]
        )
        return float(cost + penalty), slope

    start = np.concatenate([np.ones(many), np.zeros(width * many)])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 2000})
    return found.x[:many], found.x[many:].reshape(width, many)


def page(cues: Floats, weights: Floats, names: list[str]) -> str:
    """Return `weights.toml`."""
    order = model().intents
    lines = [
        "# Fitted by `python -m tests.bot.fitting` on the sentences that are not held out. Do not edit.",
        "",
        "[cues]",
    ]
    lines += [f"{intent} = {weight:.3f}" for intent, weight in zip(order, cues, strict=True)]
    for at, intent in enumerate(order):
        lines += ["", f"[features.{intent}]"]
        lines += [f"{name} = {weight:.3f}" for name, weight in zip(names, weights[:, at], strict=True)]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Fit, and write the weights."""
    told = examples()
    names = list(intents.features(intents.hear("")))
    WEIGHTS.write_text(page(*fitted(told), names))


if __name__ == "__main__":
    main()
