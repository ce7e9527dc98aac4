"""What new letters bring when a model is moved towards them, beside joint and separate training: one table.

usage: python tests/bench/update_curve.py [--more 30 100]

The base model learns from the corpus without its replies to citizens; N of these are the new letters, those of
other issuing bodies the test. *Joint* trains on all letters anew, *alone* on the new ones only. The second figure is
macro-F1 on the held-out letters of the other kinds: what is forgotten.
"""

from __future__ import annotations

import argparse
import hashlib
import time
from collections.abc import Callable
from pathlib import Path

from dafu.corpus import fold_of, load_corpus
from dafu.evaluation import macro_f1, tag_labelled
from dafu.settings import train_settings
from dafu.tagger import Model, Tagger
from dafu.training import train
from dafu.updating import update

ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--more", type=int, nargs="+", default=[30, 100])
    args = parser.parse_args()
    settings = train_settings(ROOT / "configs" / "train.toml")
    letters = load_corpus(ROOT / "corpus")
    citizens = [x for x in letters if x.meta.get("kind") == "citizen"]
    others = [x for x in letters if x.meta.get("kind") not in ("citizen", "report")]
    old = [x for x in others if x.split != "heldout"]
    test = [x for x in citizens if fold_of(x.issuer, 10) < 4]
    pool = [x for x in citizens if fold_of(x.issuer, 10) >= 4]
    pool.sort(key=lambda x: hashlib.sha256(x.letter.id.encode()).hexdigest())
    sets = (test, [x for x in others if x.split == "heldout"])

    def show(name: str, make: Callable[[], Model]) -> Model:
        began = time.perf_counter()
        model = make()
        seconds = time.perf_counter() - began
        answers = [tag_labelled(Tagger(model), part) for part in sets]
        scores = " | ".join(f"{macro_f1(a.gold, a.said):.3f}" for a in answers)
        print(f"| {name} | {scores} | {seconds:.0f} |", flush=True)
        return model

    print("| model | replies to citizens | other letters | seconds |\n| --- | ---: | ---: | ---: |")
    base = show(f"base ({len(old)} letters)", lambda: train(old, settings))
    for n in args.more:
        new = pool[:n]
        show(f"retrained on {n}", lambda new=new: update(base, new, settings))  # type: ignore[misc]
        show(f"jointly with {n}", lambda new=new: train([*old, *new], settings))  # type: ignore[misc]
        show(f"alone on {n}", lambda new=new: train(new, settings))  # type: ignore[misc]


if __name__ == "__main__":
    main()
