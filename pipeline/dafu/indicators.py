"""What a quantity counts (indicator) and over whom or where (scope), read from the words around it.

The indicator is chosen twice, by weights fitted to labelled figures (:mod:`dafu.choices`): first the word that it ends
with, among the words near the figure, the nouns of earlier clauses, the indicators of earlier figures and none at all;
then the word that it begins with.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from typing import Final, NamedTuple

from dafu.choices import NUMBERS, Candidate, Judge, step
from dafu.phrases import AND, EITHER, MAYBE, NOUN, OF, VERB, Span, Word, words_of
from dafu.verbs import ACT

_FUNCTION = "年月日全我本在由对经为将和与及至到从向于各该此近一两三四五六七八九持助请使是有的个等把被让也"
_SCOPE = re.compile(
    r"(?=[全我咱本该省市县区镇乡村站您你])(?:全[国省市县区州镇乡村街旗域校厅系司行]|(?:我|咱|我们)[国省市县区州镇乡街旗村校站馆](?!们)(?:境内)?|本[省市县区镇乡村校](?!级)|该[省市县区镇乡村校场馆站局院](?!所)|该(?:机构|公司|小区|单位|项目|企业)"
    r"|(?<![\u4e00-\u9fff])[省市县区镇乡村站]里|(?:您|你)家|全社会)"
    rf"|(?<![\u4e00-\u9fff])(?!{ACT}|按照|根据|依托|围绕|其中|目前|这|但|需|因|如|凡|退出)(?:(?![{_FUNCTION}])[\u4e00-\u9fff]){{2,5}}?"
    r"(?:自治区|省|(?<!超)市|县|(?<![社小园景片库校厂城户陷灾山牧林矿成采置分])区|镇|(?<!城)乡|街道|医院|宿舍区?|片区|街区|电厂|境内|地区|号楼)"
    r"(?![委政长级域场民局镇际直属内部划位人组规干的])"
)


class Place(NamedTuple):
    """Where a figure stands, its unit, and the class of its unit as the weights know it."""

    start: int
    end: int
    unit: str
    kind: str

    @classmethod
    def of(cls, start: int, end: int, unit: str, unit_class: str) -> Place:
        """A figure's place by its class of unit."""
        return cls(start, end, unit, _KINDS.get(unit_class, unit_class))


#: Classes of units whose figures measure the same sort of noun.
_KINDS: Final = {"price": "money", "rate": "share", "growth": "share"}
#: The two questions.
ENDS: Final = "indicator end"
BEGINS: Final = "indicator begin"
#: Where a candidate stands: before the figure, before an earlier figure of the clause, after it, in an earlier clause; an
#: earlier figure's indicator; none. And the one group of the second question.
_BEFORE: Final = "before"
_ACROSS: Final = "across"
_AFTER: Final = "after"
_EARLIER: Final = "earlier"
_AGAIN: Final = "again"
_NONE: Final = "none"
_PHRASE: Final = "phrase"
#: How much is looked at: words before the figure and after it, nouns of earlier clauses and how many clauses, earlier
#: figures, words of a phrase.
_WORDS_BEFORE: Final = 7
_WORDS_AFTER: Final = 5
_NOUNS_EARLIER: Final = 4
_CLAUSES: Final = 3
_FIGURES_BACK: Final = 2
_LONGEST: Final = 10
_MARKS: Final = frozenset("，。；：！？（）")
_NOMINAL: Final = frozenset((NOUN, EITHER, OF))
_EDGE: Final = Word(0, 0, "", "", "")


