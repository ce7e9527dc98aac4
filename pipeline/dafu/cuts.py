"""Where one measure ends and the next begins: every clause opens a measure, runs on from the one before, or is no part
of any; which of the three is chosen by weights fitted to labelled ledgers (:mod:`dafu.choices`)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from dafu.choices import NUMBERS, Judge, step
from dafu.clauses import Clause
from dafu.verbs import END_START, MODAL, OPEN_START

#: The question, and the three answers.
CUTS: Final = "cut"
OPENS: Final = "opens"
RUNS_ON: Final = "runs on"
OUTSIDE: Final = "outside"
_ANSWERS: Final = (OPENS, OUTSIDE, RUNS_ON)

#: Clauses that say on what ground or with what end a measure stands, not what is done.
_FRAME = re.compile(
    r"(?:按照|根据|依据|依照|结合|围绕|针对|聚焦|立足|坚持以|以[^，。；]{2,30}为|为(?!了?[^，。；]{1,4}(?:办|提供|配))|本着|鉴于|由于|因|考虑到|对于|关于|在[^，。；]{2,30}(?:下|上|中|基础上)$|随着|参照|作为|一经|一旦|凡(?!事)|如有|如果|倘若"
    r"|(?:会同|联合|配合|协同)[^，。；]{2,40}(?:部门|单位|[局委厅办院司])$|感谢|您|你(?:们)?(?:提|反映|的)|欢迎|敬请)"
)
#: Endings of a clause that leads to the next one: whom or what it concerns, when, on what ground, in whose company.
_LEADS_ON = re.compile(
    r"(?:(?<!目)的|基础上|前提下|情况下|过程中|的同时|契机|之?前|之后|期间|以外|[^以今最此]后)$"
    r"|(?:会同|联合|配合|协同)[^，。；]{0,40}(?:部门|单位|[局委厅办院司部])$"
    r"|(?:根据|按照|结合|综合考虑|以)[^，。；]{2,60}(?:需求|实际|情况|因素|建议|意见|要求|原则|为(?:重点|主线|契机|抓手|目标|导向|引领|统领|龙头|牵引|支撑|依托|载体|突破口|基础|核心|纽带|着力点|切入点|主题|遵循|指引|根本|先导))$"
)
#: The last characters of those endings: most clauses end otherwise, and a look at one character is cheap.
_LEADS_ON_END: Final = frozenset(
    "的上下中时机前后间外门位局委厅办院司部求际况素议见则点线契抓手标向领头引撑托体口础心带题循本导"
)
_CONCERNS = re.compile(r"但?对(?![外内接标口照])")


def leads_on(folded: str, clause: Clause, *, first: bool) -> bool:
    """Whether a clause tells no measure but leads to the next (按照…要求，；对逾期不拆的，); ``first``: no measure yet."""
    if folded[clause.end - 1] in _LEADS_ON_END and _LEADS_ON.search(folded, clause.start, clause.end):
        return True
    if clause.verb is None and _CONCERNS.match(folded, clause.start, clause.end):
        return True
    if clause.body is None and _FRAME.match(folded, clause.start, clause.end):
        return first or clause.verb is None or clause.object is None
    return clause.verb is None and clause.end - clause.act < 4 and clause.condition is not None


#: How, with what, from what money.
_MEANS = re.compile(
    r"以|用|通过|由(?=[^，。；]{1,3}向)|按|从(?!严|重|速|快)|优先|先|及时|和|与|参与|其余放|(?:首批|所需|费用|经费|资金|奖金|钱|其中|成熟|约|通过)|[^，。；]{1,12}由[^，。；]{1,12}(?:承担|支付|列支|拨付|保障|解决|统筹)$"
)
#: Whom a further rule concerns.
_RULE = re.compile(r"但?对(?![外内接])|逾期|[^，。；]{1,16}的(?:一律|依法|予以|，|由|先)|不合格|其余(?!放)")
_SUBJECT_PLANS = re.compile(rf"[^，。；]{{2,20}}?(?:{MODAL.pattern})")
_RATE = re.compile(r"(?:达到?|超过|不低于|不少于|以上|以下|增长|增速|占比|率)")
#: Lead-ins that are no part of a measure.
_LEAD_IN = re.compile(r"(?:下一?步|今后|往后|接下来|下一?阶段|后续)(?:的?工作)?(?:中|里)?|结合实际")


class Seen(NamedTuple):
    """What is known of a clause beside its words: whether a period stands in it, whether a figure does, and whether its
    words are those of a plan."""

    dated: bool
    figure: bool
    plan: bool


def divide(folded: str, clauses: Sequence[Clause], seen: Sequence[Seen], judge: Judge) -> list[str]:
    """For every clause of a sentence whether it opens a measure, runs on, or is outside of any.

    A sentence always has a measure: where no clause opens one the whole is one.
    """
    if len(clauses) == 1:
        return [OPENS]
    found: list[str] = []
    opened = False
    for i, clause in enumerate(clauses):
        values = _values(folded, clauses, seen, i)
        before = found[-1] if found else ""
        options = _ANSWERS if opened else _ANSWERS[:2]
        answer = judge.classify(CUTS, (clause.start, clause.end), options, (*values, before))
        found.append(options[answer])
        opened = opened or found[-1] == OPENS
    return found if opened else [OPENS, *[RUNS_ON] * (len(clauses) - 1)]


_YES: Final = ("", "1")


def _values(folded: str, clauses: Sequence[Clause], seen: Sequence[Seen], i: int) -> tuple[str, ...]:
    """What speaks for or against a cut before a clause."""
    start, end, act, verb, object_, body, condition = clauses[i]
    own = seen[i]
    led = verb is not None and verb[0] == act
    ends = led and END_START.match(folded, act, end) is not None
    opens = led and not ends and OPEN_START.match(folded, act, end) is not None
    kind = "ends" if ends else "opens" if opens else "led" if led else "late" if verb else "no verb"
    words = folded[verb[0] : verb[1]] if verb else ""
    behind = _NOTHING
    if i:
        before = clauses[i - 1]
        before_verb = folded[before.verb[0] : before.verb[1]] if before.verb else ""
        before_thing = folded[before.object[1] - 2 : before.object[1]] if before.object else ""
        behind = (
            folded[start - 1],
            before_verb,
            step((before.end - before.start) // 2),
            folded[before.start : before.start + 2],
            _YES[leads_on(folded, before, first=i == 1)],
            words[-1:] + before_verb[-1:],
            folded[act : act + 1] + folded[before.act : before.act + 1],
            _YES[own.dated and seen[i - 1].dated],
            before_thing,
            before_thing + kind,
        )
    return (
        "",
        kind,
        _YES[bool(_MEANS.match(folded, act, end) or (act > start and _MEANS.match(folded, start, end)))],
        _YES[bool(_RULE.match(folded, act, end) or (act > start and _RULE.match(folded, start, end)))],
        *behind,
        NUMBERS[min(i, 9)],
        NUMBERS[min(len(clauses), 6)],
        words,
        folded[start : start + 1],
        folded[start : min(start + 2, end)],
        folded[start : min(start + 3, end)],
        folded[end - 1 : end],
        folded[act : act + 2],
        folded[end : end + 1],
        step((end - start) // 2),
        step(act - start),
        kind + _YES[object_ is None],
        folded[object_[0] : object_[0] + 2] if object_ else "",
        folded[object_[1] - 2 : object_[1]] if object_ else "",
        _YES[body is not None],
        _YES[condition is not None],
        _YES[own.dated] + "." + _YES[own.figure],
        _YES[own.plan],
        _YES[not led and _SUBJECT_PLANS.match(folded, start, end) is not None],
        _YES[_RATE.search(folded, start, end) is not None],
        _YES[_LEAD_IN.fullmatch(folded, start, end) is not None],
    )


_NOTHING: Final = ("^",) * 10
