"""Joins the stages: text to tagged letters. Sentence labels to paragraph labels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice, repeat

import numpy as np
from numpy.typing import NDArray

from dafu.choices import choosers
from dafu.commitments import find_commitments, find_measures
from dafu.context import context_columns
from dafu.features import Grams, SentenceBatch, batch_sentences, text_grams, text_scores
from dafu.figures import find_figures
from dafu.folding import fold_all
from dafu.header import completed
from dafu.letter import parse_folded
from dafu.records import (
    COMPLETED,
    PLANNED,
    QUANTITATIVE,
    Commitment,
    Document,
    Evidence,
    Figure,
    Label,
    Letter,
    Measure,
    ParagraphTag,
    Quantity,
    SentenceTag,
    TaggedLetter,
)
from dafu.scoring import Calibrator, ContextScorer, TextScorer, decided
from dafu.settings import cue_rules
from dafu.structure import structure_columns
from dafu.tags import bag_tags, sentence_tags

#: Kinds of line that state nothing by the annotation guide, whatever their words.
_CERTAIN_OTHER = ("header", "title", "salutation", "heading")
#: Letters tagged together; arrays of this many letters stay in cache.
_BATCH = 64
_EVIDENCE_WIDTH = 4
#: A sentence beyond this length is no sentence of a letter; the tables leave it out, its labels stay.
_LONGEST = 5_000


@dataclass(frozen=True, slots=True)
class Model:
    """Everything that was learned, and the settings it was learned with."""

    name: str
    labels: tuple[Label, ...]
    text: TextScorer
    context: ContextScorer
    calibration: Calibrator
    orders: tuple[int, ...]
    buckets: int
    review_band: float


@dataclass(slots=True)
class Tagger:
    """Tags letters with a model. Deterministic, and free of state between calls.

    >>> import dafu
    >>> tagged = dafu.load()("我局已印发通知。下一步，将加大巡查力度。")
    >>> [tag.labels for tag in tagged.sentences]
    [('completed',), ('planned',)]
    """

    model: Model
    #: Labels and probabilities alone: no evidence, no tables of figures, commitments and measures.
    only_labels: bool = False
    _rules: tuple[tuple[str, str], ...] = field(default=(), init=False)

    def __post_init__(self) -> None:
        self._rules = tuple((rule.id, rule.label) for rule in cue_rules())
        if not self.only_labels:
            choosers()  # weights that cannot be read are told now, not at every letter

    def __call__(self, text: str, *, id: str = "", source: str = "") -> TaggedLetter:
        """Tag one letter. Any string is accepted; offsets refer to it, unchanged."""
        return self.tag([Document(id, text, source)])[0]

    def pipe(self, texts: Iterable[str | Document], *, batch_size: int = _BATCH) -> Iterator[TaggedLetter]:
        """Tag many letters, in order, lazily."""
        stream = (
            text if isinstance(text, Document) else Document(str(i), text, "") for i, text in enumerate(texts)
        )
        while batch := list(islice(stream, batch_size)):
            yield from self.tag(batch)

    def tag(self, documents: Sequence[Document]) -> list[TaggedLetter]:
        """Tag documents together; the answers do not depend on what stands beside a document."""
        folded = fold_all([d.text for d in documents])
        letters = [_letter(d, f) for d, f in zip(documents, folded, strict=True)]
        batch = batch_sentences(letters, folded)
        scores, grams = self.scores(batch)
        return self._attach(documents, batch, folded, scores, grams)

    def scores(self, batch: SentenceBatch) -> tuple[NDArray[np.float64], tuple[tuple[Grams, ...], ...]]:
        """Calibrated probabilities, shape (n, labels), and the text features that the evidence needs."""
        model = self.model
        grams = text_grams(batch, model.orders, model.buckets)
        if not len(batch):
            return np.zeros((0, len(model.labels))), grams
        logits, clauses = text_scores(batch, grams, model.text.weights_, model.text.bias_)
        structure, names = structure_columns(batch)
        columns = context_columns(batch, structure, names, logits, clauses)
        scores = model.calibration.transform(model.context.decision_function(columns))
        scores[[kind in _CERTAIN_OTHER for kind in batch.kinds]] = 0.0
        return scores, grams

    def _attach(
        self,
        documents: Sequence[Document],
        batch: SentenceBatch,
        folded: Sequence[str],
        scores: NDArray[np.float64],
        grams: tuple[tuple[Grams, ...], ...],
    ) -> list[TaggedLetter]:
        model = self.model
        positive = decided(scores, model.calibration.threshold_, model.labels)
        distance = np.abs(scores - model.calibration.threshold_)
        review = np.asarray((distance < model.review_band).any(axis=1), bool)
        rounded = np.round(scores, 4)
        evidence = repeat(()) if self.only_labels else map(tuple, self._evidence(batch, positive, grams))
        tags = sentence_tags(model.labels, positive, rounded, islice(evidence, len(batch)), review)
        paragraphs = _paragraphs(model.labels, batch, positive, rounded)
        quantities = [] if self.only_labels else _by_sentence(batch)
        readable = tags.copy()
        for row in np.flatnonzero(batch.end - batch.start > _LONGEST).tolist():
            readable[row] = replace(tags[row], labels=())
        tagged: list[TaggedLetter] = []
        first = 0
        for document, letter, text in zip(documents, batch.letters, folded, strict=True):
            rows = slice(first, first := first + len(letter.sentences))
            own = tuple(islice(paragraphs, len(letter.paragraphs)))
            found = (
                ((), (), ()) if self.only_labels else _tables(letter, text, readable[rows], quantities[rows])
            )
            tagged.append(TaggedLetter(letter, tuple(tags[rows]), own, model.name, *found, document.places))
        return tagged

    def _evidence(
        self,
        batch: SentenceBatch,
        positive: NDArray[np.bool_],
        grams: tuple[tuple[Grams, ...], ...],
    ) -> list[list[Evidence]]:
        """The words that each label rests on: cues, quantities, the heading in force, the heaviest n-grams."""
        found: list[list[Evidence]] = [[] for _ in range(len(batch))]
        index = {label: i for i, label in enumerate(self.model.labels)}
        origin = batch.origin.tolist()
        cues = batch.cues
        for rule, start, end, s in zip(
            cues.rule.tolist(),
            cues.start.tolist(),
            cues.end.tolist(),
            batch.cue_sentence.tolist(),
            strict=True,
        ):
            id, label = self._rules[rule]
            column = index.get(label)
            if column is not None and positive[s, column]:
                found[s].append(Evidence(start + origin[s], end + origin[s], label, f"cue:{id}"))
        column = index.get(QUANTITATIVE)
        if column is not None:
            for quantity, s in zip(batch.quantities, batch.quantity_sentence.tolist(), strict=True):
                if positive[s, column]:
                    found[s].append(
                        Evidence(
                            quantity.start + origin[s],
                            quantity.end + origin[s],
                            QUANTITATIVE,
                            f"quantity:{quantity.unit_class}",
                        )
                    )
        self._heading_evidence(batch, positive, found, index)
        for label, column in index.items():
            if label == QUANTITATIVE:
                continue
            peaks, values = self._peaks(batch, grams, column)
            for s in np.flatnonzero(positive[:, column] & (values > 0)).tolist():
                end = min(int(peaks[s]) + _EVIDENCE_WIDTH, int(batch.end[s]))
                found[s].append(Evidence(int(peaks[s]) + origin[s], end + origin[s], label, "words"))
        for spans in found:
            spans.sort(key=lambda e: (e.start, e.end, e.label))
        return found

    @staticmethod
    def _heading_evidence(
        batch: SentenceBatch,
        positive: NDArray[np.bool_],
        found: list[list[Evidence]],
        index: dict[Label, int],
    ) -> None:
        row = 0
        for letter in batch.letters:
            for sentence in letter.sentences:
                label = {"progress": COMPLETED, "plans": PLANNED}.get(sentence.section)
                heading = letter.paragraphs[sentence.paragraph].heading
                if label in index and sentence.source == "heading" and positive[row, index[label]]:
                    while heading is not None and letter.paragraphs[heading].section != sentence.section:
                        heading = letter.paragraphs[heading].heading
                    if heading is not None:
                        place = letter.paragraphs[heading]
                        found[row].append(Evidence(place.start, place.end, label, "heading"))
                row += 1

    def _peaks(
        self, batch: SentenceBatch, grams: tuple[tuple[Grams, ...], ...], column: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Where in each sentence the four characters stand that speak loudest for a label, and how loud (in millionths)."""
        size = len(batch.points)
        weight = np.zeros(size + _EVIDENCE_WIDTH, np.int64)
        steps = np.zeros(size + 1, np.int64)
        own = np.ascontiguousarray(self.model.text.weights_[:, column])
        for group in grams:
            for family in group:
                # each feature speaks for all the characters that it covers: +value where it begins, - after its end;
                # those of one family begin and end at different places, so that nothing is added twice at one.
                # Whole millionths: their sums do not depend on what was added before, in other letters
                values = np.rint(own[family.bucket] * 1e6 / family.length).astype(np.int64)
                steps[family.position] += values
                steps[family.position + family.length] -= values
        weight[:size] = np.cumsum(steps)[:size]
        weight[:size][batch.points == 10] = 0
        window, inside = (
            np.zeros(size, np.int64),
            np.append(batch.points != 10, np.zeros(_EVIDENCE_WIDTH, bool)),
        )
        alive = np.ones(size, bool)
        for k in range(_EVIDENCE_WIDTH):  # up to the end of the sentence
            alive &= inside[k : k + size]
            window += np.where(alive, weight[k : k + size], 0)
        window[batch.points == 10] = np.iinfo(np.int64).min
        peaks = np.zeros(len(batch), np.int64)
        loud = np.maximum.reduceat(window, batch.start) if len(batch) else np.zeros(0, np.int64)
        owner = np.repeat(np.arange(len(batch)), batch.end - batch.start + 1)[: size - 1]
        hits = np.flatnonzero(window[1:] == loud[owner]) + 1
        peaks[owner[hits[::-1] - 1]] = hits[::-1]
        return peaks, loud


