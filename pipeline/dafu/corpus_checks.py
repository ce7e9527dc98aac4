"""Is the corpus sound, and is it varied? Suspicious labels, near-duplicates, and measures of sameness."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from dafu.corpus import LabelledLetter
from dafu.folding import fold
from dafu.quantities import find_quantities
from dafu.records import COMPLETED, LABELS, PLANNED, QUANTITATIVE
from dafu.words import tokenizer

#: Sentences that share this much of their four-character shingles are near-duplicates.
_ALIKE = 0.8
_SHINGLE = 4
_SHORTEST = 14
_HASHES, _BANDS = 60, 15
#: Lines that are formulas by nature and may well be alike.
_FORMULAS = ("header", "title", "salutation", "opening", "closing", "signature", "heading")
_WILL = re.compile(r"(?:下一步|今后)，|我(?:局|委|镇|乡|街道|市|县|区|院|厅|部|们)将(?!其|该|您)|力争|拟于")
_DONE = re.compile(r"(?:先后|累计|已经|现已|均已)(?!收悉|收到|转)")


@dataclass(frozen=True, slots=True)
class Suspicion:
    """A label that a rule doubts: something for a second look, not an error. ``start`` is the sentence's."""

    id: str
    text: str
    labels: tuple[str, ...]
    reason: str
    start: int


def suspicions(letters: Sequence[LabelledLetter]) -> Iterator[Suspicion]:
    """Labels that look wrong by simple rules, sentences marked as hard cases apart."""
    for labelled in letters:
        text = labelled.letter.text
        folded = fold(text)
        hard = {tuple(span) for span in labelled.meta.get("hard", ())}
        for sentence, labels in zip(labelled.letter.sentences, labelled.labels, strict=True):
            if (sentence.start, sentence.end) in hard:
                continue
            own = folded[sentence.start : sentence.end]
            kind = labelled.letter.paragraphs[sentence.paragraph].kind
            reason = None
            found = find_quantities(own)
            if QUANTITATIVE not in labels and any(q.unit_class in ("money", "share") for q in found):
                reason = "a sum or share, but not quantitative"
            elif (
                QUANTITATIVE in labels
                and not found
                and not re.search(r"[\d一二三四五六七八九十百千万亿两半几]", own)
            ):
                reason = "quantitative, but no number"
            elif PLANNED not in labels and _WILL.search(own):
                reason = "a plan's words, but not planned"
            elif COMPLETED not in labels and PLANNED not in labels and _DONE.search(own):
                reason = "a done measure's words, but not completed"
            elif labels and kind in ("header", "title", "salutation", "signature"):
                reason = f"a {kind} line with a label"
            if reason:
                yield Suspicion(
                    labelled.letter.id,
                    text[sentence.start : sentence.end],
                    tuple(sorted(labels)),
                    reason,
                    sentence.start,
                )


def near_duplicates(letters: Sequence[LabelledLetter]) -> tuple[list[tuple[str, str]], int]:
    """Pairs of near-duplicate body sentences of different letters, and the number of sentences compared.

    MinHash over shingles finds the candidates, the exact Jaccard similarity decides.
    Source: A. Broder, On the resemblance and containment of documents, 1997.
    """
    texts: list[str] = []
    owners: list[int] = []
    for index, labelled in enumerate(letters):
        for sentence in labelled.letter.sentences:
            if (
                labelled.letter.paragraphs[sentence.paragraph].kind not in _FORMULAS
                and sentence.end - sentence.start >= _SHORTEST
            ):
                texts.append(fold(labelled.letter.text[sentence.start : sentence.end]))
                owners.append(index)
    shingles = [{text[i : i + _SHINGLE] for i in range(len(text) - _SHINGLE + 1)} for text in texts]
    codes: dict[str, int] = {}
    rng = np.random.default_rng(0)
    factors = rng.integers(1, 2**31 - 1, _HASHES, dtype=np.int64)
    offsets = rng.integers(0, 2**31 - 1, _HASHES, dtype=np.int64)
    bands: defaultdict[tuple[int, bytes], list[int]] = defaultdict(list)
    for i, own in enumerate(shingles):
        numbers = np.array([codes.setdefault(s, len(codes)) for s in own], np.int64)
        signature = ((numbers[:, None] * factors + offsets) % (2**31 - 1)).min(axis=0)
        for band, part in enumerate(np.split(signature, _BANDS)):
            bands[band, part.tobytes()].append(i)
    candidates = {
        (a, b)
        for group in bands.values()
        if 1 < len(group) < 200
        for k, a in enumerate(group)
        for b in group[k + 1 :]
    }
    pairs = [
        (texts[a], texts[b])
        for a, b in sorted(candidates)
        if owners[a] != owners[b]
        and len(shingles[a] & shingles[b]) >= _ALIKE * len(shingles[a] | shingles[b])
    ]
    return pairs, len(texts)


