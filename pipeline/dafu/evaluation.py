"""How good a model is on labelled letters: scores, calibration, groups, errors, gains and losses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dafu.classifier import label_matrix
from dafu.corpus import LabelledLetter
from dafu.records import COMPLETED, PLANNED, Document, Label, SentenceTag, TaggedLetter
from dafu.tables import evidence_text, label_names
from dafu.tagger import Tagger
from dafu.tags import paragraph_tags

_BINS = 10
_RESAMPLES = 1000


@dataclass(frozen=True, slots=True)
class Counts:
    """True and false positives and false negatives of one label."""

    hits: int
    false: int
    missed: int

    @property
    def precision(self) -> float:
        """Share of what was said that is right; 0 where nothing was said."""
        return self.hits / (self.hits + self.false) if self.hits + self.false else 0.0

    @property
    def recall(self) -> float:
        """Share of what is there that was said; 0 where there is none."""
        return self.hits / (self.hits + self.missed) if self.hits + self.missed else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        total = 2 * self.hits + self.false + self.missed
        return 2 * self.hits / total if total else 0.0


@dataclass(frozen=True, slots=True)
class Tagged:
    """Labelled letters with a tagger's answers: gold and said, 0/1 of shape (n, labels), scores (n, labels).

    Rows are the sentences that somebody looked at; ``letter`` (n,) says whose they are.
    """

    letters: Sequence[LabelledLetter]
    tagged: Sequence[TaggedLetter]
    labels: tuple[Label, ...]
    gold: NDArray[np.int8]
    said: NDArray[np.int8]
    scores: NDArray[np.float64]
    letter: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Report:
    """Scores of one set of letters. ``interval`` is the 95% bootstrap interval of macro-F1, by letters."""

    letters: int
    sentences: int
    counts: dict[Label, Counts]
    macro_f1: float
    interval: tuple[float, float]
    exact: float
    primary: float
    confusion: dict[tuple[str, str], int]
    calibration_error: float


def tag_labelled(tagger: Tagger, letters: Sequence[LabelledLetter]) -> Tagged:
    """Tag labelled letters and line the answers up with their labels."""
    documents = [Document(labelled.letter.id, labelled.letter.text, "") for labelled in letters]
    tagged = list(tagger.pipe(documents))
    names = tagger.model.labels
    known = np.array([k for labelled in letters for k in labelled.known], bool)
    scores = [[tag.scores[name] for name in names] for letter in tagged for tag in letter.sentences]
    return Tagged(
        letters,
        tagged,
        names,
        label_matrix([given for labelled in letters for given in labelled.labels], names)[known],
        label_matrix([frozenset(tag.labels) for letter in tagged for tag in letter.sentences], names)[known],
        np.array(scores).reshape(-1, len(names))[known],
        np.repeat(np.arange(len(letters)), [len(labelled.labels) for labelled in letters])[known],
    )


def score(answers: Tagged) -> Report:
    """Scores over all letters."""
    gold, said = answers.gold, answers.said
    return Report(
        len(answers.letters),
        len(gold),
        {name: _counts(gold[:, i], said[:, i]) for i, name in enumerate(answers.labels)},
        macro_f1(gold, said),
        _bootstrap(answers),
        float((gold == said).all(axis=1).mean()) if len(gold) else 0.0,
        _primary(answers),
        _confusion(answers),
        calibration_error(answers.gold, answers.scores),
    )


def _counts(gold: NDArray[np.int8], said: NDArray[np.int8]) -> Counts:
    return Counts(int((gold & said).sum()), int((said & ~gold & 1).sum()), int((gold & ~said & 1).sum()))


def macro_f1(gold: NDArray[np.int8], said: NDArray[np.int8]) -> float:
    """Mean F1 over the labels; 0/1 matrices of shape (n, labels)."""
    hits = (gold & said).sum(axis=0)
    return float((2 * hits / np.maximum(gold.sum(axis=0) + said.sum(axis=0), 1)).mean())


def _bootstrap(answers: Tagged) -> tuple[float, float]:
    """95% interval of macro-F1 under resampling of letters (sentences of a letter depend on each other)."""
    n = len(answers.letters)
    if n < 2:
        value = macro_f1(answers.gold, answers.said)
        return value, value
    per_letter = np.zeros((n, 3, len(answers.labels)))
    np.add.at(per_letter[:, 0], answers.letter, answers.gold & answers.said)
    np.add.at(per_letter[:, 1], answers.letter, answers.gold)
    np.add.at(per_letter[:, 2], answers.letter, answers.said)
    draws = np.random.default_rng(0).integers(0, n, (_RESAMPLES, n))
    sums = np.array([per_letter[draw].sum(axis=0) for draw in draws])
    values = (2 * sums[:, 0] / np.maximum(sums[:, 1] + sums[:, 2], 1)).mean(axis=1)
    low, high = np.quantile(values, [0.025, 0.975])
    return float(low), float(high)


def _primary(answers: Tagged) -> float:
    """Share of paragraphs whose primary label is right; those with a sentence that nobody looked at do not count."""
    right = total = 0
    for labelled, tagged in zip(answers.letters, answers.tagged, strict=True):
        gold_tags = [
            SentenceTag(tuple(n for n in answers.labels if n in given), dict.fromkeys(answers.labels, 0.0))
            for given in labelled.labels
        ]
        gold = paragraph_tags(labelled.letter, gold_tags, answers.labels)
        unseen = {
            s.paragraph for s, k in zip(labelled.letter.sentences, labelled.known, strict=True) if not k
        }
        right += sum(
            g.label == t.label
            for i, (g, t) in enumerate(zip(gold, tagged.paragraphs, strict=True))
            if i not in unseen
        )
        total += len(gold) - len(unseen)
    return right / total if total else 0.0


def _confusion(answers: Tagged) -> dict[tuple[str, str], int]:
    """How often (gold, said) occurred among completed, planned, both and neither."""
    if COMPLETED not in answers.labels or PLANNED not in answers.labels:
        return {}
    c, p = answers.labels.index(COMPLETED), answers.labels.index(PLANNED)
    names = {(0, 0): "neither", (1, 0): COMPLETED, (0, 1): PLANNED, (1, 1): "both"}
    pairs = Counter(
        (names[int(g[c]), int(g[p])], names[int(s[c]), int(s[p])])
        for g, s in zip(answers.gold, answers.said, strict=True)
    )
    return dict(pairs)


def calibration_error(gold: NDArray[np.int8], scores: NDArray[np.float64]) -> float:
    """Expected calibration error over all labels, ten bins of equal width.

    Source: Naeini, Cooper, Hauskrecht, Obtaining well calibrated probabilities using Bayesian binning, 2015.
    """
    target, value = gold.ravel(), scores.ravel()
    if not len(value):
        return 0.0
    bins = np.minimum((value * _BINS).astype(int), _BINS - 1)
    error = 0.0
    for b in range(_BINS):
        inside = bins == b
        if inside.any():
            error += inside.mean() * abs(float(target[inside].mean()) - float(value[inside].mean()))
    return float(error)


def reliability(gold: NDArray[np.int8], scores: NDArray[np.float64]) -> list[tuple[float, float, int]]:
    """(mean score, share that is right, number) of each non-empty bin of one label's scores."""
    bins = np.minimum((scores * _BINS).astype(int), _BINS - 1)
    return [
        (float(scores[bins == b].mean()), float(gold[bins == b].mean()), int((bins == b).sum()))
        for b in range(_BINS)
        if (bins == b).any()
    ]


