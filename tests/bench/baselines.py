"""dafu beside what people use today, trained on the same letters and scored on the same sentences.

usage: python tests/bench/baselines.py [--labelled FILE.jsonl ...]

Trains on the corpus' train and dev splits; scores on its held-out bodies and on further labelled files, rows
``{"id", "text", "sentences": [{"start", "end", "labels"}]}``. One table, all in one run. The baselines see each
sentence alone, as such classifiers do; a labelled sentence takes what the tagger says of the one that overlaps
it most. spaCy's textcat takes minutes: ``--textcat`` adds it. Needs ``pip install dafu[bench]``.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from dafu.classifier import label_matrix
from dafu.corpus import LabelledLetter, load_corpus
from dafu.folding import fold
from dafu.quantities import find_quantities
from dafu.records import LABELS, Document
from dafu.settings import train_settings
from dafu.tagger import Tagger
from dafu.training import train

ROOT = Path(__file__).resolve().parents[2]
Predict = Callable[[Sequence[str]], np.ndarray]


def keyword_rules() -> Predict:
    """What an analyst writes in an afternoon."""
    planned = re.compile(r"下一步|将|拟|计划|打算|力争|争取|继续|今后|确保|预计")
    completed = re.compile(r"已|了|先后|完成|开展|印发|出台|组织|建成|累计|近年来|目前|正在")

    def predict(texts: Sequence[str]) -> np.ndarray:
        rows = []
        for text in texts:
            future = bool(planned.search(text))
            rows.append(
                [not future and bool(completed.search(text)), future, bool(find_quantities(fold(text)))]
            )
        return np.array(rows, np.int8)

    return predict


def tfidf(texts: Sequence[str], y: np.ndarray) -> Predict:
    """jieba + TfidfVectorizer + LogisticRegression, one classifier a label."""
    import jieba
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier
    from sklearn.pipeline import make_pipeline

    jieba.setLogLevel(60)
    model = make_pipeline(
        TfidfVectorizer(
            tokenizer=jieba.lcut, token_pattern=None, ngram_range=(1, 2), min_df=2, sublinear_tf=True
        ),
        OneVsRestClassifier(LogisticRegression(C=10, class_weight="balanced", max_iter=1000)),
    ).fit(texts, y)
    return lambda given: np.asarray(model.predict(given), np.int8)


def fasttext(texts: Sequence[str], y: np.ndarray) -> Predict:
    """fastText, supervised, one-versus-all, jieba words and word bigrams."""
    import fasttext as ft
    import jieba

    def words(text: str) -> str:
        return " ".join(jieba.lcut(text)).replace("\n", " ")

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "train.txt"
        lines = [
            " ".join(f"__label__{n}" for n, v in zip(LABELS, row, strict=True) if v) or "__label__other"
            for row in y
        ]
        path.write_text(
            "\n".join(f"{a} {words(t)}" for a, t in zip(lines, texts, strict=True)), encoding="utf-8"
        )
        model = ft.train_supervised(
            str(path),
            loss="ova",
            epoch=25,
            lr=0.5,
            wordNgrams=2,
            dim=100,
            bucket=200_000,
            thread=1,
            verbose=0,
        )

    def predict(given: Sequence[str]) -> np.ndarray:
        rows = np.zeros((len(given), len(LABELS)), np.int8)
        for i, text in enumerate(given):
            # the predict of the wheel's Python face does not run with NumPy 2; its core does
            for score, label in model.f.predict(words(text) + "\n", 4, 0.0, "strict"):
                name = label.removeprefix("__label__")
                if name in LABELS and score >= 0.5:
                    rows[i, LABELS.index(name)] = 1
        return rows

    return predict


def textcat(texts: Sequence[str], y: np.ndarray) -> Predict:
    """spaCy's textcat_multilabel (bag of words and CNN ensemble) over jieba words."""
    import spacy
    from spacy.training import Example

    nlp = spacy.blank("zh", config={"nlp": {"tokenizer": {"segmenter": "jieba"}}})
    component = nlp.add_pipe("textcat_multilabel")
    for name in LABELS:
        component.add_label(name)  # type: ignore[attr-defined]
    examples = [
        Example.from_dict(nlp.make_doc(t), {"cats": dict(zip(LABELS, map(float, row), strict=True))})
        for t, row in zip(texts, y, strict=True)
    ]
    optimizer = nlp.initialize(lambda: examples[:1000])
    rng = np.random.default_rng(0)
    for _ in range(6):
        order = rng.permutation(len(examples))
        for start in range(0, len(order), 128):
            nlp.update([examples[i] for i in order[start : start + 128]], sgd=optimizer, drop=0.2)
    return lambda given: np.array(
        [[doc.cats[name] >= 0.5 for name in LABELS] for doc in nlp.pipe(given)], np.int8
    )


