"""How many wrong labels ``dafu labels check`` finds: labels changed at random, and what it lists of them.

usage: python tests/bench/planted_errors.py [--share 0.05]

In a share of the body, opening and closing sentences of the train and dev letters one label, drawn at random, is
added or taken away. Prints how many of these are listed (recall), how many of the listed are these (precision; the
rest are errors or hard cases of the corpus, or false alarms), and the precision of the first entries, as many as
were changed.
"""

from __future__ import annotations

import argparse
import os
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

import dafu
from dafu.corpus import load_corpus
from dafu.doubts import find_doubts
from dafu.records import LABELS
from dafu.settings import train_settings

ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--share", type=float, default=0.05)
    args = parser.parse_args()
    rng = np.random.default_rng(0)
    changed: set[tuple[str, int]] = set()
    letters = []
    for x in load_corpus(ROOT / "corpus"):
        if x.split == "heldout":
            continue
        labels = list(x.labels)
        for i, sentence in enumerate(x.letter.sentences):
            kind = x.letter.paragraphs[sentence.paragraph].kind
            if kind in ("body", "opening", "closing") and rng.random() <= args.share:
                labels[i] = labels[i] ^ {LABELS[rng.integers(len(LABELS))]}
                changed.add((x.letter.id, sentence.start))
        letters.append(replace(x, labels=tuple(labels)))
    found, whose = find_doubts(letters, dafu.load(), train_settings())
    places = [(d.id, d.start) for d in found]
    hits = len(changed & set(places))
    first = len(changed & set(places[: len(changed)]))
    print(f"changed {len(changed)}, listed {len(found)} ({whose})")
    print(
        f"recall {hits / len(changed):.2f}, precision {hits / len(found):.2f}, first {len(changed)}: {first / len(changed):.2f}"
    )


if __name__ == "__main__":
    main()
