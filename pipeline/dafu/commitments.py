"""Tagged letters to ledgers: what is promised (commitments) and what has been done (measures)."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from dafu.choices import BY_WEIGHTS, Judge, step
from dafu.clauses import Clause, clause_spans, read_clause, roles_of
from dafu.cuts import OPENS, OUTSIDE, Seen, divide, leads_on
from dafu.dates import earliest, letter_day
from dafu.periods import Period, find_periods, lies_ahead
from dafu.records import COMPLETED, PLANNED, Commitment, Figure, Label, Letter, Measure, SentenceTag
from dafu.verbs import MODAL, OWN_BODY, VAGUE_START

Span = tuple[int, int]
SPECIFIC: Final = "specific"
CONCRETE: Final = "concrete"
VAGUE: Final = "vague"


@dataclass(slots=True)
class _Row:
    """One measure of a sentence, while it grows: its span, its main clause, all its clauses.

    ``shared`` is a clause that dates every measure of the sentence (2025年底前，完成…，建成…); ``tells`` says that the main
    clause tells the act and does not only lead to it.
    """

    start: int
    end: int
    main: Clause
    clauses: list[Clause]
    subject: Span | None
    shared: Span | None
    tells: bool

    def add(self, clause: Clause, tells: bool) -> None:
        """Let the measure run on over a clause."""
        self.end = clause.end
        if not self.tells:
            self.subject = clause.body or self.subject
            if tells or (self.main.verb is None and clause.verb is not None):
                self.main, self.tells = clause, tells
        self.clauses.append(clause)


def find_commitments(
    letter: Letter,
    folded: str,
    tags: Sequence[SentenceTag],
    figures: Sequence[Figure],
    judge: Judge = BY_WEIGHTS,
) -> tuple[Commitment, ...]:
    """The planned measures of a tagged letter, in text order; a sentence may give several.

    ``folded`` is the letter's folded text, ``tags`` has one entry a sentence, ``figures`` are what
    :func:`~dafu.figures.find_figures` gave; ``judge`` makes the choices that the words leave open. Cells are slices
    of the letter, or ``None``; 我局 and 我市 are resolved to the issuer on the letterhead where it is known.

    >>> from dafu.letter import parse_letter
    >>> letter = parse_letter("下一步，我局将会同县财政局于2025年底前完成三座水厂改造。")
    >>> tag = SentenceTag(("planned",), {"planned": 0.95})
    >>> row, = find_commitments(letter, letter.text, [tag], [])
    >>> row.action, row.body, row.roles, row.deadline, row.deadline_end, row.grade
    ('完成三座水厂改造', '我局', (Role(role='会同', body='县财政局'),), '2025年底前', '2025-12-31', 'specific')
    """
    today = letter_day(letter.meta.date)
    rows: list[Commitment] = []
    for row, periods, targets, shared in _found(letter, folded, tags, figures, PLANNED, today, judge):
        deadline = _deadline(periods, row, today)
        condition = next((c.condition for c in row.clauses if c.condition), None)
        rows.append(
            Commitment(
                **shared,
                deadline=letter.text[deadline.start : deadline.end] if deadline else None,
                deadline_start=deadline.first if deadline else None,
                deadline_end=deadline.last if deadline else None,
                targets=targets,
                condition=letter.text[slice(*condition)] if condition else None,
                grade=_grade(folded, row, deadline, targets, judge),
            )
        )
    return tuple(rows)


_UNDER_WAY = re.compile(
    r"正(?:在|积极|抓紧|加紧|有序|组织|按|进行|开展|逐步|全力|编制|办理|施工)|推进中|施工中|编制中|办理中|进行中|审批中|有序推进|稳步推进|加快推进|抓紧|着手|陆续"
)
_DOCUMENT = re.compile(r"《[^《》\n]{2,120}+》")
_ISSUING = re.compile(
    r"出台|印发|下发|制定|制订|发布|编制|修订|起草|颁布|公布|签订|签署|联合|转发|提出|形成|编印|拟定"
)


def find_measures(
    letter: Letter, folded: str, tags: Sequence[SentenceTag], figures: Sequence[Figure]
) -> tuple[Measure, ...]:
    """The completed measures of a tagged letter, in text order; arguments as :func:`find_commitments`.

    >>> from dafu.letter import parse_letter
    >>> letter = parse_letter("去年我局印发《石桥路整治方案》，施工图正在编制。")
    >>> tag = SentenceTag(("completed",), {"completed": 0.97})
    >>> [(m.action, m.status, m.date, m.documents) for m in find_measures(letter, letter.text, [tag], [])]
    [('印发《石桥路整治方案》', 'done', '去年', ('《石桥路整治方案》',)), ('施工图正在编制', 'under_way', None, ())]
    """
    today = letter_day(letter.meta.date)
    rows: list[Measure] = []
    for row, periods, inside, shared in _found(letter, folded, tags, figures, COMPLETED, today, BY_WEIGHTS):
        words = folded[row.start : row.end]
        under_way = _UNDER_WAY.search(words) is not None
        when = _when(periods, row, under_way)
        titles = _DOCUMENT.finditer(words) if _ISSUING.search(words) else ()
        rows.append(
            Measure(
                **shared,
                status="under_way" if under_way else "done",
                date=letter.text[when.start : when.end] if when else None,
                date_start=when.first if when else None,
                date_end=when.last if when else None,
                documents=tuple(letter.text[row.start + m.start() : row.start + m.end()] for m in titles),
                figures=inside,
            )
        )
    return tuple(rows)


def _found(
    letter: Letter,
    folded: str,
    tags: Sequence[SentenceTag],
    figures: Sequence[Figure],
    label: Label,
    today: date | None,
    judge: Judge,
) -> Iterator[tuple[_Row, Sequence[Period], tuple[int, ...], dict[str, Any]]]:
    """The measures of a label: each with its sentence's periods, its figures and the cells that both tables have."""
    other = COMPLETED if label == PLANNED else PLANNED
    places = [figure.start for figure in figures]
    for index, (sentence, tag) in enumerate(zip(letter.sentences, tags, strict=True)):
        if label not in tag.labels:
            continue
        span = (sentence.start, sentence.end)
        periods = _periods(folded, span, today, past=label == COMPLETED)
        heading = _heading(letter, index)
        own = _figures_in(places, *span)
        starts = places[own.start : own.stop]
        for row in _rows(folded, span, periods, starts, label, other in tag.labels, today, judge):
            inside = _figures_in(starts, row.start, row.end)
            action, object_ = _cells(letter.text, row)
            yield (
                row,
                periods,
                tuple(range(own.start + inside.start, own.start + inside.stop)),
                {
                    "sentence": index,
                    "start": row.start,
                    "end": row.end,
                    "text": letter.text[row.start : row.end],
                    "action": action,
                    "object": object_,
                    "body": _body(letter, row.subject),
                    "roles": roles_of(folded, letter.text, row.start, row.end),
                    "heading": heading,
                    "probability": tag.scores.get(label, 0.0),
                    "needs_review": tag.needs_review,
                },
            )