class Nouns:
    """The words of one sentence and the indicators chosen in it so far. Figures are asked for in text order."""

    def __init__(self, folded: str, start: int, end: int, judge: Judge) -> None:
        self._folded = folded
        self._judge = judge
        self._start = start
        self._words = words_of(folded, start, end)
        self._starts = [word.start for word in self._words]
        self._figures: list[Place] = []
        self._taken: set[int] = set()
        self._chosen: list[Span | None] = []

    def choose(self, place: Place, clause: int, following: int) -> Span | None:
        """The indicator of a figure; ``clause`` is where its clause begins, ``following`` where the next figure or
        the sentence's end stands."""
        self.enter(place)
        ends = self._ends(clause, following)
        options = [self._words[at].end if isinstance(at, int) else at for at, _ in ends]
        at, end = ends[self._judge.choose(ENDS, place[:2], options, [candidate for _, candidate in ends])]
        self.settle(self._phrase(at, end.group, place[:2]) if isinstance(at, int) else at)
        return self._chosen[-1]

    def enter(self, place: Place) -> None:
        """Note where the next figure stands."""
        first = bisect_right(self._starts, place.start) - 1
        for i in range(max(first, 0), bisect_left(self._starts, place.end)):
            if self._words[i].end > place.start:
                self._taken.add(i)
        self._figures.append(place)

    def settle(self, span: Span | None) -> None:
        """Note the indicator of the figure entered last."""
        self._chosen.append(span)

    def phrase(self, start: int, end: int) -> Span | None:
        """The noun phrase that ends the words of ``start:end``."""
        words = self._words
        last = bisect_left(self._starts, end) - 1
        if last >= 0 and words[last].end > end:
            last -= 1
        if last < 0 or words[last].start < start:
            return None
        found = self._phrase(last, _BEFORE, (start, end))
        return max(found[0], start), found[1]

    def _phrase(self, last: int, group: str, place: Span) -> Span:
        """The phrase that ends with the word ``last``."""
        begins = self._begins(last, group)
        starts = [self._words[at].start for at, _ in begins]
        first = self._judge.choose(BEGINS, place, starts, [candidate for _, candidate in begins])
        return starts[first], self._words[last].end

    def _ends(self, clause: int, following: int) -> list[tuple[int | Span | None, Candidate]]:
        """What the indicator of the figure entered last may end with: a word (by its place), the whole of an earlier
        indicator, or ``None``."""
        words, folded = self._words, self._folded
        place = self._figures[-1]
        begin, finish, unit, kind = place
        after = bisect_left(self._starts, finish)
        before = bisect_left(self._starts, begin)
        if before and words[before - 1].end > begin:
            before -= 1
        of = "的" if after < len(words) and words[after].text == "的" else ""
        left = self._figures[-2].end if len(self._figures) > 1 else self._start
        found: list[tuple[int | Span | None, Candidate]] = []
        self._ends_before(found, place, before, clause, left, of)
        self._ends_after(found, place, after, following, of)
        self._ends_earlier(found, place, before, clause)
        earlier = zip(
            self._chosen[: -_FIGURES_BACK - 1 : -1], self._figures[-2 : -_FIGURES_BACK - 2 : -1], strict=True
        )
        for back, (span, other) in enumerate(earlier, 1):
            if span is None or any(span == at for at, _ in found):
                continue
            same = "=" if other.unit == unit else ""
            near = "c" if span[0] >= clause else ""
            gap = NUMBERS[begin - left] if begin - left < 3 else "+"
            found.append(
                (
                    span,
                    Candidate(
                        _AGAIN,
                        kind,
                        (
                            "",
                            NUMBERS[back],
                            same,
                            same + NUMBERS[back],
                            near,
                            folded[span[1] - 1],
                            other.unit + ">" + unit,
                            gap,
                            folded[max(left, begin - 4) : begin],
                            of,
                            same + near,
                        ),
                    ),
                )
            )
        last = words[before - 1] if before else _EDGE
        first = words[after] if after < len(words) else _EDGE
        found.append(
            (
                None,
                Candidate(
                    _NONE,
                    kind,
                    (
                        "",
                        unit,
                        folded[max(clause, begin - 2) : begin],
                        of,
                        last.kind + first.kind,
                        last.text,
                        "^" if begin == clause else "",
                        "1" if left > self._start else "",
                    ),
                ),
            )
        )
        return found

    def _ends_before(
        self,
        found: list[tuple[int | Span | None, Candidate]],
        place: Place,
        before: int,
        clause: int,
        left: int,
        of: str,
    ) -> None:
        """Words of the figure's own clause, before it."""
        words, folded = self._words, self._folded
        seen = 0
        noun = ""
        for i in range(before - 1, -1, -1):
            word = words[i]
            if word.start < clause or seen == _WORDS_BEFORE:
                return
            if i in self._taken:
                continue
            next_ = words[i + 1] if i + 1 < len(words) else _EDGE
            link = folded[word.end : place.start]
            near = step(seen)
            values = (
                *self._of_word(i, place.unit),
                (words[i - 1].kind if i else "") + word.kind,
                word.kind + next_.tag,
                near,
                near + word.kind,
                link[:9],
                link[:1] + link[-1:],
                noun + word.kind,
                of + word.kind,
            )
            found.append((i, Candidate(_BEFORE if word.start >= left else _ACROSS, place.kind, values)))
            if word.kind == NOUN:
                noun = NOUN
            seen += 1

    def _ends_after(
        self,
        found: list[tuple[int | Span | None, Candidate]],
        place: Place,
        after: int,
        following: int,
        of: str,
    ) -> None:
        """Words right after the figure."""
        words = self._words
        start = after + len(of)
        run = ""
        for i in range(start, min(start + _WORDS_AFTER, len(words))):
            word = words[i]
            if word.end > following or word.text in _MARKS or word.kind == AND:
                return
            next_ = words[i + 1] if i + 1 < len(words) else _EDGE
            run += word.kind
            values = (
                *self._of_word(i, place.unit),
                word.kind + next_.tag,
                NUMBERS[i - start] + word.kind,
                of,
                of + word.kind,
                "." if next_.text in _MARKS else "",
                run + next_.kind,
            )
            found.append((i, Candidate(_AFTER, place.kind, values)))

    def _ends_earlier(
        self, found: list[tuple[int | Span | None, Candidate]], place: Place, before: int, clause: int
    ) -> None:
        """The nouns of the clauses before the figure's."""
        words = self._words
        seen = clauses = 0
        for i in range(before - 1, -1, -1):
            word = words[i]
            if word.text in _MARKS:
                clauses += 1
            if word.start >= clause:
                continue
            if seen == _NOUNS_EARLIER or clauses > _CLAUSES:
                return
            next_ = words[i + 1] if i + 1 < len(words) else _EDGE
            if word.kind not in _NOMINAL or next_.kind in _NOMINAL or i in self._taken:
                continue
            between = "f" if any(word.end <= f.start and f.end <= place.start for f in self._figures) else ""
            values = (
                *self._of_word(i, place.unit),
                (words[i - 1].kind if i else "") + word.kind,
                step(clauses),
                step(seen),
                between,
                between + ("f" if i + 1 in self._taken else ""),
            )
            found.append((i, Candidate(_EARLIER, place.kind, values)))
            seen += 1

    def _of_word(self, i: int, unit: str) -> tuple[str, ...]:
        """What every word says that an indicator may end with."""
        word = self._words[i]
        next_ = self._words[i + 1] if i + 1 < len(self._words) else _EDGE
        last = word.text[-1]
        return (
            "",
            word.text[-2:],
            word.tag,
            word.kind,
            last,
            next_.text,
            word.kind + next_.kind,
            unit + last,
        )

    def _begins(self, last: int, group: str) -> list[tuple[int, Candidate]]:
        """The words that a phrase which ends with the word ``last`` may begin with."""
        words = self._words
        kind = self._figures[-1].kind if self._figures else ""
        finish = self._figures[-1].end if group == _AFTER else 0
        head = words[last].text[-1]
        found: list[tuple[int, Candidate]] = []
        kinds = ""
        for i in range(last, max(-1, last - _LONGEST), -1):
            word = words[i]
            if found and (word.text in _MARKS or word.start < finish or i in self._taken):
                break
            before = words[i - 1] if i else _EDGE
            size = NUMBERS[last - i]
            inner = kinds
            kinds = word.kind + kinds
            tail = word.text[-2:]
            values = (
                size,
                tail,
                word.tag,
                word.kind,
                before.text[-2:],
                before.kind,
                before.tag,
                before.kind + word.kind,
                before.text + word.kind,
                before.tag + word.tag,
                kinds[:3],
                kinds[:2] + before.kind,
                OF if OF in inner else "",
                size if VERB in kinds or MAYBE in kinds else "",
                group + size,
                step(words[last].end - word.start),
                "" if before.text not in _MARKS else word.kind,
                AND if AND in kinds else "",
                head + word.kind + before.kind,
                tail + head,
                word.kind if len(word.text) == 1 else "",
            )
            found.append((i, Candidate(_PHRASE, kind, values)))
        return found


def scope_of(folded: str, left: int, start: int) -> tuple[int, int] | None:
    """The span of the last scope word (全市, 我县, 青沅县) of ``folded[left:start]``.

    >>> text = "截至5月底，全市建成充电桩300个"
    >>> text[slice(*scope_of(text, 0, 14))]
    '全市'
    """
    found = None
    for match in _SCOPE.finditer(folded, left, start):
        found = match.span()
    return found
