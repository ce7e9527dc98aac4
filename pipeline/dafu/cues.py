"""Cue rules over many sentences at once: data in ``configs/cues.toml``, one automaton for all words."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dafu.settings import CueRule, cue_rules

_BEFORE, _AFTER = 12, 16
_CLAUSE_ENDS = frozenset("\n，。；！？：、）-）是. ①②③④⑤⑥⑦⑧⑨⑩")


@dataclass(frozen=True, slots=True)
class CueHits:
    """Cue hits as columns: ``rule`` (index into :func:`~dafu.settings.cue_rules`), ``start``, ``end``."""

    rule: NDArray[np.int32]
    start: NDArray[np.int64]
    end: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Compiled:
    automaton: object
    #: For each word of the automaton the rules that it belongs to (none for a ``not_words`` entry).
    rules_of: tuple[tuple[int, ...], ...]
    rules: tuple[CueRule, ...]
    not_before: tuple[re.Pattern[str] | None, ...]
    not_after: tuple[re.Pattern[str] | None, ...]


@functools.cache
def _compiled() -> _Compiled:
    from ahocorasick_rs import AhoCorasick, MatchKind

    rules = cue_rules()
    owners: dict[str, list[int]] = {}
    for index, rule in enumerate(rules):
        for word in rule.words:
            owners.setdefault(word, []).append(index)
        for word in rule.not_words:
            owners.setdefault(word, [])
    return _Compiled(
        AhoCorasick(list(owners), matchkind=MatchKind.LeftmostLongest),
        tuple(tuple(found) for found in owners.values()),
        rules,
        tuple(re.compile(f"(?:{rule.not_before})$") if rule.not_before else None for rule in rules),
        tuple(re.compile(rule.not_after) if rule.not_after else None for rule in rules),
    )


def find_cues(text: str) -> CueHits:
    """Where cue rules apply in a folded text; sentences are separated by line breaks.

    >>> from dafu.settings import cue_rules
    >>> hits = find_cues("我局拟在路口增设信号灯。\\n建成虚拟仿真实训室。")
    >>> [(cue_rules()[r].id, int(s), int(e)) for r, s, e in zip(hits.rule, hits.start, hits.end)]
    [('intend', 2, 4), ('issued', 13, 15)]
    """
    compiled = _compiled()
    matches = compiled.automaton.find_matches_as_indexes(text)  # type: ignore[attr-defined]
    rule_column: list[int] = []
    starts: list[int] = []
    ends: list[int] = []
    for word, start, end in matches:
        for index in compiled.rules_of[word]:
            scope = compiled.rules[index].scope
            if scope != "anywhere":
                opens = start == 0 or text[start - 1] in _CLAUSE_ENDS
                if not opens or (scope == "sentence" and text.rfind("\n", 0, start) + 8 < start):
                    continue
            pattern = compiled.not_before[index]
            if pattern is not None:
                before = text[max(0, start - _BEFORE) : start]
                if pattern.search(before[before.rfind("\n") + 1 :]):
                    continue
            pattern = compiled.not_after[index]
            if pattern is not None and pattern.match(text[end : end + _AFTER].partition("\n")[0]):
                continue
            rule_column.append(index)
            starts.append(start)
            ends.append(end)
    return CueHits(np.array(rule_column, np.int32), np.array(starts, np.int64), np.array(ends, np.int64))