def _periods(folded: str, span: Span, today: date | None, *, past: bool) -> list[Period]:
    start, end = span
    return [
        Period(p.start + start, p.end + start, p.text, p.first, p.last, p.by)
        for p in find_periods(folded[start:end], today, past=past)
    ]


def _heading(letter: Letter, index: int) -> str | None:
    at = letter.paragraphs[letter.sentences[index].paragraph].heading
    if at is None:
        return None
    place = letter.paragraphs[at]
    return letter.text[place.start : place.end]


_DONE = re.compile(
    r"实际|已(?!故|婚|知|久)|完成了|先后|目前|正在|去年|上年|累计|截至|近年来|以来|[建修装改投印出发召举立设取争安][成通好用发台放开办项立得取排]了"
)
_PLAN = re.compile(rf"{MODAL.pattern}|年?底前|年内|待[^，。；]{{2,20}}后|近期|下半年|月底前|目标")


def _rows(
    folded: str,
    span: Span,
    periods: Sequence[Period],
    figures: Sequence[int],
    label: Label,
    mixed: bool,
    today: date | None,
    judge: Judge,
) -> list[_Row]:
    """The measures of one sentence, cut by :mod:`dafu.cuts`.

    In a sentence that is completed and planned, only the clauses that speak for ``label`` count. ``figures`` are the
    starts of the sentence's figures.
    """
    clauses = [
        read_clause(folded, a, b, [(p.start, p.end) for p in _between(periods, a, b)] if periods else [])
        for a, b in clause_spans(folded, *span)
    ]
    if not clauses:
        return []
    if mixed:
        clauses = _speaking(folded, clauses, label, periods, today)
    if label == PLANNED:
        clauses = [c for c in clauses if not _asks(folded, c)] or clauses
    seen = [
        Seen(
            bool(_between(periods, clause.start, clause.end)),
            bool(_figures_in(figures, clause.start, clause.end)),
            _PLAN.search(folded, clause.start, clause.end) is not None,
        )
        for clause in clauses
    ]
    subject: Span | None = None
    shared: Span | None = None
    rows: list[_Row] = []
    for clause, own, part in zip(clauses, seen, divide(folded, clauses, seen, judge), strict=True):
        subject = clause.body or subject
        # 已印发方案，施工图正在编制: what is done and what is under way are two measures
        turns = (
            label == COMPLETED
            and rows
            and part != OUTSIDE
            and _UNDER_WAY.search(folded, clause.start, clause.end) is not None
            and _UNDER_WAY.search(folded, rows[-1].start, rows[-1].end) is None
        )
        if (
            own.dated
            and clause.verb is None
            and _dates_all(clause, _between(periods, clause.start, clause.end))
        ):
            shared = (clause.start, clause.end)
        tells = clause.verb is not None and not leads_on(folded, clause, first=True)
        if part == OPENS or turns:
            rows.append(_Row(clause.start, clause.end, clause, [clause], subject, shared, tells))
        elif part != OUTSIDE:
            rows[-1].add(clause, tells)
    return [row for row in rows if not _announces(folded, row)] or rows


