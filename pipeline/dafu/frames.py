"""The frame of each clause: who acts, in what mood, with what kind of verb, in which year.

Letters of offices and trades that no corpus holds use verbs and objects that no model has met; who acts and how it is
told are said in a few hundred words that all of them share. 公路段给险坡挂上了防护网 and 教育局对校车更换了座椅 have
no content word in common and one frame: a public body, an act, told as done. The text pass learns from frames beside
n-grams and words.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dafu.settings import frame_words
from dafu.verbs import ACTS, ENDS, VAGUE

Ints = NDArray[np.int64]

#: Who acts. The last three are carried over from an earlier clause of the sentence.
WHO: Final = ("nobody", "own", "body", "private", "own earlier", "body earlier", "private earlier")
#: What outweighs what where a clause has words of several.
MOODS: Final = ("rule", "negated", "future", "soft future", "past", "perfect", "under way", "bare")
VERBS: Final = ("act", "result", "none")
#: What the last clause before said, of those that say it outright.
EARLIER: Final = ("nothing", "rule", "future", "done")
_EARLIER_OF = np.array([1, 0, 2, 0, 3, 3, 0, 0])
#: Beyond the last word.
_NEVER = 1 << 40
#: Words whose class is remembered.
_CACHE = 200_000


class _Bits(dict[str, int]):
    """What each word is, one bit a class, worked out once a word."""

    def __init__(self) -> None:
        super().__init__()
        self.bit = {name: 1 << i for i, name in enumerate((*frame_words(), "act", "result"))}
        self._acts = frozenset(ACTS)
        self._results = frozenset((*ENDS, *VAGUE))
        self._private = frame_words()["private"].endings
        self._body = frame_words()["body"].endings

    def __missing__(self, word: str) -> int:
        found = sum(self.bit[name] for name, kind in frame_words().items() if word in kind.words)
        if word in self._acts or (len(word) >= 3 and word[:2] in self._acts):
            found |= self.bit["act"]
        if word in self._results:
            found |= self.bit["result"]
        if word.endswith(self._private):
            found |= self.bit["private"]
        elif word.endswith(self._body):
            found |= self.bit["body"]
        if word.isspace():
            found |= self.bit["mark"]
        if len(self) >= _CACHE:
            self.clear()
        self[word] = found
        return found


@functools.cache
def _bits() -> _Bits:
    return _Bits()


@dataclass(frozen=True, slots=True)
class Frames:
    """The frames of n clauses, arrays of shape (n,): indices into WHO, MOODS, VERBS and EARLIER, whether the words are
    told of others, and the index of the word that names the act (of the clause's first word where none does)."""

    who: Ints
    mood: Ints
    verb: Ints
    earlier: Ints
    told: Ints
    word: Ints


def read_frames(words: Sequence[str], clause: Ints, sentence: Ints) -> Frames:
    """The frames of the clauses that words stand in.

    ``clause`` (one a word, ascending from 0) is the clause of each word; ``sentence`` (one a clause) that of each
    clause. Every clause has a word.
    """
    table = _bits()
    bits = np.fromiter(map(table.__getitem__, words), np.int64, len(words))
    count = len(sentence)

    def has(name: str) -> NDArray[np.bool_]:
        return np.asarray(bits & table.bit[name], bool)

    def first(mask: NDArray[np.bool_]) -> Ints:
        found = np.full(count, _NEVER)
        at = np.flatnonzero(mask)[::-1]
        found[clause[at]] = at  # of several the last that is written is the first of the clause
        return found

    following = np.append(bits[1:], 0)
    noun = (following & table.bit["noun"]) != 0
    act, any_act, result = first(has("act") & ~noun), first(has("act")), first(has("result"))
    act = np.where(act < _NEVER, act, any_act)
    verb = np.minimum(act, result)
    kind = np.where(act < _NEVER, 0, np.where(result < _NEVER, 1, 2))

    own = has("own") | (has("self") & ((following & (table.bit["body"] | table.bit["short_body"])) != 0))
    parties = np.stack(
        [np.where(f < verb, f, _NEVER) for f in map(first, (own, has("body") & ~own, has("private")))]
    )
    who = np.where(parties.min(axis=0) < _NEVER, parties.argmin(axis=0) + 1, 0)
    before = carried(who, sentence)
    who = np.where((who == 0) & (before > 0), before + 3, who)

    done = np.full(count, -1)
    at = np.flatnonzero(has("perfect"))
    done[clause[at]] = at
    last = np.full(count, -1)
    at = np.flatnonzero(~has("mark"))
    last[clause[at]] = at
    # 对…的，由…查处: a clause that ends in 的 says to whom a rule applies
    whom = np.array([at >= 0 and words[at] == "的" for at in last.tolist()], bool)

    def ahead(name: str) -> NDArray[np.bool_]:
        return first(has(name)) < verb

    mood = np.full(count, 7)
    for value, given in (
        (6, ahead("under_way")),
        (5, (done >= verb) & (verb < _NEVER)),
        (4, ahead("past")),
        (3, ahead("soft_future")),
        (2, ahead("future")),
        (1, ahead("negation")),
        (0, (first(has("request") | has("condition")) < _NEVER) | ahead("rule")),
    ):
        mood = np.where(given, value, mood)
    mood = np.where(whom & (mood != 2), 0, mood)
    said = _EARLIER_OF[mood]
    earlier = np.where(said > 0, 0, carried(said, sentence))
    start = np.minimum(np.searchsorted(clause, np.arange(count)), len(words) - 1)
    return Frames(
        who, mood, kind, earlier, ahead("saying").astype(np.int64), np.where(verb < _NEVER, verb, start)
    )


def frame_keys(frames: Frames, year: Ints) -> Ints:
    """What is learned of each frame, shape (n, 6): parts of it together, each as a number of its own.

    ``year`` (n,) is 0 to 4: what year the clause speaks of (see :func:`dafu.features.clause_years`).
    """
    who, mood, verb = frames.who, frames.mood, frames.verb
    act = mood * len(VERBS) + verb
    whole = (who * len(MOODS) * len(VERBS) + act) * len(EARLIER) * 2 + frames.earlier * 2 + frames.told
    parts = (
        who * len(MOODS) * len(VERBS) + act,
        act,
        who * len(VERBS) + verb,
        whole,
        frames.earlier * len(MOODS) * len(VERBS) + act,
        year * len(MOODS) * len(VERBS) + act,
    )
    return np.stack([part * len(parts) + i for i, part in enumerate(parts)], axis=1)


def carried(values: Ints, sentence: Ints) -> Ints:
    """The last value above 0 in the same sentence, up to and with each clause; 0 where there is none."""
    at = np.maximum.accumulate(np.where(values > 0, np.arange(len(values)), -1)) if len(values) else values
    inside = (at >= 0) & (sentence[np.maximum(at, 0)] == sentence)
    return np.where(inside, values[np.maximum(at, 0)], 0)
