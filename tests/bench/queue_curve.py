"""How many labels the queue of ``dafu labels queue`` saves against choosing at random: one table.

usage: python tests/bench/queue_curve.py [--seeds N] [--pool N]

A seed of paragraphs, drawn at random from the corpus' train bodies, trains a first model; then rounds of paragraphs
are chosen from the rest, by the queue or at random (among paragraphs that may state something: body, opening,
closing), labelled with the corpus' labels, and a model is trained anew. Cost is counted in labelled sentences.
Scores are macro-F1 on the held-out bodies, a mean over the seeds.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # the fits are small: threads only get in each other's way

import numpy as np

from dafu import selection
from dafu.classifier import Calibration, label_matrix
from dafu.context import context_columns
from dafu.corpus import load_corpus
from dafu.evaluation import macro_f1
from dafu.features import batch_sentences, text_grams, text_scores
from dafu.scoring import decided
from dafu.settings import train_settings
from dafu.tagger import Model, Tagger
from dafu.training import fit_context, fit_text, prepare

ROOT = Path(__file__).resolve().parents[2]
START = 300
STEPS = (600, 900, 1200, 1800, 2400, 3600)
Unit = tuple[str, tuple[int, ...]]


class Bench:
    """The train bodies' sentences as arrays, the units that may be labelled, and the held-out bodies to judge by."""

    def __init__(self) -> None:
        corpus = load_corpus(ROOT / "corpus")
        self.settings = train_settings(ROOT / "configs" / "train.toml")
        self.letters = [x for x in corpus if x.split == "train"]
        self.data = prepare(self.letters, self.settings)
        self.grams = text_grams(self.data.batch, self.settings.orders, self.settings.buckets)
        self.units: list[Unit] = []
        self.texts: list[str] = []
        row = 0
        for labelled in self.letters:
            text = labelled.letter.text
            for start, end, members in selection.units_of(labelled.letter, "paragraph"):
                self.units.append((labelled.letter.id, tuple(row + i for i in members)))
                self.texts.append(text[start:end])
            row += len(labelled.labels)
        self.vectors = selection.vectors_of(self.texts)
        judges = [x for x in corpus if x.split == "heldout"]
        self.judges = batch_sentences([x.letter for x in judges])
        self.gold = label_matrix([given for x in judges for given in x.labels], self.settings.labels)

    def learn(self, units: Sequence[Unit]) -> tuple[float, np.ndarray, np.ndarray]:
        """Train on the sentences of some units, in their letters: macro-F1, and all sentences' scores and thresholds.

        As ``training.train``, but a sentence that is not labelled teaches nothing: it only is a neighbour. The
        scores are out of fold.
        """
        data, settings = self.data, self.settings
        asked = np.zeros(len(data.batch), bool)
        asked[[i for _, members in units for i in members]] = True
        heads = len(settings.labels) + 2
        logits = np.zeros((len(asked), heads))
        clauses = np.zeros((len(asked), 4 * heads + 1))
        folds = np.unique(data.fold)
        for fold in folds:
            inside = data.fold == fold
            model = fit_text(data, asked & ~inside, settings)
            scores, parts = text_scores(data.batch, self.grams, model.weights_, model.bias_)
            logits[inside], clauses[inside] = scores[inside], parts[inside]
        columns = context_columns(data.batch, data.structure, data.names, logits, clauses)
        second = np.zeros(data.y.shape)
        for fold in folds:
            inside = data.fold == fold
            own = fit_context(columns, data, asked & ~inside, settings)
            second[inside] = own.decision_function(columns[inside])
        calibration = Calibration().fit(second[asked], data.y[asked])
        tagger = Tagger(
            Model(
                "curve",
                settings.labels,
                fit_text(data, asked, settings),
                fit_context(columns, data, asked, settings),
                calibration,
                settings.orders,
                settings.buckets,
                settings.review_band,
            )
        )
        scores, _ = tagger.scores(self.judges)
        said = decided(scores, calibration.threshold_, settings.labels).astype(np.int8)
        return macro_f1(self.gold, said), calibration.transform(second), calibration.threshold_


def spend(order: Sequence[int], units: Sequence[Unit], budget: int) -> list[int]:
    """The first of an order of units that cost no more than the budget, in sentences."""
    chosen, used = [], 0
    for i in order:
        if used >= budget:
            break
        chosen.append(i)
        used += len(units[i][1])
    return chosen


def queue_order(
    bench: Bench, scores: np.ndarray, thresholds: np.ndarray, free: Sequence[int], budget: int, seed: int
) -> list[int]:
    """Free units in the order in which the queue takes them, as ``selection.build_queue`` does."""
    unsure = selection.doubt(scores, thresholds)
    values = np.array([unsure[list(bench.units[i][1])].mean() for i in free])
    keys = np.array(
        [selection.chance(v, str(bench.units[i]), seed) for v, i in zip(values, free, strict=True)]
    )
    mean = float(np.mean([len(bench.units[i][1]) for i in free]))
    count = int(2 * budget / mean) + 1
    kept = np.argsort(-keys, kind="stable")[: selection._KEPT * int(budget / mean + 1)]
    rows = [free[i] for i in kept]
    order = selection.far_apart(
        bench.vectors[rows], values[kept], [bench.units[i][0] for i in rows], count, most=3
    )
    return [rows[i] for i in order]


def curve(bench: Bench, how: str, seed: int, steps: Sequence[int]) -> list[float]:
    rng = np.random.default_rng(seed)
    chosen = spend(rng.permutation(len(bench.units)).tolist(), bench.units, START)
    score, scores, thresholds = bench.learn([bench.units[i] for i in chosen])
    values = [score]
    for step in steps:
        budget = step - sum(len(bench.units[i][1]) for i in chosen)
        taken = set(chosen)
        free = [i for i in range(len(bench.units)) if i not in taken]
        if how == "random":
            order = rng.permutation(free).tolist()
        else:
            order = queue_order(bench, scores, thresholds, free, budget, seed)
        chosen += spend(order, bench.units, budget)
        score, scores, thresholds = bench.learn([bench.units[i] for i in chosen])
        values.append(score)
    return values


def needed(at: Sequence[int], values: Sequence[float], goal: float) -> float:
    """The cost at which a curve reaches a value, between its points by straight lines; infinite if never."""
    best = np.maximum.accumulate(values)
    if best[-1] < goal:
        return float("inf")
    i = int(np.argmax(best >= goal))
    if i == 0:
        return float(at[0])
    share = (goal - best[i - 1]) / (best[i] - best[i - 1])
    return float(at[i - 1] + share * (at[i] - at[i - 1]))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=len(STEPS), help="how many of the steps")
    args = parser.parse_args()
    bench = Bench()
    steps = STEPS[: args.steps]
    means = {}
    for how in ("random", "queue"):
        runs = np.array([curve(bench, how, seed, steps) for seed in range(args.seeds)])
        means[how] = runs.mean(axis=0)
        print(how, "each seed:", np.round(runs, 3).tolist(), flush=True)
    at = (START, *steps)
    print("| labelled sentences | random | queue | queue reaches random's value at | share |")
    print("| --- | --- | --- | --- | --- |")
    for i, cost in enumerate(at):
        reached = needed(at, means["queue"], means["random"][i])
        print(
            f"| {cost} | {means['random'][i]:.3f} | {means['queue'][i]:.3f} | {reached:.0f} | {reached / cost:.0%} |"
        )


if __name__ == "__main__":
    main()
