"""Labels that are probably wrong: by probabilities of a model that did not see them, and by rules.

Confident learning: a label is doubted where the model is surer of its opposite than it is, on average, of sentences
labelled so, as many as the estimated noise says (C. Northcutt, L. Jiang, I. Chuang, Confident Learning, 2021),
each label by itself (A. Thyagarajan et al., Identifying Incorrect Annotations in Multi-Label Data, 2022).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from dafu.classifier import Calibration, label_matrix
from dafu.context import context_columns
from dafu.corpus import LabelledLetter
from dafu.corpus_checks import suspicions
from dafu.features import batch_sentences
from dafu.records import Label
from dafu.settings import TrainSettings
from dafu.tables import label_name
from dafu.tagger import Tagger
from dafu.training import fit_context, out_of_fold, prepare

Span = tuple[int, int]
#: With fewer sentences than this a model of one's own knows less than the shipped one.
_ENOUGH = 3000
_FEWEST = 20
_REASONS: Mapping[str, str] = {
    "a sum or share, but not quantitative": "含金额或占比,却没有“量化表述”",
    "quantitative, but no number": "标了“量化表述”,却没有数字",
    "a plan's words, but not planned": "有“将、下一步、力争”等词,却没有“计划举措”",
    "a done measure's words, but not completed": "有“先后、累计、已经”等词,却没有“已办举措”",
}


@dataclass(frozen=True, slots=True)
class Doubt:
    """A sentence whose labels are doubted. ``score`` is the model's probability that the labels are right.

    ``reasons`` are in Chinese; ``suggested`` is what the model would say.
    """

    id: str
    annotator: str
    start: int
    end: int
    text: str
    labels: tuple[Label, ...]
    suggested: tuple[Label, ...]
    score: float
    reasons: tuple[str, ...]


def restricted(labelled: LabelledLetter, seen: set[Span]) -> LabelledLetter:
    """The letter with only the sentences that somebody looked at."""
    kept = [i for i, s in enumerate(labelled.letter.sentences) if (s.start, s.end) in seen]
    letter = replace(labelled.letter, sentences=tuple(labelled.letter.sentences[i] for i in kept))
    return LabelledLetter(letter, tuple(labelled.labels[i] for i in kept), labelled.meta)


def unseen_scores(
    letters: Sequence[LabelledLetter], tagger: Tagger, settings: TrainSettings
) -> tuple[NDArray[np.float64], str]:
    """Probabilities by a model that did not learn from the labels in question, shape (n, labels), and whose they are.

    ``folds``: models of these letters, each trained without the bodies it scores; ``model``: the given tagger,
    where there are too few letters or bodies for that.
    """
    batch = batch_sentences([x.letter for x in letters])
    settings = replace(settings, labels=tagger.model.labels)
    if len(batch) >= _ENOUGH:
        data = prepare(letters, settings)
        folds = np.unique(data.fold)
        if len(folds) > 1:
            logits, clauses = out_of_fold(data, settings)
            columns = context_columns(data.batch, data.structure, data.names, logits, clauses)
            second = np.zeros(data.y.shape)
            for fold in folds:
                inside = data.fold == fold
                model = fit_context(columns, data, ~inside, settings)
                second[inside] = model.decision_function(columns[inside])
            return Calibration().fit(second, data.y).transform(second), "folds"
    return tagger.scores(batch)[0], "model"


def confident(given: NDArray[np.int8], scores: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which labels confident learning doubts: 0/1 labels and probabilities of one label, shape (n,)."""
    if len(given) < _FEWEST or given.min() == given.max():
        return np.zeros(len(given), bool)
    from cleanlab.filter import find_label_issues

    found = find_label_issues(
        labels=given.astype(int), pred_probs=np.column_stack([1 - scores, scores]), n_jobs=1
    )
    return np.asarray(found, bool)


def find_doubts(
    letters: Sequence[LabelledLetter], tagger: Tagger, settings: TrainSettings
) -> tuple[list[Doubt], str]:
    """Doubted sentences, the most doubtful first, and whose probabilities were used (see :func:`unseen_scores`).

    ``letters`` hold only sentences that somebody looked at (see :func:`restricted`).
    """
    names = tagger.model.labels
    scores, whose = unseen_scores(letters, tagger, settings)
    given = label_matrix([own for x in letters for own in x.labels], names)
    if not len(given):
        return [], whose
    doubted = np.column_stack([confident(given[:, j], scores[:, j]) for j in range(len(names))])
    right = np.where(given == 1, scores, 1 - scores)
    thresholds = tagger.model.calibration.threshold_
    found: list[Doubt] = []
    row = 0
    for labelled in letters:
        rules = {s.start: s.reason for s in suspicions([labelled])}
        text = labelled.letter.text
        for sentence, own in zip(labelled.letter.sentences, labelled.labels, strict=True):
            reasons = [
                f"模型认为{'没有' if given[row, j] else '应有'}“{label_name(names[j])}”(概率 {scores[row, j]:.2f})"
                for j in np.flatnonzero(doubted[row])
            ]
            rule = rules.get(sentence.start)
            if rule:
                reasons.append(_REASONS.get(rule, "文头、标题、称谓、落款不应有标签"))
            if reasons:
                columns = np.flatnonzero(doubted[row])
                found.append(
                    Doubt(
                        labelled.letter.id,
                        str(labelled.meta.get("annotator") or ""),
                        sentence.start,
                        sentence.end,
                        text[sentence.start : sentence.end],
                        tuple(n for n in names if n in own),
                        tuple(n for n, p, t in zip(names, scores[row], thresholds, strict=True) if p >= t),
                        float(right[row, columns].min() if len(columns) else right[row].min()),
                        tuple(reasons),
                    )
                )
            row += 1
    found.sort(key=lambda doubt: (doubt.score, doubt.id, doubt.start))
    return found, whose
