"""One clause of officialese taken apart: who, when, on what condition, does what to what."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from typing import Final, NamedTuple

from dafu.records import Role
from dafu.verbs import ACT_START, ADVERB_START, BODY, MODAL, OWN_BODY

Span = tuple[int, int]

_OPEN: Final = {"（": "）", "“": "”", "《": "》", "〔": "〕", "‘": "’"}
_CLOSE: Final = frozenset(_OPEN.values())
_BRACKETS = re.compile(r"[（）“”《》〔〕‘’，；。：！？]|--")
_MARKER = re.compile(
    r"(?:[（(]?[一二三四五六七八九十\d]{1,3}[）)]|[一二三四五六七八九十]{1,3}(?:是(?!否)|要|、)|\d{1,2}(?:[、．]|\.(?!\d))|第[一二三四五六七八九十]{1,2}[，、]|[▲●★·◆①-⑳]|--+|其[一二三四五](?:[，是]))[ ，：]?"
)
#: The first characters of list markers, besides digits.
_MARKS: Final = frozenset("（(一二三四五六七八九十第▲●★·◆①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳其-")
_CONDITION: Final = (
    r"[^，。；]{1,8}(?<!假)若[^，。；]{2,40}|(?=[^，。；后]*+后)[^，。；]{2,10}(?<!先|今|此|然|随|以|最|背|落)后(?=再(?!续))|(?:待|等|等到|俟)(?!遇|级|候|待|于|同|[^，。；]{0,2}(?:部门|单位|工作|问题|方面))[^，。；]{2,40}?(?:之?后(?!续)|以后|时|下来|再(?=[\u4e00-\u9fff])|(?:完成|到位|具备|成熟|出台|批复|下达|明确|落实|通过)(?:之?后(?!续)|以后)?)|(?:视|根据)[^，。；]{2,24}?(?:情况|程度|结果|效果|进度|进展|能力|需要|财力)(?:而定|再定)?"
    r"|(?:条件|时机)(?:成熟|具备|允许)(?:的?时候?|之?后|的情况下|的)?|(?<![\u4e00-\u9fff])(?:如果|如|若|一旦|只要|倘若|假如)[^，。；]{2,40}|在[^，。；]{2,30}?(?:的?前提下|的情况下|允许的范围内)"
    r"|(?=[^，。；后]*+后)[^，。；]{2,24}?(?:到位|批复|批准|获批|审定|审批|出台|印发|施行|通过|验收|完工|竣工|建成|完成|落实|明确|解决|下达|到账|具备|成熟|交付|结束|确定|收回|腾退)(?:之?后(?!续)|以后)"
)
#: Every condition holds one of these; most clauses hold none, and a look at a set of characters is cheap.
_CONDITION_SIGN = re.compile(r"[后若待等俟视如]|根据|条件|时机|一旦|只要|倘若|假如|前提下|情况下|范围内")
#: How far into its clause a condition may begin is all that is looked at.
_CONDITION_NEAR = re.compile(rf"(?s:.){{0,12}}?(?P<condition>{_CONDITION})")
_LEADS = re.compile(r"牵头|负责|承办|主办|具体实施|组织实施|主导")
_ROLE_LED = re.compile(
    rf"(?:由|以)?(?P<body>[\u4e00-\u9fff、（）]{{2,30}}?)(?:分别|共同|联合)?(?P<role>{_LEADS.pattern})"
)
_JOINED = re.compile(
    r"会同|联合|配合|协同|协助|督促|指导|责成|商请|委托|协调|报请|提请|对接|联系|协商|会商|商(?!业|务|场|贸|户|品)|报(?!送|告|名|修|备|考|销|道|表|刊|批)"
)
_ROLE_WITH = re.compile(rf"(?P<role>{_JOINED.pattern})(?P<tail>[\u4e00-\u9fff、（）]{{2,40}})")
_ROLE_AND = re.compile(
    r"(?:与|和|同|跟)(?P<tail>[\u4e00-\u9fff、（）]{2,30}?)(?P<role>联合|共同|合作|协作|配合|对接|沟通|衔接|会商|协商|商量|商定|共建|一起|协调)"
)
#: Every role holds one of these: most clauses hold none.
_ROLE_SIGN = re.compile(rf"[与和同跟]|{_LEADS.pattern}|{_JOINED.pattern}")
_LED_BY = re.compile(
    r"由(?P<body>[\u4e00-\u9fff、（）]{2,24}?)(?=牵头|负责|会同|组织|承担|实施|统一|安排|派|出|逐|对|在|按|具体|根据|进行|提供|聘|依法|向|与|联合|制定|建设|管理|审|核|监督|补助|\d)"
)
_BODY_LIST = re.compile(
    rf"{BODY.pattern}(?:[、和与及]{BODY.pattern})*(?:等(?:有关|相关)?(?:部门|单位|方面)?)?"
)
_SUBJECT_END = re.compile(
    rf"(?=(?:{ADVERB_START.pattern}|{ACT_START.pattern}|{MODAL.pattern}|[，]|对|把|给|为|在|于|每|从|按|根据|与|和|会同|向|派|的意见|表示|也|先|再|不|决定|同意|答应|承诺|已|又|只|用|今年|明年|年底|\d))"
)
_CHARGED = re.compile(rf"(?:牵头|负责|具体|统一|组织)+(?={ACT_START.pattern})")
_BA_FAR = (
    "列入|纳入|列为|作为|当作|并入|接入|移交|转为|改为|变为|调整为|写进|写入|提高[到至]|扩大[到至]|延伸[到至]|延长[到至]|缩短[到至]|压减[到至]|统一|归并|放在|交由|迁入"
    "|打造成|建成"
)
_BA_MARK = (
    r"(?:把|将(?!军|近|领|士|会|要|于|在|对|以|由|按|继续|进一步|依|根据|不|积极|认真|为|向|与|通过|及|从))"
)
_BA = re.compile(
    rf"{_BA_MARK}(?P<far>[^，。；]{{2,30}}?)(?={_BA_FAR})"
    rf"|{_BA_MARK}(?!{ACT_START.pattern})(?P<object>[^，。；]{{1,30}}?)(?=报|提高|扩大|缩短|压减|延伸|延长|送|打|放|补|发|用|安|换|改|拆|修|建|办|落|做|抓|减"
    r"|增|加|降|提|推|融|贯|摆|列|交|引|转|分|合|清|控|设|调|恢复|统筹)"
)
_ON = re.compile(
    r"对(?![外内接标口照策待象])(?P<object>[^，。；]{2,40}?)(?:的)?(?=予以|给予|进行|实行|实施|开展|依法|一律|逐一|逐|统一|严|加强|加大|从严|集中|全面|的监管|约谈|按|要|一并|是否|跟踪|明确|作)"
)
#: The last characters that are no part of an object, or of a word that may be none.
_OBJECT_TAIL: Final = frozenset("作等 ，。；：！？、\n")
_OBJECT_END = re.compile(r"(?:等工作|工作|等)?[ ，。；：！？、]*$")
_LEAD_WORDS: Final = re.compile(
    r"(?:同时|另外|此外|其中|为此|对此|因此|并且?|而且|以及|还有|最后|首先|其次|再次|然后|随后|下一?步(?:工作中|中)?|下一?阶段|接下来|今后(?:工作中)?|后续|届时|到时|第[一二三四五]步?|每(?:年|月|周|季度?|半年|天|日)(?:\d{1,2}[日月号])?[前底末]?|按照[^，。；]{2,30}(?:要求|原则|思路|部署|标准|规定|办法)|根据[^，。；]{2,30}|结合[^，。；]{2,20}|通过(?=[^，。；]{2,30}，))[，：]?"
)
#: What may stand before the verb; most clauses begin with none of it, and one look tells.
_ON_THE_WAY: Final = (_LEAD_WORDS, MODAL, ADVERB_START)
_WAY_SIGN = re.compile("|".join(pattern.pattern for pattern in _ON_THE_WAY))
_NEVER: Final[frozenset[int]] = frozenset()


class Clause(NamedTuple):
    """A stretch between commas with what was found in it; offsets into the text it was cut from.

    ``act`` is where the act's words begin, ``verb`` the verb, ``None`` where no known verb stands.
    """

    start: int
    end: int
    act: int
    verb: Span | None
    object: Span | None
    body: Span | None
    condition: Span | None


def clause_spans(folded: str, start: int, end: int) -> Iterator[Span]:
    """Spans between ，；：。 outside brackets and quotation marks, without white space and list marker.

    >>> text = "一是完善制度（含细则，办法），加强巡查。"
    >>> [text[a:b] for a, b in clause_spans(text, 0, len(text))]
    ['完善制度（含细则，办法）', '加强巡查']
    """
    depth = 0
    begin = start
    for match in _BRACKETS.finditer(folded, start, end):
        mark = match.group()
        if mark in _OPEN:
            depth += 1
        elif mark in _CLOSE:
            depth = max(0, depth - 1)
        elif depth == 0:
            if span := _trimmed(folded, begin, match.start()):
                yield span
            begin = match.end()
    if span := _trimmed(folded, begin, end):
        yield span


def _trimmed(folded: str, start: int, end: int) -> Span | None:
    while start < end and (folded[start] in _MARKS or folded[start].isdecimal()):
        marker = _MARKER.match(folded, start, end)
        if marker is None:
            break
        start = marker.end()
    while start < end and folded[start] in " -、":
        start += 1
    while end > start and folded[end - 1] in " -、":
        end -= 1
    return (start, end) if start < end else None


def read_clause(folded: str, start: int, end: int, periods: list[Span]) -> Clause:
    """Take a clause apart: subject, deadline, condition, adverbs, then the verb and its object.

    ``periods`` are the spans of the sentence's periods, which may stand between subject and verb.

    >>> text = "我局将于6月底前完成施工图设计"
    >>> clause = read_clause(text, 0, len(text), [(4, 8)])
    >>> [text[slice(*span)] for span in (clause.body, clause.verb, clause.object)]
    ['我局', '完成', '施工图设计']
    """
    at = start
    body: Span | None = None
    condition: Span | None = None
    dated = {first for first, _ in periods} if periods else _NEVER
    found = _CONDITION_SIGN.search(folded, start, end) and _CONDITION_NEAR.match(folded, start, end)
    if found:
        condition = found.span("condition")
        if condition[0] <= start + 2 and condition[1] >= end:  # 待拆迁完成后，…
            return Clause(start, end, start, None, None, None, condition)
    moved = True
    while moved and at < end and not (folded[at] in "把将" and _BA.match(folded, at, end)):
        moved = False
        for first, last in periods:
            if first <= at < last <= end:
                at, moved = last, True
        if condition and condition[0] <= at < condition[1] < end:
            at, moved = condition[1], True
        for pattern in _ON_THE_WAY if _WAY_SIGN.match(folded, at, end) else ():
            match = pattern.match(folded, at, end)
            if match and match.end() > at:
                act = ACT_START.match(folded, at, end)
                if act and act.end() >= match.end() and not _WAY_ON.match(folded, match.end(), end):
                    break  # 坚持…制度: here the adverb is the verb
                at, moved = match.end(), True
        if body is None and not moved:
            body = _subject(folded, at, end)
            if body:
                at, moved = body[1], True
        if (
            not moved
            and at < end
            and (folded[at] in " ，、就" or (folded[at] in "在于到自从至" and at + 1 in dated))
        ):
            at, moved = at + 1, True
    first_word = folded[at] if at < end else ""  # a look at one character spares most clauses four patterns
    ba = _BA.match(folded, at, end) if first_word in ("把", "将") else None
    if ba:
        verb = ACT_START.match(folded, ba.end(), end)
        stop = verb.end() if verb else ba.end()
        return Clause(start, end, at, (at, stop), ba.span("far" if ba["far"] else "object"), body, condition)
    on = _ON.match(folded, at, end) if first_word == "对" else None
    if on:
        return Clause(start, end, at, (at, end), on.span("object"), body, condition)
    led = _LED_BY.match(folded, at, end) if first_word == "由" else None
    if led:
        charged = _CHARGED.match(folded, led.end(), end)
        inner = read_clause(folded, charged.end() if charged else led.end(), end, periods)
        return Clause(
            start, end, inner.act, inner.verb, inner.object, led.span("body"), condition or inner.condition
        )
    verb = _company(folded, at, end) if first_word in _JOINS else None
    verb = verb or ACT_START.match(folded, at, end)
    if verb is not None and periods and _is_noun(folded, verb.end(), end, periods):  # 报告6月完稿: a noun
        verb = None
    verb = verb or _later_verb(folded, at, end)
    if verb is None:
        return _topic_clause(folded, at, Clause(start, end, at, None, None, body, condition), dated)
    first, last = verb.span()
    second = ACT_START.match(folded, last + 1, end) if folded[last : last + 1] in ("和", "、", "并") else None
    if second and second.end() < end:  # 加强和创新社会管理
        last = second.end()
    return Clause(start, end, first, (first, last), _object(folded, last, end), body, condition)


_WAY_ON = re.compile(rf"{ACT_START.pattern}|{ADVERB_START.pattern}|{MODAL.pattern}|[对把将向在为以从与和按]")


def _is_noun(folded: str, at: int, end: int, periods: list[Span]) -> bool:
    """Whether a verb that ends at ``at`` names a thing: a date and a verb follow it (报告6月完稿)."""
    stop = next((last for first, last in periods if first == at), None)
    return stop is not None and (stop >= end or ACT_START.match(folded, stop, end) is not None)


_TOPIC_END = re.compile(rf"(?:{ADVERB_START.pattern}|{MODAL.pattern}|[ 在于到也都均就再已可])+$")
_REACH = 16


def _topic_clause(folded: str, at: int, clause: Clause, dated: Set[int]) -> Clause:
    """A clause whose verb stands late: 梯度培育优质企业 (a way, then the verb), 东门菜市场整体搬迁 (its object first)."""
    match = ACT_START.search(folded, at + 1, clause.end)
    while match and match.end() in dated and match.end() < clause.end - 8:
        match = ACT_START.search(folded, match.end(), clause.end)
    if match is None or match.start() - at > _REACH:
        return clause
    after = _object(folded, match.end(), clause.end)
    if after and match.start() - at <= 4:
        return Clause(clause.start, clause.end, at, match.span(), after, clause.body, clause.condition)
    stop = min((d for d in dated if at < d < match.start()), default=match.start())
    topic = folded[at:stop]
    stop = at + len(_TOPIC_END.sub("", topic))
    return Clause(
        clause.start,
        clause.end,
        at,
        match.span(),
        (at, stop) if stop - at >= 2 else after,
        clause.body,
        clause.condition,
    )


_BEFORE_VERB = re.compile(
    r"(?:会同|联合|与|和|同|为|向|在|从|以|按|按照|对|围绕|针对|依托|通过|利用|结合|根据|聚焦|参照|每|给|用|由|协调|督促|指导|组织|邀请|请|委托|责成|商|报|鼓励|支持|引导|帮助|动员|推动)[^，。；]{1,30}?(?="
    + ACT_START.pattern
    + ")"
)


_JOINS: Final = frozenset("会联协配")
_COMPANY = re.compile(rf"(?:会同|联合|协同|协调|配合)[^，。；]{{2,30}}?(?={ACT_START.pattern})")


def _company(folded: str, at: int, end: int) -> re.Match[str] | None:
    """The verb after the bodies that join in: 会同学校编写读本."""
    match = _COMPANY.match(folded, at, end)
    return (
        ACT_START.match(folded, match.end(), end) if match and _bodies(folded, at + 2, match.end()) else None
    )


def _later_verb(folded: str, at: int, end: int) -> re.Match[str] | None:
    """The verb after a phrase of place, means or company (在路口增设…, 与县局共同推进…)."""
    match = _BEFORE_VERB.match(folded, at, end)
    return ACT_START.match(folded, match.end(), end) if match else None


def _object(folded: str, start: int, end: int) -> Span | None:
    while start < end and folded[start] in "了好到至 ":
        start += 1
    if start < end and folded[end - 1] not in _OBJECT_TAIL:
        return (start, end) if end - start >= 2 else None
    match = _OBJECT_END.search(folded, start, end)
    stop = match.start() if match and match.start() > start else end
    if folded.startswith("工作", stop, end) and stop > start:
        stop = end
    while stop > start and folded[stop - 1] in " 、，。；":
        stop -= 1
    return (start, stop) if stop - start >= 2 else None


def _subject(folded: str, start: int, end: int) -> Span | None:
    """The body that a clause begins with, if a verb, an adverb or a modal follows it."""
    own = _OURS.match(folded, start, end)
    if own:
        return own.span()
    if _NO_SUBJECT.match(folded, start, end):
        return None
    match = BODY.match(folded, start, end)
    for _ in range(4):
        if match is None:
            return None
        stop = match.end()
        if _INNER.search(folded, start, stop):
            return None
        if stop - start >= 2 and _SUBJECT_END.match(folded, stop, end):
            return start, stop
        match = BODY.match(folded, stop, end)
    return None


_OURS = re.compile(
    rf"{OWN_BODY.pattern}|[省市县区镇乡村局院厂校厅](?:里|上)(?![面程级报传])|两办|团市委|团县委"
)
_INNER = re.compile(r"[由将对把在向为给]|不得|进行|参与")
_NO_SUBJECT = re.compile(
    rf"{ACT_START.pattern}|(?:经|不|凡|任何|符合|通过|依托|以|按|在|对|为|与|和|同|向|从|由|因|将|把|被|给|使|让|每|各级?(?!部门)|会同|联合|利用|围绕|针对|结合|根据|聚焦|鼓励|支持|引导|其|这|该|那|全)"
)


def roles_of(folded: str, text: str, start: int, end: int) -> tuple[Role, ...]:
    """Bodies that lead, join or are told to act in ``folded[start:end]``, verbatim, in order.

    >>> roles_of("由市财政局牵头，会同县住建局、县水利局实施", "由市财政局牵头，会同县住建局、县水利局实施", 0, 21)
    (Role(role='牵头', body='市财政局'), Role(role='会同', body='县住建局'), Role(role='会同', body='县水利局'))
    """
    if not _ROLE_SIGN.search(folded, start, end):
        return ()
    found: list[tuple[int, str, Span]] = []
    if _LEADS.search(folded, start, end):  # what leads stands behind its body, which may begin anywhere
        for match in _ROLE_LED.finditer(folded, start, end):
            for span in _bodies(folded, match.start("body"), match.end("body"), last=True):
                found.append((span[0], match["role"], span))
    for pattern in (_ROLE_WITH, _ROLE_AND):
        for match in pattern.finditer(folded, start, end):
            for span in _bodies(folded, match.start("tail"), match.end("tail")):
                found.append((span[0], match["role"], span))
    found.sort()
    roles: dict[tuple[str, Span], Role] = {}
    taken: set[Span] = set()
    for _, role, span in found:
        if span not in taken:
            taken.add(span)
            roles[role, span] = Role(role, text[slice(*span)])
    return tuple(roles.values())


_ALONE = "学校|医院|街道|社区|政府|企业|高校|银行|部门|乡镇|公安|财政|工会"
_ONE_BODY = re.compile(
    rf"(?:{_ALONE})(?=[、和与及等]|{ACT_START.pattern}|牵头|$)"
    r"|(?:(?![和与及由])[\u4e00-\u9fff（）]){1,14}?(?:街道办事处|委员会|办公室|管委会|联合会|居委会|村委会|业委会|有关部门|相关部门|有关单位|相关单位|政府|党委"
    r"|部门|单位|中心|公司|集团|医院|学校|大队|支队|总队|分局|街道|社区|乡镇|协会|银行|法院|检察院|工会|团委|妇联|残联|高校|企业|局|厅|(?<!编)委(?!托)"
    r"|办(?!理|法|好)|部(?!分|门|署)|镇(?!区)|乡(?!村)|[省市县区村](?=[、和与及等]|$))"
)
_AND = re.compile(r"[、和与及]|以及")


def _bodies(folded: str, start: int, end: int, *, last: bool = False) -> list[Span]:
    """Bodies that stand at the beginning of a span, joined by 、和及; with ``last`` those at its end."""
    spans: list[Span] = []
    at = start
    if last:
        verb = max((folded.rfind(c, start, end) for c in "由，以"), default=-1)
        at = verb + 1 if verb >= start else start
    while at < end:
        match = _ONE_BODY.match(folded, at, end)
        if match is None or ACT_START.match(folded, at, end):
            break
        stop = match.end()
        further = _ONE_BODY.match(folded, stop, end)
        while (
            further
            and not _AND.match(folded, stop)
            and further.end() - at <= 16
            and len(further.group()) <= 6
            and not ACT_START.match(folded, stop, end)
        ):
            stop = further.end()
            further = _ONE_BODY.match(folded, stop, end)
        spans.append((at, stop))
        joint = _AND.match(folded, stop, end)
        if joint is None:
            break
        at = joint.end()
    return spans