def gold_rows(file: Path) -> list[dict]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]


def corpus_rows(letters: Sequence[LabelledLetter]) -> list[dict]:
    return [
        {
            "id": x.letter.id,
            "text": x.letter.text,
            "sentences": [
                {"start": s.start, "end": s.end, "labels": sorted(given)}
                for s, given in zip(x.letter.sentences, x.labels, strict=True)
            ],
        }
        for x in letters
    ]


def ask_tagger(tagger: Tagger, rows: Sequence[dict]) -> np.ndarray:
    answers = []
    for row, tagged in zip(rows, tagger.pipe([Document(r["id"], r["text"], "") for r in rows]), strict=True):
        for gold in row["sentences"]:
            overlaps = [
                min(gold["end"], s.end) - max(gold["start"], s.start) for s in tagged.letter.sentences
            ]
            answers.append(frozenset(tagged.sentences[int(np.argmax(overlaps))].labels))
    return label_matrix(answers, LABELS)


def f1(gold: np.ndarray, said: np.ndarray) -> np.ndarray:
    return 2 * (gold & said).sum(axis=0) / np.maximum(gold.sum(axis=0) + said.sum(axis=0), 1)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--labelled", nargs="*", type=Path, default=[])
    parser.add_argument("--textcat", action="store_true")
    args = parser.parse_args()
    letters = load_corpus(ROOT / "corpus")
    learning = [x for x in letters if x.split != "heldout"]
    texts = [x.letter.text[s.start : s.end] for x in learning for s in x.letter.sentences]
    y = label_matrix([given for x in learning for given in x.labels], LABELS)
    sets = {"held-out bodies": corpus_rows([x for x in letters if x.split == "heldout"])}
    sets |= {file.stem: gold_rows(file) for file in args.labelled}
    methods: dict[str, Predict] = {
        "keyword rules": keyword_rules(),
        "jieba + TF-IDF + LR": tfidf(texts, y),
        "fastText": fasttext(texts, y),
    }
    if args.textcat:
        methods["spaCy textcat"] = textcat(texts, y)
    tagger = Tagger(train(learning, train_settings(ROOT / "configs" / "train.toml")))
    print(f"trained on {len(learning)} letters, {len(texts)} sentences")
    print("| set | method | " + " | ".join(LABELS) + " | macro-F1 |\n| --- | --- | " + "--- | " * 4)
    for name, rows in sets.items():
        sentences = [r["text"][s["start"] : s["end"]].strip() for r in rows for s in r["sentences"]]
        gold = label_matrix([frozenset(s["labels"]) for r in rows for s in r["sentences"]], LABELS)
        for method, predict in methods.items():
            show(name, method, f1(gold, predict(sentences)))
        show(name, "dafu", f1(gold, ask_tagger(tagger, rows)))


def show(name: str, method: str, values: np.ndarray) -> None:
    print(
        f"| {name} | {method} | " + " | ".join(f"{v:.3f}" for v in values) + f" | {values.mean():.3f} |",
        flush=True,
    )


if __name__ == "__main__":
    main()