#: 将从以下方面推进：
_ANNOUNCEMENT = re.compile(
    r"(?:以下|如下|下列|这|[几二两三四五六七八九十\d])(?:[几二两三四五六七八九十\d]{1,2})?(?:个|项|大|条|点)?(?:方面|工作|事项|任务|举措|措施|几点|点)[^，。；]{0,12}$"
)


def _announces(folded: str, row: _Row) -> bool:
    """Whether a row only says that measures follow."""
    return folded.startswith(("：", ":"), row.end) and bool(
        _ANNOUNCEMENT.search(folded, max(row.start, row.end - 40), row.end)
    )


#: What others are asked or free to do.
_TO_OTHERS = re.compile(r"(?:敬?请|建议由?|欢迎|如)?(?:您|你(?!院|校)|贵[局市县区委校])")


def _asks(folded: str, clause: Clause) -> bool:
    """Whether a clause speaks of the reader and promises nothing."""
    return _TO_OTHERS.match(folded, clause.start, clause.end) is not None and not _PLAN.search(
        folded, clause.start, clause.end
    )


def _dates_all(clause: Clause, dates: Sequence[Period]) -> bool:
    """Whether a clause is no more than a date, which holds for all that follows (2025年底前，完成…，建成…)."""
    return any(p.start - clause.start <= 6 and clause.end - p.end <= 4 for p in dates)


def _speaking(
    folded: str, clauses: Sequence[Clause], label: Label, periods: Sequence[Period], today: date | None
) -> list[Clause]:
    """The clauses of a mixed sentence that speak for a label; a clause without a cue goes with the one before."""
    said: list[Label | None] = []
    now = today.isoformat() if today else ""
    for clause in clauses:
        plan = _PLAN.search(folded, clause.start, clause.end)
        done = _DONE.search(folded, clause.start, clause.end)
        ahead = next(
            (
                p
                for p in _between(periods, clause.start, clause.end)
                if today and (lies_ahead(p, today) or (p.first or p.last or "") > now)
            ),
            None,
        )
        at = plan.start() if plan else ahead.start if ahead else -1
        if at >= 0 and done:
            said.append(PLANNED if at > done.start() else COMPLETED)
        else:
            said.append(PLANNED if at >= 0 else COMPLETED if done else said[-1] if said else None)
    # what stands before the first cue was done: reports put it first
    kept = [c for c, s in zip(clauses, said, strict=True) if (s or COMPLETED) == label]
    return kept or list(clauses)


