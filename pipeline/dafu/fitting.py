"""Fits the weights of the tables' choices to labelled rows: ``python -m dafu.fitting CORPUS -o weights.json``.

The rows are those of ``CORPUS/ledger/train/``, of letters of other bodies than those for measuring. The extractors run on
those letters with the labels given; where they come to a choice they are told the labelled answer, and the candidates
are kept with it.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from dafu.choices import BY_WEIGHTS, Candidate, Judge, Weights, fit
from dafu.commitments import GRADE, find_commitments
from dafu.corpus import LabelledLetter, load_corpus
from dafu.cuts import CUTS, OPENS, OUTSIDE, RUNS_ON
from dafu.dating import PERIODS
from dafu.figures import find_figures
from dafu.folding import fold
from dafu.indicators import BEGINS, ENDS
from dafu.periods import Period
from dafu.phrases import Span
from dafu.quantities import find_quantities
from dafu.records import LABELS, Commitment, Figure, Letter, SentenceTag

Decisions = list[tuple[Sequence[Candidate], int]]
Row = Mapping[str, Any]
#: Prior variance of the weights of each question, chosen on the ledger's parts 1, 2 and 5.
STRENGTH: Final = {ENDS: 0.4, BEGINS: 0.3, CUTS: 0.25, GRADE: 0.3, PERIODS: 0.1}
#: Added to the weight of an answer where the fitted weights give it too seldom: of the ledger's parts 1, 2 and 5 as many
#: promises are to be said as are labelled.
LEAN: Final = {CUTS: (OPENS, 0.3)}
TABLES: Final = ("figures", "commitments")


class Teacher(Judge):
    """A judge that answers with what was labelled and keeps each decision."""

    def __init__(self, letter: Letter, figures: Sequence[Row], commitments: Sequence[Row]) -> None:
        self.decisions: dict[str, Decisions] = defaultdict(list)
        self._letter = letter
        self._figures = {(row["start"], row["end"]): row for row in figures}
        self._commitments = sorted((row["start"], row["end"], row["grade"]) for row in commitments)
        self._opened: set[int] = set()
        self._answers: Mapping[str, Callable[[Span, Sequence[Any]], int | None]] = {
            ENDS: self._end,
            BEGINS: self._begin,
            PERIODS: self._period,
            CUTS: self._cut,
            GRADE: self._grade,
        }

    def choose(
        self, question: str, place: Span, options: Sequence[Any], candidates: Sequence[Candidate]
    ) -> int:
        """The labelled answer; where none is labelled, or it is not among the options, the plainest one, and nothing is
        kept: no indicator, a phrase of one word, no period, outside of any measure."""
        right = self._answers[question](place, options)
        if right is None:
            return {BEGINS: 0, CUTS: 1}.get(question, len(options) - 1)
        self.decisions[question].append((candidates, right))
        return right

    def classify(self, question: str, place: Span, options: Sequence[str], values: tuple[str, ...]) -> int:
        """As :meth:`choose`."""
        return self.choose(question, place, options, [Candidate(option, "", values) for option in options])

    def _end(self, place: Span, options: Sequence[Any]) -> int | None:
        if place not in self._figures:
            return None
        span = self._indicator(place)
        if span in options:
            return options.index(span)
        return options.index(span[1]) if span and span[1] in options else None

    def _begin(self, place: Span, options: Sequence[int]) -> int | None:
        span = self._indicator(place) if place in self._figures else None
        return options.index(span[0]) if span and span[0] in options else None

    def _indicator(self, place: Span) -> Span | None:
        """The labelled words nearest to the figure."""
        row = self._figures[place]
        wanted = row["indicator"]
        sentence = self._letter.sentences[row["sentence"]]
        words = self._letter.text[sentence.start : sentence.end]
        places = [m.start() + sentence.start for m in re.finditer(re.escape(wanted), words)] if wanted else []
        if not places:
            return None
        at = min(places, key=lambda at: max(at - place[1], place[0] - at - len(wanted)))
        return at, at + len(wanted)

    def _period(self, place: Span, options: Sequence[Period | None]) -> int | None:
        row = self._figures.get(place)
        if row is None:
            return None
        days = row["period_start"], row["period_end"]
        right = [i for i, p in enumerate(options) if ((p.first, p.last) if p else (None, None)) == days]
        verbatim = (i for i in right if (p := options[i]) is not None and p.text == row["period"])
        return next(verbatim, right[0] if right else None)

    def _cut(self, place: Span, options: Sequence[str]) -> int | None:
        start, end = place
        row = max(
            range(len(self._commitments)),
            key=lambda i: min(end, self._commitments[i][1]) - max(start, self._commitments[i][0]),
            default=None,
        )
        answer = OUTSIDE
        if row is not None:
            first, last, _ = self._commitments[row]
            if 2 * (min(end, last) - max(start, first)) >= end - start:
                answer = RUNS_ON if row in self._opened else OPENS
                self._opened.add(row)
        return options.index(answer) if answer in options else None

    def _grade(self, place: Span, options: Sequence[str]) -> int | None:
        start, end = place
        grade = next((g for a, b, g in self._commitments if a == start or b == end), None)
        return options.index(grade) if grade in options else None


def extracted(
    labelled: LabelledLetter, judge: Judge = BY_WEIGHTS
) -> tuple[tuple[Figure, ...], tuple[Commitment, ...]]:
    """Figures and commitments of a letter whose sentences carry the labels of the corpus."""
    letter = labelled.dated
    folded = fold(letter.text)
    tags = [
        SentenceTag(tuple(label for label in LABELS if label in given), dict.fromkeys(LABELS, 1.0))
        for given in labelled.labels
    ]
    quantities = [
        [
            replace(q, start=q.start + s.start, end=q.end + s.start)
            for q in find_quantities(folded[s.start : s.end])
        ]
        for s in letter.sentences
    ]
    figures = find_figures(letter, folded, tags, quantities, judge)
    return figures, find_commitments(letter, folded, tags, figures, judge)


def decisions(letters: Sequence[LabelledLetter], rows: Mapping[str, Sequence[Row]]) -> dict[str, Decisions]:
    """Every choice that the extractors come to on the letters, with the labelled answer, by question."""
    kept: dict[str, Decisions] = defaultdict(list)
    own: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for name in TABLES:
        for row in rows[name]:
            own[name, row["letter"]].append(row)
    for labelled in letters:
        id = labelled.letter.id
        teacher = Teacher(labelled.letter, own["figures", id], own["commitments", id])
        extracted(labelled, teacher)
        for question, found in teacher.decisions.items():
            kept[question] += found
    return kept


def labelled_rows(corpus: Path) -> dict[str, list[Row]]:
    """The rows of ``corpus/ledger/train``, by table."""
    return {
        name: [
            json.loads(line)
            for line in (corpus / "ledger" / "train" / f"{name}.jsonl")
            .read_text(encoding="utf-8")
            .splitlines()
        ]
        for name in TABLES
    }


def fitted(corpus: Path) -> dict[str, Weights]:
    """The weights of all questions."""
    rows = labelled_rows(corpus)
    wanted = {row["letter"] for own in rows.values() for row in own}
    letters = [x for x in load_corpus(corpus) if x.letter.id in wanted]
    weights = {name: fit(found, STRENGTH[name]) for name, found in decisions(letters, rows).items()}
    for name, (group, more) in LEAN.items():
        bias = weights[name][group][""][0]
        bias[""] = round(bias.get("", 0.0) + more, 3)
    return weights


def main() -> None:
    """Fit and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    options = parser.parse_args()
    text = json.dumps(
        {"weights": fitted(options.corpus)}, ensure_ascii=False, separators=(",", ":"), sort_keys=True
    )
    options.output.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
