"""New labelled letters as users bring them: several files, several annotators, faults in any of them.

All faults are told together, so that a file is mended once. Where several annotators labelled the same letter, each
sentence takes the labels that most of them gave it; where they tie it counts as unseen.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from dafu.corpus import Bag, LabelledLetter, corpus_files, from_row
from dafu.errors import CorpusError
from dafu.records import LABEL_NAMES, Label

T = TypeVar("T", bound=Hashable)
#: So many faults are listed; the others are counted.
_SHOWN = 20
#: Memory that training takes for each letter, in MB (measured: 347 MB with 250 letters, 451 MB with 500), and the
#: number of letters beyond which it would be more than a plain computer has to spare.
_MEGABYTES = 0.45
MOST_LETTERS = 10_000


@dataclass(frozen=True, slots=True)
class Gathered:
    """Labelled letters, one a text, and what was noticed about them, as (Chinese, English)."""

    letters: tuple[LabelledLetter, ...]
    notes: tuple[tuple[str, str], ...]


def gather(path: Path, labels: Sequence[Label], *, most: int = MOST_LETTERS) -> Gathered:
    """The labelled letters of a folder or file, the labels of several annotators merged.

    Raises:
        CorpusError: no letters, too many, or rows that break the rules: every one is named with file and line.
    """
    rows: list[LabelledLetter] = []
    faults: list[str] = []
    for file, number, line in _lines(path):
        where = f"{file.name}:{number}"
        try:
            rows.append(from_row(json.loads(line), where, labels=labels))
        except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
            faults.append(f"{where}: not valid JSON / 不是有效的 JSON: {error}")
        except CorpusError as error:
            faults.append(str(error))
        if len(rows) > most:
            raise CorpusError(
                f"{path}: more than {most} letters, which would need some {most * _MEGABYTES / 1024:.1f} GB of memory; train on a part "
                f"/ 信件超过 {most} 封,内存可能不足;请只用其中一部分"
            )
    texts: dict[str, list[LabelledLetter]] = {}
    ids: dict[str, LabelledLetter] = {}
    for row in rows:
        first = ids.setdefault(row.letter.id, row)
        if first.letter.text != row.letter.text:
            faults.append(
                f"{row.letter.source}: id {row.letter.id!r} names another text than at {first.letter.source} / 编号重复而正文不同"
            )
        texts.setdefault(row.letter.text, []).append(row)
    if faults:
        more = f"\n… {len(faults) - _SHOWN}" if len(faults) > _SHOWN else ""
        raise CorpusError("\n".join(faults[:_SHOWN]) + more)
    if not rows:
        raise CorpusError(f"{path}: no labelled letter / 没有标注过的信件")
    notes: list[tuple[str, str]] = []
    letters: list[LabelledLetter] = []
    for same in texts.values():
        merged, ties = merge(same)
        letters.append(merged)
        if len(same) > 1:
            who = "、".join(str(x.meta.get("annotator") or x.letter.source) for x in same)
            notes.append(
                (
                    f"{merged.letter.id}:{len(same)} 份标注({who}),按多数合并,{ties} 句意见相持,不用于训练",
                    f"{merged.letter.id}: labelled {len(same)} times ({who}), merged by majority; {ties} sentences are tied and left out",
                )
            )
    return Gathered(tuple(letters), tuple(notes + _never(letters, labels)))


def _lines(path: Path) -> Iterator[tuple[Path, int, str]]:
    for file in corpus_files(path):
        try:
            with file.open(encoding="utf-8-sig") as lines:
                for number, line in enumerate(lines, 1):
                    if line.strip():
                        yield file, number, line
        except UnicodeDecodeError as error:
            raise CorpusError(f"{file}: not UTF-8 / 不是 UTF-8 编码: {error}") from error
        except OSError as error:
            raise CorpusError(f"{file}: cannot be read / 无法读取: {error}") from error


def _never(letters: Sequence[LabelledLetter], labels: Sequence[Label]) -> list[tuple[str, str]]:
    given = {label for x in letters for labels_of in x.labels for label in labels_of}
    given |= {label for x in letters for bag in x.bags for label in bag.labels}
    return [
        (
            f"标签“{LABEL_NAMES.get(label, label)}”在新信件中从未出现",
            f"the label {label} never occurs in the new letters",
        )
        for label in labels
        if label not in given
    ]


def merge(same: Sequence[LabelledLetter]) -> tuple[LabelledLetter, int]:
    """The labels of several annotators of one letter by majority, and the number of sentences on which they tie."""
    first = same[0]
    if len(same) == 1:
        return first, 0
    labels: list[frozenset[Label]] = []
    seen: list[bool] = []
    ties = 0
    for i in range(len(first.labels)):
        votes = [x.labels[i] for x in same if x.known[i]]
        winner = _majority(votes)
        ties += bool(votes) and winner is None
        labels.append(winner or frozenset())
        seen.append(winner is not None)
    bags: list[Bag] = []
    for paragraph in sorted({bag.paragraph for x in same for bag in x.bags}):
        own = [bag for x in same for bag in x.bags if bag.paragraph == paragraph]
        agreed = _majority([bag.labels for bag in own])
        rows = own[0].sentences
        carried = frozenset[Label]().union(*(labels[i] for i in rows))
        complete = all(seen[i] for i in rows)
        # what the sentences say by themselves is finer, and wins where the two contradict each other
        if agreed is not None and carried <= agreed and (carried == agreed or not complete):
            bags.append(Bag(paragraph, rows, agreed))
    return replace(first, labels=tuple(labels), bags=tuple(bags), seen=tuple(seen)), ties


def _majority(votes: Sequence[T]) -> T | None:
    ranked = Counter(votes).most_common(2)
    if not ranked or (len(ranked) == 2 and ranked[0][1] == ranked[1][1]):
        return None
    return ranked[0][0]