def _cells(text: str, row: _Row) -> tuple[str | None, str | None]:
    """Action (verb and object) and object of a row, verbatim."""
    main = row.main
    action = text[main.act : main.end].rstrip(" 、，")
    return action or None, text[slice(*main.object)] if main.object else None


def _body(letter: Letter, span: Span | None) -> str | None:
    if span is None:
        return None
    words = letter.text[slice(*span)]
    if letter.meta.issuer and OWN_BODY.fullmatch(words):
        return letter.meta.issuer
    return words


def _figures_in(starts: Sequence[int], start: int, end: int) -> range:
    """Which figures begin in ``start:end``, by the starts of all."""
    if not starts:
        return _NONE
    low = bisect_left(starts, start)
    return range(low, bisect_left(starts, end, low))


_NONE: Final = range(0)


def _between(periods: Sequence[Period], start: int, end: int) -> Sequence[Period]:
    """The periods that begin in ``start:end``."""
    if not periods:
        return periods
    low = bisect_left(periods, start, key=lambda period: period.start)
    return periods[low : bisect_left(periods, end, lo=low, key=lambda period: period.start)]


_SPAN_BACK = re.compile(r"近|过去|以来|来$|截至|截止|至今|目前")


def _deadline(periods: Sequence[Period], row: _Row, today: date | None) -> Period | None:
    """When it is to be done: a limit (…前, …内) before a plain date ahead of the letter's."""
    inside = row.main.object or (0, 0)
    found = list(_between(periods, row.start, row.end))
    if row.shared and row.shared[0] < row.start:
        found = [*_between(periods, *row.shared), *found]
    ahead = [
        p
        for p in found
        if (p.by or not inside[0] <= p.start < inside[1])  # 申报2022年专项债: the object's year, no date
        and not _SPAN_BACK.search(p.text)
        and (p.last is None or today is None or p.last >= earliest(today).isoformat())
        and (p.first or p.last or p.by)
    ]
    limit = next((p for p in ahead if p.by), None) or next((p for p in ahead if p.last), None)
    return limit or (ahead[0] if ahead else None)


def _when(periods: Sequence[Period], row: _Row, under_way: bool) -> Period | None:
    """The date of a measure: one of its own, else (for what is done) the last one named before it."""
    own = next((p for p in _between(periods, row.start, row.end) if not p.by), None)
    if own or under_way:
        return own
    before = periods[: bisect_left(periods, row.start, key=lambda period: period.start)]
    return next((p for p in reversed(before[-4:]) if not p.by), None)


#: Whether a promise without date or figure is concrete: the question of the grade.
GRADE: Final = "grade"
#: Adverbs that leave open how much will be done.
_LOOSE = re.compile(r"进一步|千方百计|大力|争取")
_YES: Final = ("", "1")


def _grade(folded: str, row: _Row, deadline: Period | None, targets: Sequence[int], judge: Judge) -> str:
    """specific: a date or a figure binds it; concrete: an act with its object; vague: neither."""
    if deadline is not None or targets:
        return SPECIFIC
    main = row.main
    start, stop = main.verb or (main.act, main.act)
    verb = folded[start:stop]
    vague = main.verb is None or VAGUE_START.match(folded, start, main.end) is not None
    object_ = folded[slice(*main.object)] if main.object else ""
    way = folded[main.start : main.act]
    values = (
        "",
        _YES[vague],
        _YES[_LOOSE.search(way) is not None],
        _YES[vague] + verb,
        verb,
        verb[:1],
        folded[main.act : main.act + 1],
        step(len(object_) // 2),
        object_[-2:],
        object_[-1:],
        object_[:2],
        way[-2:],
        way[:2],
        folded[row.start : row.start + 2],
        folded[row.end - 2 : row.end],
        step((row.end - row.start) // 4),
        step(len(row.clauses)),
        _YES[main.body is not None],
        _YES[any(clause.condition for clause in row.clauses)],
        _YES["“" in object_],
        _YES["、" in object_],
        verb + object_[-2:],
    )
    grades = (CONCRETE, VAGUE)
    return grades[judge.classify(GRADE, (row.start, row.end), grades, values)]