@dataclass(frozen=True, slots=True)
class Variety:
    """Measures of sameness of a set of texts, on samples of one size so that sets can be compared.

    ``distinct_bigrams``: distinct over all character bigrams; ``types``: distinct words among the first
    5,000, 20,000 and 50,000; ``alike``: share of sentences whose first four characters are among the fifty
    commonest beginnings; ``length``: median characters a sentence.
    """

    characters: int
    distinct_bigrams: float
    types: tuple[int | None, int | None, int | None]
    alike: float
    length: float


_SAMPLE = 60_000
_TYPES_AT = (5_000, 20_000, 50_000)
_BEGINNINGS = 1_000


def variety(sentences: Sequence[str]) -> Variety:
    """Measures of sameness of sentences, sampled evenly over the whole (``characters`` says how many)."""
    order = np.random.default_rng(0).permutation(len(sentences))
    shuffled = [fold(sentences[i]).strip() for i in order]
    joined = "\n".join(shuffled)[:_SAMPLE]
    bigrams = [joined[i : i + 2] for i in range(len(joined) - 1)]
    words = [
        word
        for word in tokenizer()("\n".join(shuffled))
        if word.strip() and not word.isascii() and len(word.strip("，。；：！？、“”《》（）"))
    ]
    starts = Counter(text[:4] for text in shuffled[:_BEGINNINGS])
    common = sum(number for _, number in starts.most_common(50))
    return Variety(
        len(joined),
        len(set(bigrams)) / max(1, len(bigrams)),
        tuple(len(set(words[:n])) if len(words) >= n else None for n in _TYPES_AT),  # type: ignore[arg-type]
        common / max(1, sum(starts.values())),
        float(np.median([len(text) for text in shuffled])) if shuffled else 0.0,
    )


def counts_by(letters: Sequence[LabelledLetter], key: str) -> list[tuple[str, int, int, dict[str, int]]]:
    """(value, letters, sentences, sentences a label) for each value of a meta field, the commonest first."""
    groups: defaultdict[str, list[LabelledLetter]] = defaultdict(list)
    for labelled in letters:
        groups[str(labelled.meta.get(key) or "—")].append(labelled)
    rows = []
    for value, members in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0])):
        given = [labels for labelled in members for labels in labelled.labels]
        rows.append(
            (value, len(members), len(given), {label: sum(label in s for s in given) for label in LABELS})
        )
    return rows


#: Meta fields that the data card counts by, and their headings.
_CARD_KEYS = (
    ("kind", "Kind"),
    ("split", "Split"),
    ("level", "Level"),
    ("length", "Length"),
    ("to", "Addressee"),
    ("field", "Policy field"),
)


def card_tables(letters: Sequence[LabelledLetter]) -> str:
    """The data card's figures as Markdown: totals, then counts by kind, split, level, length and field."""
    sentences = sum(len(x.labels) for x in letters)
    years = [int(x.meta["year"]) for x in letters if x.meta.get("year")]
    lines = [
        f"{len(letters)} texts, {sentences} sentences, {len({x.issuer for x in letters})} issuing bodies, "
        f"years {min(years)}–{max(years)}; {sum(len(x.meta.get('hard', ())) for x in letters)} sentences marked as hard cases.",
    ]
    for key, title in _CARD_KEYS:
        lines += [
            "",
            f"| {title} | texts | sentences | {' | '.join(LABELS)} |",
            "| --- |" + " ---: |" * (2 + len(LABELS)),
        ]
        for value, number, total, labels in counts_by(letters, key):
            lines.append(
                f"| {value} | {number} | {total} | {' | '.join(str(labels[name]) for name in LABELS)} |"
            )
    return "\n".join(lines)
