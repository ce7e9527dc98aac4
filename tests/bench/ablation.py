"""What each part of the model brings: one table.

usage: python tests/bench/ablation.py [--labelled FILE.jsonl ...]

Trains on the train and dev splits, scores on the held-out bodies and on further labelled files (see
``baselines.py``). Each row adds to the one before: the text pass on n-grams and words; + frames of clauses; + cues and
quantities; + structure; + the context pass; neighbours trusted less; parts of letters, as they are and in the other
tense; + calibration and thresholds.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from unittest import mock

import numpy as np
from baselines import ROOT, corpus_rows, f1, gold_rows

from dafu.classifier import Calibration, ContextPass, label_matrix
from dafu.context import context_columns
from dafu.corpus import load_corpus
from dafu.evaluation import calibration_error
from dafu.features import batch_sentences, text_grams, text_scores
from dafu.letter import parse_letter
from dafu.records import LABELS, QUANTITATIVE
from dafu.scoring import decided
from dafu.settings import train_settings
from dafu.structure import structure_columns
from dafu.training import fit_context, fit_text, out_of_fold, parts_of, prepare

ALONE = (LABELS.index(QUANTITATIVE),)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--labelled", nargs="*", type=Path, default=[])
    args = parser.parse_args()
    settings = train_settings(ROOT / "configs" / "train.toml")
    letters = load_corpus(ROOT / "corpus")
    learned = [x for x in letters if x.split != "heldout"]
    data = prepare(learned, settings)
    logits, clauses = out_of_fold(data, settings)
    text = fit_text(data, np.ones(len(data.batch), bool), settings)
    names = list(data.names)
    k, heads = len(names), len(LABELS) + 2
    cues = [i for i, n in enumerate(names) if n.startswith(("cue=", "quantit", "no_quantity", "chinese"))]
    own = list(range(k, k + heads))
    full = context_columns(data.batch, data.structure, names, logits, clauses)
    steps = {
        "+ cues and quantities": own + cues,
        "+ structure": own + list(range(k)),
        "+ context pass": list(range(full.shape[1])),
    }
    sets = {"held-out bodies": corpus_rows([x for x in letters if x.split == "heldout"])}
    sets |= {file.stem: gold_rows(file) for file in args.labelled}
    prepared = {name: _prepare(rows, text, names, settings) for name, rows in sets.items()}
    print("| features | " + " | ".join(f"{name} macro-F1 | ECE" for name in sets) + " |")
    print("| --- |" + " --- | --- |" * len(sets))
    with mock.patch("dafu.features.GROUP_WEIGHTS", (1.0, 1.0, 0.0)):
        plain = prepare(learned, settings)
        without = fit_text(plain, np.ones(len(plain.batch), bool), settings)
        bare = [_prepare(rows, without, names, settings) for rows in sets.values()]
    _row("text pass, n-grams and words", [_scores(p[1][:, : len(LABELS)], p[3]) for p in bare])
    _row("+ frames of clauses", [_scores(p[1][:, : len(LABELS)], p[3]) for p in prepared.values()])
    model = ContextPass()
    for step, columns in steps.items():
        model = ContextPass(settings.context_strength, ALONE).fit(full[:, columns], data.y)
        _row(
            step, [_scores(model.decision_function(p[0][:, columns]), p[3], p[2]) for p in prepared.values()]
        )
    parts = parts_of(data, logits, clauses, settings, data.y)
    untouched = parts_of(data, logits, clauses, replace(settings, counterfactuals=False), data.y)
    everything = np.ones(len(data.batch), bool)
    for step, more in (
        ("+ neighbours trusted less", None),
        ("+ parts of letters", untouched),
        ("+ parts in the other tense", parts),
    ):
        model = fit_context(full, data, everything, settings, more)
        _row(step, [_scores(model.decision_function(p[0]), p[3], p[2]) for p in prepared.values()])
    second = np.zeros(data.y.shape)
    for fold in np.unique(data.fold):
        inside = data.fold == fold
        second[inside] = fit_context(full, data, ~inside, settings, parts).decision_function(full[inside])
    calibration = Calibration().fit(second, data.y)
    results = []
    for columns_of, _, at, gold in prepared.values():
        scores = calibration.transform(model.decision_function(columns_of))[at]
        said = decided(scores, calibration.threshold_, LABELS).astype(np.int8)
        results.append((float(f1(gold, said).mean()), calibration_error(gold, scores)))
    _row("+ calibration and thresholds", results)


def _prepare(rows, text, names, settings):  # type: ignore[no-untyped-def]
    batch = batch_sentences([parse_letter(row["text"]) for row in rows])
    structure, _ = structure_columns(batch)
    logits, clauses = text_scores(
        batch, text_grams(batch, settings.orders, settings.buckets), text.weights_, text.bias_
    )
    at = []
    first = 0
    for row, letter in zip(rows, batch.letters, strict=True):
        for gold in row["sentences"]:
            overlaps = [min(gold["end"], s.end) - max(gold["start"], s.start) for s in letter.sentences]
            at.append(first + int(np.argmax(overlaps)))
        first += len(letter.sentences)
    gold = label_matrix([frozenset(s["labels"]) for row in rows for s in row["sentences"]], LABELS)
    columns = context_columns(batch, structure, names, logits, clauses)
    return columns, logits[at], at, gold


def _scores(logits: np.ndarray, gold: np.ndarray, at: list[int] | None = None) -> tuple[float, float]:
    chosen = logits if at is None else logits[at]
    probabilities = 1 / (1 + np.exp(-chosen))
    said = (probabilities >= 0.5).astype(np.int8)
    return float(f1(gold, said).mean()), calibration_error(gold, probabilities)


def _row(name: str, results: list[tuple[float, float]]) -> None:
    print(
        f"| {name} | " + " | ".join(f"{macro:.3f} | {error:.3f}" for macro, error in results) + " |",
        flush=True,
    )


if __name__ == "__main__":
    main()
