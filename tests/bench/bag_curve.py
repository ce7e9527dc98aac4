"""What labels of paragraphs bring beside labels of sentences: one table.

usage: python tests/bench/bag_curve.py [--base 100] [--more 50 100 200] [--seeds 5] [--paragraphs-only]

A small base of letters labelled by sentence, then N more letters labelled by sentence, or the same N labelled by
paragraph; whole issuing bodies of the train split, drawn anew for each seed, scored on the held-out bodies. The
last column is the share of the gain that remains when only paragraphs are labelled. ``--paragraphs-only`` labels
the base by paragraph too.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from dafu.corpus import Bag, LabelledLetter, load_corpus
from dafu.evaluation import macro_f1, tag_labelled
from dafu.settings import train_settings
from dafu.tagger import Tagger
from dafu.training import train

ROOT = Path(__file__).resolve().parents[2]


def by_paragraph(labelled: LabelledLetter) -> LabelledLetter:
    """The letter as somebody labels it who looks at paragraphs only."""
    members: dict[int, list[int]] = {}
    for i, sentence in enumerate(labelled.letter.sentences):
        members.setdefault(sentence.paragraph, []).append(i)
    bags = tuple(
        Bag(paragraph, tuple(rows), frozenset[str]().union(*(labelled.labels[i] for i in rows)))
        for paragraph, rows in members.items()
    )
    nothing = (frozenset[str](),) * len(labelled.labels)
    return replace(labelled, labels=nothing, bags=bags, seen=(False,) * len(nothing))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--base", type=int, default=100)
    parser.add_argument("--more", type=int, nargs="+", default=[50, 100, 200])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--paragraphs-only", action="store_true")
    args = parser.parse_args()
    letters = load_corpus(ROOT / "corpus")
    test = [x for x in letters if x.split == "heldout"]
    pool = [x for x in letters if x.split == "train"]
    settings = train_settings(ROOT / "configs" / "train.toml")

    def quality(part: Sequence[LabelledLetter]) -> float:
        answers = tag_labelled(Tagger(train(part, settings)), test)
        return macro_f1(answers.gold, answers.said)

    print("| seed | letters more | base | + by sentence | + by paragraph | share of the gain |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: |", flush=True)
    gains: dict[int, list[tuple[float, float]]] = {n: [] for n in args.more}
    for seed in range(args.seeds):
        bodies = sorted({x.issuer for x in pool})
        np.random.default_rng(seed).shuffle(bodies)
        place = {name: i for i, name in enumerate(bodies)}
        drawn = sorted(pool, key=lambda x: place[x.issuer])
        base = [by_paragraph(x) if args.paragraphs_only else x for x in drawn[: args.base]]
        start = quality(base)
        for n in args.more:
            new = drawn[args.base : args.base + n]
            fine = quality([*base, *new])
            coarse = quality([*base, *map(by_paragraph, new)])
            gains[n].append((fine - start, coarse - start))
            share = (coarse - start) / (fine - start)
            print(f"| {seed} | {n} | {start:.3f} | {fine:.3f} | {coarse:.3f} | {share:.0%} |", flush=True)
    for n, pairs in gains.items():
        fine, coarse = np.mean(pairs, axis=0)
        print(f"| mean | {n} | | +{fine:.3f} | +{coarse:.3f} | {coarse / fine:.0%} |")


if __name__ == "__main__":
    main()
