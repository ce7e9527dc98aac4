"""Where one measure ends and the next begins: clauses that only introduce, and a score for every possible cut."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from dafu.clauses import Clause
from dafu.verbs import END_START, MODAL, OPEN_START

#: Clauses that say on what ground or with what end a measure stands, not what is done.
_FRAME = re.compile(
    r"(?:按照|根据|依据|依照|结合|围绕|针对|聚焦|立足|坚持以|以[^，。；]{2,30}为|为(?!了?[^，。；]{1,4}(?:办|提供|配))|本着|鉴于|由于|因|考虑到|对于|关于|在[^，。；]{2,30}(?:下|上|中|基础上)$|随着|参照|作为"
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


_FEATURES: Final[dict[str, re.Pattern[str]]] = {
    name: re.compile(pattern)
    for name, pattern in {
        # an aim, said of the measure before it
        "aim": r"力争|力求|争取(?=将|把|到)|尽量|尽力|最大限度|切实(?!加强|做好)|不断|努力(?:实现|做到|形成)|真正|使|不?让|不能让|以便|从而|避免|防止|充分|赋能",
        # how, with what, from what money
        "means": r"以|用|通过|由(?=[^，。；]{1,3}向)|按|从(?!严|重|速|快)|优先|先|及时|和|与|参与|其余放|(?:首批|所需|费用|经费|资金|奖金|钱|其中|成熟|约|通过)|[^，。；]{1,12}由[^，。；]{1,12}(?:承担|支付|列支|拨付|保障|解决|统筹)$",
        # whom a further rule concerns
        "concerns": r"但?对(?![外内接])|逾期|[^，。；]{1,16}的(?:一律|依法|予以|，|由|先)|不合格|其余(?!放)",
        "forbids": r"(?:[^，。；]{0,10})(?:不得|不准|严禁|禁止|一律不|严守|严肃|严厉|严格)",
    }.items()
}
_SPEAKS = re.compile("|".join(pattern.pattern for pattern in _FEATURES.values()))
_SUBJECT_PLANS = re.compile(rf"[^，。；]{{2,20}}?(?:{MODAL.pattern})")
_RATE = re.compile(r"(?:达到?|超过|不低于|不少于|以上|以下|增长|增速|占比|率)")


def features(
    folded: str,
    clause: Clause,
    before: Clause,
    *,
    dated: bool,
    redated: bool,
    figure: bool,
    led_to: bool,
) -> list[str]:
    """What speaks for or against a cut before ``clause``."""
    start, end = clause.act, clause.end
    verb = clause.verb
    led = verb is not None and verb[0] == clause.act
    found: list[str] = []
    begins = (start,) if start == clause.start else (start, clause.start)
    if any(_SPEAKS.match(folded, at, end) for at in begins):  # most clauses have none of the four
        found += [
            n for n, pattern in _FEATURES.items() if any(pattern.match(folded, at, end) for at in begins)
        ]
    ends = led and END_START.match(folded, start, end) is not None
    opens = led and not ends and OPEN_START.match(folded, start, end) is not None
    kind = "ends" if ends else "opens" if opens else "led" if led else "late" if verb else "no verb"
    found.append(kind)
    if clause.object is None:
        found.append("no object")
        if led:
            found.append("led, no object")
    if clause.body is not None:
        found.append("body")
    if figure:
        found.append("figure")
        if not led:
            found.append("figure, no act")
    if dated:
        found.append("dated")
    if redated:
        found.append("redated")
    if led_to:
        found.append("led to")
    if not led and _SUBJECT_PLANS.match(folded, clause.start, end):
        found.append("subject plans")
    if _RATE.search(folded, start, end):
        found.append("rate")
    if before.verb is None:
        found.append("after no verb")
    elif before.object is None:
        found.append("after no object")
    if before.end - before.act <= 8:
        found.append("after short")
    if end - start <= 7:
        found.append("short")
    if end - start >= 16:
        found.append("long")
    return found


#: Fitted by logistic regression (C = 0.15, rounded) on the 427 possible cuts in parts 1, 2 and 5 of ``corpus/ledger``
#: with the labels given: 77 % of them right in ten-fold cross-validation, 69 % of 339 in parts 3 and 4.
_WEIGHTS: Final[dict[str, float]] = {
    "ends": -1.2,
    "aim": -0.8,
    "means": -0.6,
    "no object": -0.5,
    "after no verb": -0.4,
    "figure": -0.3,
    "led, no object": -0.3,
    "no verb": -0.2,
    "rate": -0.2,
    "body": -0.1,
    "figure, no act": -0.1,
    "late": -0.1,
    "after no object": 0.1,
    "after short": 0.1,
    "short": 0.1,
    "led": 0.2,
    "led to": 0.2,
    "redated": 0.2,
    "subject plans": 0.2,
    "forbids": 0.3,
    "concerns": 0.5,
    "long": 0.8,
    "opens": 1.4,
}
_THRESHOLD: Final = 0.0


def opens(found: Iterable[str]) -> bool:
    """Whether the features of a cut speak for it."""
    return sum(_WEIGHTS.get(name, 0.0) for name in found) > _THRESHOLD
