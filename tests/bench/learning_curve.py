"""How quality grows with the corpus: one table.

usage: python tests/bench/learning_curve.py [--labelled FILE.jsonl ...]

Trains on 10% … 100% of the train and dev letters (whole issuing bodies, in the order of a hash of their names, so
that each step holds the one before) and scores each model on the held-out bodies and on further labelled files.
"""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

from baselines import ROOT, ask_tagger, corpus_rows, f1, gold_rows

from dafu.classifier import label_matrix
from dafu.corpus import load_corpus
from dafu.records import LABELS
from dafu.settings import train_settings
from dafu.tagger import Tagger
from dafu.training import train

STEPS = (0.1, 0.25, 0.5, 0.75, 1.0)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--labelled", nargs="*", type=Path, default=[])
    args = parser.parse_args()
    letters = load_corpus(ROOT / "corpus")
    learning = [x for x in letters if x.split != "heldout"]
    learning.sort(key=lambda x: hashlib.sha256(x.issuer.encode() + b"curve").hexdigest())
    sets = {"held-out bodies": corpus_rows([x for x in letters if x.split == "heldout"])}
    sets |= {file.stem: gold_rows(file) for file in args.labelled}
    print("| share | letters | sentences | " + " | ".join(f"{name} macro-F1" for name in sets) + " |")
    print("| --- | --- | --- |" + " --- |" * len(sets))
    for share in STEPS:
        part = learning[: max(2, round(share * len(learning)))]
        tagger = Tagger(train(part, train_settings(ROOT / "configs" / "train.toml")))
        values = []
        for rows in sets.values():
            gold = label_matrix([frozenset(s["labels"]) for r in rows for s in r["sentences"]], LABELS)
            values.append(float(f1(gold, ask_tagger(tagger, rows)).mean()))
        sentences = sum(len(x.labels) for x in part)
        print(
            f"| {share:.0%} | {len(part)} | {sentences} | " + " | ".join(f"{v:.3f}" for v in values) + " |",
            flush=True,
        )


if __name__ == "__main__":
    main()