def _letter(document: Document, folded: str) -> Letter:
    """A document's letter; what it does not say of itself its container may say."""
    letter = parse_folded(document.text, folded, id=document.id, source=document.source)
    return replace(letter, meta=completed(letter.meta, document.meta)) if document.meta else letter


def _by_sentence(batch: SentenceBatch) -> list[list[Quantity]]:
    """Each sentence's quantities, with offsets into its letter."""
    found: list[list[Quantity]] = [[] for _ in range(len(batch))]
    origin = batch.origin.tolist()
    for quantity, sentence in zip(batch.quantities, batch.quantity_sentence.tolist(), strict=True):
        shift = origin[sentence]
        found[sentence].append(replace(quantity, start=quantity.start + shift, end=quantity.end + shift))
    return found


def _paragraphs(
    labels: Sequence[Label], batch: SentenceBatch, positive: NDArray[np.bool_], scores: NDArray[np.float64]
) -> Iterator[ParagraphTag]:
    """The tags of all letters' paragraphs, in order."""
    counts = np.array([len(letter.paragraphs) for letter in batch.letters], np.int64)
    paragraph = batch.paragraph + (np.cumsum(counts) - counts)[batch.letter]
    return iter(bag_tags(labels, paragraph, int(counts.sum()), batch.end - batch.start, positive, scores))


def _tables(
    letter: Letter, folded: str, tags: Sequence[SentenceTag], quantities: Sequence[Sequence[Quantity]]
) -> tuple[tuple[Figure, ...], tuple[Commitment, ...], tuple[Measure, ...]]:
    """A letter's figures, commitments and measures."""
    figures = find_figures(letter, folded, tags, quantities)
    return (
        figures,
        find_commitments(letter, folded, tags, figures),
        find_measures(letter, folded, tags, figures),
    )
