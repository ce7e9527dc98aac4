"""Champion and challenger on the same held-out letters, and which of them to use.

What is compared are *units*: the sentences that somebody looked at, and the paragraphs that were labelled as wholes
(there the union of its sentences' labels counts). Letters are resampled, not units: those of a letter depend on
each other. The rule of the verdict is stated in :func:`decide`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dafu.corpus import LabelledLetter
from dafu.errors import CorpusError
from dafu.evaluation import gains_and_losses
from dafu.records import Document, Label, TaggedLetter
from dafu.tagger import Model, Tagger

_RESAMPLES = 2000
#: Letters and bodies below which no verdict is given on a user's letters.
FEWEST_LETTERS, FEWEST_BODIES = 20, 2
#: By how much a model may be worse on the shipped letters (macro-F1) and still be taken.
MOST_LOSS = 0.02
_FOLDS = 5


@dataclass(frozen=True, slots=True)
class Units:
    """What is scored: gold labels (n, labels), the letter each belongs to (n,), and its (letter id, text)."""

    labels: tuple[Label, ...]
    gold: NDArray[np.int8]
    letter: NDArray[np.int64]
    places: tuple[tuple[str, str], ...]
    letters: int


@dataclass(frozen=True, slots=True)
class Score:
    """F1 of one label or their mean, of both models, each with a 95% bootstrap interval (value, low, high)."""

    champion: tuple[float, float, float]
    challenger: tuple[float, float, float]
    difference: tuple[float, float, float]
    gold: int


@dataclass(frozen=True, slots=True)
class Contest:
    """Two models on the same units. ``scores`` are by label, ``macro`` their mean over the labels that occur."""

    units: int
    letters: int
    scores: dict[Label, Score]
    macro: Score
    gained: list[tuple[str, str]]
    lost: list[tuple[str, str]]
    p_value: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """``better``, ``worse``, ``mixed`` (better on the user's letters, worse on the shipped) or ``unclear``; and why."""

    verdict: str
    zh: str
    en: str


def units_of(
    letters: Sequence[LabelledLetter], tagged: Sequence[Sequence[TaggedLetter]], labels: Sequence[Label]
) -> tuple[Units, list[NDArray[np.int8]]]:
    """Units of labelled letters, and what each of several models said of them, shape (n, labels) each."""
    gold: list[list[bool]] = []
    said: list[list[list[bool]]] = [[] for _ in tagged]
    owner: list[int] = []
    places: list[tuple[str, str]] = []
    for number, labelled in enumerate(letters):
        letter = labelled.letter
        found: list[tuple[frozenset[Label], tuple[int, ...], tuple[int, int]]] = [
            (given, (i,), (s.start, s.end))
            for i, (s, given, known) in enumerate(
                zip(letter.sentences, labelled.labels, labelled.known, strict=True)
            )
            if known
        ]
        for bag in labelled.bags:
            if not all(labelled.known[i] for i in bag.sentences):
                place = letter.paragraphs[bag.paragraph]
                found.append((bag.labels, bag.sentences, (place.start, place.end)))
        for given, rows, (start, end) in found:
            gold.append([label in given for label in labels])
            owner.append(number)
            places.append((letter.id, letter.text[start:end]))
            for own, answers in zip(said, tagged, strict=True):
                union = {label for i in rows for label in answers[number].sentences[i].labels}
                own.append([label in union for label in labels])
    shape = (len(gold), len(labels))
    units = Units(
        tuple(labels),
        np.array(gold, np.int8).reshape(shape),
        np.array(owner, np.int64),
        tuple(places),
        len(letters),
    )
    return units, [np.array(own, np.int8).reshape(shape) for own in said]


def contest(units: Units, champion: NDArray[np.int8], challenger: NDArray[np.int8]) -> Contest:
    """Scores of both models, paired bootstrap by letters, and McNemar's test of the units that one alone has right."""
    occurs = (units.gold | champion | challenger).any(axis=0)
    draws = np.random.default_rng(0).multinomial(
        units.letters, np.full(units.letters, 1 / units.letters), _RESAMPLES
    )
    values = []
    for said in (champion, challenger):
        tallies = np.zeros((units.letters, 2, len(units.labels)))
        np.add.at(tallies[:, 0], units.letter, 2 * (units.gold & said))
        np.add.at(tallies[:, 1], units.letter, units.gold + said)
        whole = tallies.sum(axis=0)
        drawn = np.einsum("rl,lkc->rkc", draws, tallies)
        values.append((whole[0] / np.maximum(whole[1], 1), drawn[:, 0] / np.maximum(drawn[:, 1], 1)))
    (old, old_drawn), (new, new_drawn) = values
    scores = {
        label: Score(
            _interval(old[i], old_drawn[:, i]),
            _interval(new[i], new_drawn[:, i]),
            _interval(new[i] - old[i], new_drawn[:, i] - old_drawn[:, i]),
            int(units.gold[:, i].sum()),
        )
        for i, label in enumerate(units.labels)
    }
    means = [(v[occurs].mean() if occurs.any() else 0.0, d[:, occurs].mean(axis=1)) for v, d in values]
    macro = Score(
        _interval(*means[0]),
        _interval(*means[1]),
        _interval(means[1][0] - means[0][0], means[1][1] - means[0][1]),
        int(units.gold.sum()),
    )
    gained, lost, p_value = gains_and_losses(units.gold, champion, challenger)
    return Contest(
        len(units.gold),
        units.letters,
        scores,
        macro,
        [units.places[i] for i in gained],
        [units.places[i] for i in lost],
        p_value,
    )


def _interval(value: float, drawn: NDArray[np.float64]) -> tuple[float, float, float]:
    low, high = np.nan_to_num(np.quantile(drawn, [0.025, 0.975])) if drawn.size else (0.0, 0.0)
    return float(value), float(low), float(high)


def out_of_fold_answers(
    letters: Sequence[LabelledLetter],
    make: Callable[[Sequence[LabelledLetter]], Model],
    progress: Callable[[str], None] = lambda _: None,
) -> list[TaggedLetter | None]:
    """What models that ``make`` trains say of letters of issuing bodies that they did not see, in the letters' order.

    ``None`` for a letter whose model could not be trained on the others (too few bodies are left).
    """
    bodies = sorted({x.issuer for x in letters})
    number = min(_FOLDS, len(bodies))
    fold_of_body = {body: i % number for i, body in enumerate(bodies)}
    answers: list[TaggedLetter | None] = [None] * len(letters)
    if number < 2:
        return answers
    for fold in range(number):
        progress(f"{fold + 1}/{number}")
        inside = [i for i, x in enumerate(letters) if fold_of_body[x.issuer] == fold]
        try:
            model = make([x for x in letters if fold_of_body[x.issuer] != fold])
        except CorpusError:
            continue
        for i, tagged in zip(inside, answers_of(model, [letters[i] for i in inside]), strict=True):
            answers[i] = tagged
    return answers


def answers_of(model: Model, letters: Sequence[LabelledLetter]) -> list[TaggedLetter]:
    """What a model says of labelled letters."""
    return list(Tagger(model).pipe([Document(x.letter.id, x.letter.text, "") for x in letters]))


def compare_on(
    letters: Sequence[LabelledLetter],
    champion: Sequence[TaggedLetter],
    challenger: Sequence[TaggedLetter | None],
    labels: Sequence[Label],
) -> Contest | None:
    """A contest on the letters that both models answered; ``None`` where there is nothing to score."""
    both = [i for i, answer in enumerate(challenger) if answer is not None]
    if not both:
        return None
    kept = [letters[i] for i in both]
    new = [answer for answer in challenger if answer is not None]
    units, (old_said, new_said) = units_of(kept, [[champion[i] for i in both], new], labels)
    return contest(units, old_said, new_said) if len(units.gold) else None


def decide(own: Contest | None, shipped: Contest | None, bodies: int) -> Verdict:
    """The verdict.

    *Better*: on the user's letters the 95% interval of the difference in macro-F1 (challenger minus champion,
    paired bootstrap by letters) lies above 0, and on the shipped held-out letters macro-F1 falls by no more than
    0.02. *Mixed*: the first holds, the second does not. *Worse*: the interval lies below 0, or it holds 0 and
    the shipped letters lose more than 0.02. *Unclear*: all else; fewer than 20 letters or a single body never
    say anything about the user's letters.
    """
    loss = -shipped.macro.difference[0] if shipped else 0.0
    zh_loss = f"在自带的留出信件上 macro-F1 {-loss:+.3f}" if shipped else "没有与自带的留出信件比较"
    en_loss = (
        f"macro-F1 on the shipped held-out letters {-loss:+.3f}"
        if shipped
        else "not compared on shipped letters"
    )
    if own is None or own.letters < FEWEST_LETTERS or bodies < FEWEST_BODIES:
        few = own.letters if own else 0
        zh = f"可用于比较的新信件只有 {few} 封、{bodies} 个机关(至少需要 {FEWEST_LETTERS} 封、{FEWEST_BODIES} 个机关),无法判断;{zh_loss}。"
        en = f"{few} letters of {bodies} bodies are not enough to tell ({FEWEST_LETTERS} and {FEWEST_BODIES} are needed); {en_loss}."
        return Verdict("worse" if loss > MOST_LOSS else "unclear", zh, en)
    value, low, high = own.macro.difference
    zh = f"在您的信件上 macro-F1 {value:+.3f}(95% 区间 {low:+.3f} 至 {high:+.3f});{zh_loss}(最多允许降 {MOST_LOSS})。"
    en = f"macro-F1 on your letters {value:+.3f} (95% interval {low:+.3f} to {high:+.3f}); {en_loss} (a loss of {MOST_LOSS} is allowed)."
    if low > 0:
        return Verdict("better" if loss <= MOST_LOSS else "mixed", zh, en)
    if high < 0 or loss > MOST_LOSS:
        return Verdict("worse", zh, en)
    return Verdict("unclear", zh, en)


def as_dict(contest: Contest | None) -> dict[str, Any] | None:
    """A contest for ``verdict.json``."""
    if contest is None:
        return None

    def rounded(score: Score) -> dict[str, list[float]]:
        return {
            name: [round(value, 4) for value in getattr(score, name)]
            for name in ("champion", "challenger", "difference")
        }

    return {
        "letters": contest.letters,
        "units": contest.units,
        "macro_f1": rounded(contest.macro),
        "f1": {label: rounded(score) for label, score in contest.scores.items()},
        "gained": len(contest.gained),
        "lost": len(contest.lost),
        "mcnemar_p": round(contest.p_value, 5),
    }