def draw_reliability(answers: Tagged, path: Path) -> None:
    """The reliability diagram of each label as a PNG (needs matplotlib: ``pip install matplotlib``)."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, len(answers.labels), figsize=(4 * len(answers.labels), 4), squeeze=False)
    for i, (axis, name) in enumerate(zip(axes[0], answers.labels, strict=True)):
        points = reliability(answers.gold[:, i], answers.scores[:, i])
        axis.plot([0, 1], [0, 1], color="0.7", linewidth=1)
        axis.plot([p[0] for p in points], [p[1] for p in points], marker="o")
        for x, y, number in points:
            axis.annotate(str(number), (x, y), textcoords="offset points", xytext=(4, -10), fontsize=7)
        axis.set(title=name, xlabel="score", ylabel="share right", xlim=(0, 1), ylim=(0, 1))
    figure.tight_layout()
    figure.savefig(path, dpi=110, metadata={"Software": None})
    plt.close(figure)


#: Groups that ``--by`` knows: name -> key of a sentence, given its letter and its index in it.
GROUPS: dict[str, Callable[[LabelledLetter, int], str]] = {
    "issuer": lambda labelled, _: labelled.issuer,
    "year": lambda labelled, _: str(labelled.meta.get("year") or "—"),
    "section": lambda labelled, i: labelled.letter.sentences[i].section,
    "field": lambda labelled, _: str(labelled.meta.get("field") or "—"),
    "level": lambda labelled, _: str(labelled.meta.get("level") or "—"),
    "kind": lambda labelled, _: str(labelled.meta.get("kind") or "—"),
    "length": lambda labelled, _: str(labelled.meta.get("length") or "—"),
}


def by_group(answers: Tagged, group: str) -> list[tuple[str, int, dict[Label, float]]]:
    """(group, sentences, F1 a label) of each group, the largest first."""
    key = GROUPS[group]
    keys = np.array(
        [key(labelled, i) for labelled in answers.letters for i, known in enumerate(labelled.known) if known]
    )
    rows = []
    for value, number in Counter(keys.tolist()).most_common():
        rows_of = keys == value
        rows.append(
            (
                value,
                number,
                {
                    n: _counts(answers.gold[rows_of, i], answers.said[rows_of, i]).f1
                    for i, n in enumerate(answers.labels)
                },
            )
        )
    return rows


def errors(answers: Tagged) -> Iterator[tuple[str, ...]]:
    """Rows of the table of errors: letter, section, sentence before, sentence, gold, said, scores, evidence."""
    for labelled, tagged in zip(answers.letters, answers.tagged, strict=True):
        text = labelled.letter.text
        before = ""
        for sentence, given, known, tag in zip(
            labelled.letter.sentences, labelled.labels, labelled.known, tagged.sentences, strict=True
        ):
            own = text[sentence.start : sentence.end]
            if known and set(given) != set(tag.labels):
                yield (
                    labelled.letter.id,
                    sentence.section,
                    before,
                    own,
                    label_names([n for n in answers.labels if n in given]),
                    label_names(tag.labels),
                    " ".join(f"{tag.scores[n]:.2f}" for n in answers.labels),
                    evidence_text(tagged, tag.evidence),
                )
            before = own


ERROR_COLUMNS = ("编号", "部分", "上一句", "句子", "人工标注", "模型标注", "概率", "依据")


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two models on the same letters: sentences that only one labels rightly, and McNemar's test of them."""

    gained: list[tuple[str, str]]
    lost: list[tuple[str, str]]
    p_value: float


