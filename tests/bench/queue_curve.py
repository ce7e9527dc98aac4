"""How many labels the queue of ``dafu labels queue`` saves against choosing at random: one table.

usage: python tests/bench/queue_curve.py [--seeds N] [--pool N]

A seed of paragraphs, drawn at random from the corpus' train bodies, trains a first model; then rounds of paragraphs
are chosen from the rest, by the queue or at random (among paragraphs that may state something: body, opening,
closing), labelled with the corpus' labels, and a model is trained anew. Cost is counted in labelled sentences.
Scores are macro-F1 on the held-out bodies, a mean over the seeds.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from dafu import selection
from dafu.classifier import label_matrix
from dafu.corpus import LabelledLetter, load_corpus
from dafu.evaluation import macro_f1
from dafu.features import batch_sentences
from dafu.settings import train_settings
from dafu.tagger import Tagger
from dafu.training import train

ROOT = Path(__file__).resolve().parents[2]
START = 300
STEPS = (600, 900, 1200, 1800, 2400, 3600)
Unit = tuple[int, tuple[int, ...]]


def restrict(letters: Sequence[LabelledLetter], units: Sequence[Unit]) -> list[LabelledLetter]:
    """The letters with only the sentences of some units."""
    by_letter: dict[int, list[int]] = {}
    for letter, members in units:
        by_letter.setdefault(letter, []).extend(members)
    found = []
    for index, members in sorted(by_letter.items()):
        own = letters[index]
        members = sorted(members)
        kept = replace(own.letter, sentences=tuple(own.letter.sentences[i] for i in members))
        found.append(replace(own, letter=kept, labels=tuple(own.labels[i] for i in members)))
    return found


class Judge:
    """The held-out bodies, read once."""

    def __init__(self, letters: Sequence[LabelledLetter], names: Sequence[str]) -> None:
        self.batch = batch_sentences([x.letter for x in letters])
        self.gold = label_matrix([given for x in letters for given in x.labels], names)

    def __call__(self, tagger: Tagger) -> float:
        scores, _ = tagger.scores(self.batch)
        return macro_f1(self.gold, (scores >= tagger.model.calibration.threshold_).astype(np.int8))


def spend(order: Sequence[int], units: Sequence[Unit], budget: int) -> list[Unit]:
    """The first units of an order that cost no more than the budget, in sentences."""
    chosen, used = [], 0
    for i in order:
        if used >= budget:
            break
        chosen.append(units[i])
        used += len(units[i][1])
    return chosen


def queue_order(
    tagger: Tagger,
    letters: Sequence[LabelledLetter],
    batch: object,
    first: np.ndarray,
    free: Sequence[Unit],
    budget: int,
    seed: int,
) -> list[int]:
    """Indices into ``free`` in the order in which the queue takes them; as ``selection.build_queue`` does."""
    scores, _ = tagger.scores(batch)  # type: ignore[arg-type]
    unsure = selection.doubt(scores, tagger.model.calibration.threshold_)
    values = np.array([unsure[[first[a] + i for i in members]].mean() for a, members in free])
    keys = np.array(
        [selection.chance(v, f"{a}/{m[0]}", seed) for v, (a, m) in zip(values, free, strict=True)]
    )
    mean = float(np.mean([len(m) for _, m in free]))
    count = int(2 * budget / mean) + 1
    kept = np.argsort(-keys, kind="stable")[: selection._KEPT * int(budget / mean + 1)]
    texts = []
    for i in kept:
        a, members = free[i]
        sentences = letters[a].letter.sentences
        texts.append(letters[a].letter.text[sentences[members[0]].start : sentences[members[-1]].end])
    order = selection.far_apart(
        selection.vectors_of(texts), values[kept], [free[i][0] for i in kept], count, most=3
    )
    return [int(kept[i]) for i in order]


def curve(
    letters: Sequence[LabelledLetter], judge: Judge, how: str, seed: int, steps: Sequence[int]
) -> list[float]:
    settings = train_settings(ROOT / "configs" / "train.toml")
    rng = np.random.default_rng(seed)
    units: list[Unit] = [
        (a, tuple(members))
        for a, x in enumerate(letters)
        for _, _, members in selection.units_of(x.letter, "paragraph")
    ]
    order = rng.permutation(len(units)).tolist()
    chosen = spend(order, units, START)
    batch = batch_sentences([x.letter for x in letters])
    first = np.cumsum([0] + [len(x.labels) for x in letters])
    values = []
    tagger = Tagger(train(restrict(letters, chosen), settings))
    values.append(judge(tagger))
    for step in steps:
        budget = step - sum(len(m) for _, m in chosen)
        free = [u for u in units if u not in set(chosen)]
        if how == "random":
            picked = spend(rng.permutation(len(free)).tolist(), free, budget)
        else:
            picked = spend(queue_order(tagger, letters, batch, first, free, budget, seed), free, budget)
        chosen += picked
        tagger = Tagger(train(restrict(letters, chosen), settings))
        values.append(judge(tagger))
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
    corpus = load_corpus(ROOT / "corpus")
    letters = [x for x in corpus if x.split == "train"]
    names = train_settings(ROOT / "configs" / "train.toml").labels
    judge = Judge([x for x in corpus if x.split == "heldout"], names)
    steps = STEPS[: args.steps]
    means = {}
    for how in ("random", "queue"):
        runs = np.array([curve(letters, judge, how, seed, steps) for seed in range(args.seeds)])
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
