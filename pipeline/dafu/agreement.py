"""How far annotators agree: Krippendorff's alpha a label, over all and by pairs, and what they dispute."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from dafu.records import Label


def krippendorff_alpha(units: Iterable[Sequence[object]]) -> float:
    """Krippendorff's alpha for nominal values; each unit holds the values that annotators gave it.

    1 is full agreement, 0 what chance gives; not a number where nothing varies or no unit has two values.
    Source: K. Krippendorff, Computing Krippendorff's Alpha-Reliability, 2011.

    >>> round(krippendorff_alpha([(1, 1), (0, 0), (1, 0), (0, 0)]), 3)
    0.533
    """
    total: Counter[object] = Counter()
    disagreeing = 0.0
    for values in units:
        m = len(values)
        if m < 2:
            continue
        counts = Counter(values)
        total.update(counts)
        disagreeing += sum(n * (m - n) for n in counts.values()) / (m - 1)
    n = sum(total.values())
    expected = sum(k * (n - k) for k in total.values())
    return 1 - (n - 1) * disagreeing / expected if expected else float("nan")


@dataclass(frozen=True, slots=True)
class Judged:
    """A sentence or paragraph that annotators labelled: the label set that each gave it."""

    id: str
    start: int
    end: int
    text: str
    unit: str
    given: Mapping[str, frozenset[Label]]

    @property
    def disputed(self) -> bool:
        """Whether two annotators gave it different label sets."""
        return len(set(self.given.values())) > 1


@dataclass(frozen=True, slots=True)
class Agreement:
    """Alpha by label for a group of annotators. ``same`` is the share of units with the same label set."""

    annotators: tuple[str, ...]
    units: int
    alpha: Mapping[Label, float]
    same: float


def judged(rows: Iterable[Mapping[str, Any]], given_of: Any) -> list[Judged]:
    """Units that at least two annotators labelled, in the order of the rows.

    ``given_of`` gives a row's label sets by (start, end, unit). Rows of one letter must have the same text:
    offsets mean the same only then; others are left out.
    """
    texts: dict[str, str] = {}
    found: defaultdict[tuple[str, int, int, str], dict[str, frozenset[Label]]] = defaultdict(dict)
    for row in rows:
        id = str(row["id"])
        if texts.setdefault(id, row["text"]) != row["text"]:
            continue
        annotator = str(row.get("meta", {}).get("annotator") or "")
        for (start, end, unit), labels in given_of(row).items():
            found[id, start, end, unit][annotator] = labels
    return [
        Judged(id, start, end, texts[id][start:end], unit, given)
        for (id, start, end, unit), given in found.items()
        if len(given) > 1
    ]


def agreements(units: Sequence[Judged], labels: Sequence[Label]) -> list[Agreement]:
    """The agreement of all annotators, then of each pair (where there are more than two)."""
    annotators = sorted({name for unit in units for name in unit.given})
    groups: list[tuple[str, ...]] = [tuple(annotators)]
    if len(annotators) > 2:
        groups += list(combinations(annotators, 2))
    found = []
    for group in groups:
        own = [[unit.given[name] for name in group if name in unit.given] for unit in units]
        own = [values for values in own if len(values) > 1]
        if own:
            found.append(
                Agreement(
                    group,
                    len(own),
                    {
                        label: krippendorff_alpha([[label in v for v in values] for values in own])
                        for label in labels
                    },
                    sum(len(set(values)) == 1 for values in own) / len(own),
                )
            )
    return found