def compare(old: Tagged, new: Tagged) -> Comparison:
    """Sentences (letter id, text) won and lost from ``old`` to ``new``, and the exact two-sided McNemar p-value."""
    gained, lost, p_value = gains_and_losses(new.gold, old.said, new.said)
    places = [
        (labelled.letter.id, labelled.letter.text[s.start : s.end])
        for labelled in new.letters
        for s, known in zip(labelled.letter.sentences, labelled.known, strict=True)
        if known
    ]
    return Comparison([places[i] for i in gained], [places[i] for i in lost], p_value)


def gains_and_losses(
    gold: NDArray[np.int8], old: NDArray[np.int8], new: NDArray[np.int8]
) -> tuple[NDArray[np.int64], NDArray[np.int64], float]:
    """Rows (n, labels) that ``new`` alone and that ``old`` alone has wholly right, and the exact two-sided p-value of
    McNemar's test of them."""
    from scipy.stats import binomtest

    right_old, right_new = (gold == old).all(axis=1), (gold == new).all(axis=1)
    gained, lost = np.flatnonzero(right_new & ~right_old), np.flatnonzero(right_old & ~right_new)
    discordant = len(gained) + len(lost)
    return gained, lost, float(binomtest(len(gained), discordant).pvalue) if discordant else 1.0


def as_dict(report: Report) -> dict[str, Any]:
    """A report for JSON: what the model's manifest and the gate keep."""
    return {
        "letters": report.letters,
        "sentences": report.sentences,
        "labels": {
            name: {
                "precision": round(c.precision, 4),
                "recall": round(c.recall, 4),
                "f1": round(c.f1, 4),
                "gold": c.hits + c.missed,
            }
            for name, c in report.counts.items()
        },
        "macro_f1": round(report.macro_f1, 4),
        "macro_f1_interval": [round(value, 4) for value in report.interval],
        "exact": round(report.exact, 4),
        "paragraph_primary": round(report.primary, 4),
        "calibration_error": round(report.calibration_error, 4),
    }
