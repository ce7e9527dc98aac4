"""What each line of a letter is: header, title, salutation, opening, heading, body, closing, signature."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dafu.records import Kind

_DIGITS = "一二三四五六七八九十"
#: List markers by depth. 一、 is 1, （一） 2, 1. 3, （1） 4, ① 5, 一是 6.
_MARKERS: tuple[tuple[int, re.Pattern[str]], ...] = (
    (1, re.compile(rf"(?:第[{_DIGITS}]{{1,3}}(?:部分|章)[、，： ]?|[{_DIGITS}]{{1,3}}[、.，：] ?)")),
    (2, re.compile(rf"（ ?[{_DIGITS}]{{1,3}} ?）[、.， ]?")),
    (3, re.compile(r"\d{1,2} ?[、.．，：](?!\d)|\d{1,2}）|第\d{1,2}[、，：]")),
    (4, re.compile(r"（ ?\d{1,2} ?）[、.， ]?")),
    (5, re.compile(r"[①-⑳➀-➉❶-❿][、.， ]?")),
    (
        6,
        re.compile(
            rf"[{_DIGITS}]{{1,3}}(?:是|要)(?!否|一)|第[{_DIGITS}]{{1,3}}，|(?:首先|其次|再次|再者|最后|其一|其二|其三|另外)，|-{{1,3}} ?"
        ),
    ),
)
#: What a list marker can begin with: most lines and sentences begin otherwise.
MARKER_START = frozenset(f"{_DIGITS}0123456789（第首其再最另-①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳➀➁➂➃➄➅➆➇➈➉❶❷❸❹❺❻❼❽❾❿")
_ENDS = "。！？；"
_MARK = re.compile(f"[{_ENDS}]")
_DATE = re.compile(
    r"(?:[12]\d{3}|[二零一○O三四五六七八九十]{4}) ?年 ?(?:\d{1,2}|[一二三四五六七八九十]{1,3}) ?月"
    r"(?: ?(?:\d{1,3}|[一二三四五六七八九十]{1,3}) ?[日号])?"
)
_ORGANISATION = re.compile(
    r"(?:局|委|委员会|政府|办公室|厅|部|院|中心|公司|学校|大队|支队|总队|所|处|会|站|办|行|集团|馆|社区|"
    r"中学|小学|幼儿园|医院|联合会|管委会|党组|管理区|街道|镇|乡|区|县|市|校|社)(?:（[^（）]{0,12}）)?$"
)
_TAIL = re.compile(
    r"^(?:（?联系(?:人|电话|单位|方式|科室)|电话|办公电话|抄送|抄报|主送|附件?[：1-9]|附：|（?此件|邮编|承办|经办|传真|地址|"
    r"打印|关闭|上一[篇条]|下一[篇条]|来源|责任编辑|编辑：|分享|扫一扫|版权|主办|公开(?:属性|方式|选项)|征询意见|单位：|签发|"
    r"〔?(?:打印|关闭|返回))"
)
_FIELD = re.compile(
    r"^〔? ?(?:索 ?引 ?号|发 ?文 ?字 ?号|文 ?号|主题分类|体裁分类|发布机构|发文机关|成文日期|发布日期|生成日期|发布时间|公开属性|"
    r"公开方式|公开选项|办理类别|类 ?别|签发人?|有效性|主题词|关键词|名称|标题|信息来源|来源|浏览|点击|当前位置|您的位置|字号|提案号|"
    r"案由|提案者|承办单位|分类|所属|打印|关闭)"
)
_TITLE = re.compile(
    r"(?:关于|对).{0,160}(?:答复|复函|回复|的函|意见|报告|建议|提案|议案)|(?:答复函|的答复|的复函|办理情况|工作报告)$"
)
_ADDRESSEE = re.compile(
    r"委员|代表|同志|网友|先生|女士|您好|你好|市民|群众|来信人|民[革盟建进]|农工|九三|致公|台盟|工商联|党派|支部|总支|"
    r"小组|组|界|局|办|委|会|院|厅|部|公司|政府|朋友|用户|业主|家长|老师|UU|楼主"
)
_OPENING = re.compile(
    r"收悉|已收到|收到您|来信|(?:您|你|贵).{0,12}(?:提出|反映|留言|咨询|关心).{0,80}(?:提案|建议|议案|问题|意见|事项|情况)"
    r"|现.{0,24}(?:答复|回复|函复|函告|反馈|汇报|说明|报告|复)如下"
)
_TOLD = re.compile(r"如下|以下|下列|下一?步|\d月|\d日")
_GREETING = re.compile(r"(?:尊敬的|网友|市民|“?UU|您好|你好|亲爱的|来信人|各位)")
_CLOSING = re.compile(
    r"感谢|谢谢|此复|特此|专此|以上(?:是|为|答复|意见|回复|说明)|欢迎|如有|如您|若您|敬请|顺祝|祝您|此致|答复是否满意|提出宝贵"
)
_UNNUMBERED = re.compile(
    r"^(?:〔.{2,20}〕|(?:关于)?.{0,14}(?:情况|打算|计划|措施|举措|建议|进展|成效|做法|安排|思路|问题|现状|方向|重点|概况|答复意见|目标|任务|设想|展望|事项|行动"
    r"|下一?步|(?:主要|重点|前[期段]|后[期段]|近期|下步|今后)工作)(?:（[^（）]{1,12}）)?)$"
)


@dataclass(frozen=True, slots=True)
class LineKind:
    """Kind of one line and, for a heading, its depth (1 to 6)."""

    kind: Kind
    level: int = 0


def list_marker(line: str) -> tuple[int, int]:
    """Depth and length of the list marker that a folded line begins with, ``(0, 0)`` without one.

    >>> list_marker("（二）强化监管"), list_marker("一是加大投入"), list_marker("2.5亿元")
    ((2, 3), (6, 2), (0, 0))
    """
    if not line or line[0] not in MARKER_START:
        return 0, 0
    for level, pattern in _MARKERS:
        match = pattern.match(line)
        if match:
            return level, match.end()
    return 0, 0


def line_kinds(lines: list[str]) -> list[LineKind]:
    """The kind of each folded, non-empty, stripped line of a letter, in order.

    Works from both ends inwards: what stands before the first salutation or running text is header or
    title, what stands after the last running text is signature; headings and body lie between.
    """
    first = _body_start(lines)
    last = _tail_start(lines, first)
    kinds = [_header_kind(lines, i, first) for i in range(first)]
    seen_text = False
    levels = [_heading_level(lines, i, last) for i in range(first, last)]
    after_headings = max((i for i, level in enumerate(levels, first) if level), default=first - 1)
    for i in range(first, last):
        line = lines[i]
        if not seen_text and _is_salutation(line):
            kinds.append(LineKind("salutation"))
            continue
        level = levels[i - first]
        if level:
            kinds.append(LineKind("heading", level))
        elif not seen_text and i - first < 5 and len(line) < 400 and _OPENING.search(line[:200]):
            kinds.append(LineKind("opening"))
            seen_text = len(line) > 30
            continue
        elif i > after_headings and i >= last - 4 and len(line) < 200 and _CLOSING.search(line) and i > first:
            kinds.append(LineKind("closing"))
        else:
            kinds.append(LineKind("body"))
        seen_text = True
    kinds += [LineKind("signature")] * (len(lines) - last)
    return kinds


def _is_salutation(line: str) -> bool:
    if len(line) > 90 or any(mark in line[:-1] for mark in "。；"):
        return False
    if line.endswith("：") and _ADDRESSEE.search(line) and not _OPENING.search(line):
        told = _TOLD.search(line) or ("，" in line and "好" not in line)
        return list_marker(line)[0] == 0 and not told
    return (
        len(line) <= 34 and bool(_GREETING.match(line)) and not (_OPENING.search(line) or "，" in line[:-1])
    )


def _is_running(line: str) -> bool:
    return line[-1] in "。；！？" or (len(line) > 60 and "。" in line)


def _body_start(lines: list[str]) -> int:
    """Index of the first line that belongs to the letter proper."""
    for i, line in enumerate(lines):
        if _FIELD.match(line) and len(line) < 120:
            continue
        if _is_salutation(line) or _is_running(line):
            return _with_heading(lines, i)
        if line.endswith("：") and len(line) >= 8:  # a lead-in: what is given is a part of a letter
            return _with_heading(lines, i)
        if list_marker(line)[0] in (1, 2) and not _TITLE.search(line):
            return i
        if len(line) > 60 and not _TITLE.search(line) and "|" not in line:
            return i
    return 0


def _with_heading(lines: list[str], first: int) -> int:
    """The line before ``first`` where it is an unnumbered heading: what is given may be a part of a letter."""
    if first and len(lines[first - 1]) <= 22 and not _FIELD.match(lines[first - 1]):
        before = lines[first - 1].rstrip("：")
        if _UNNUMBERED.match(before) and not _TITLE.search(before) and not _is_salutation(lines[first]):
            return first - 1
    return first


def _tail_start(lines: list[str], first: int) -> int:
    """Index after the last line of running text."""
    last = len(lines)
    for i in range(len(lines) - 1, first, -1):
        line = lines[i]
        if _TAIL.match(line) and len(line) < 120:
            last = i
        elif (
            len(line) <= 45
            and line[-1] not in _ENDS
            and (_DATE.search(line) or _ORGANISATION.search(line) or _FIELD.match(line) or len(line) <= 3)
        ):
            if list_marker(line)[0] and not _DATE.search(line):
                break
            last = i
        else:
            break
    return last


def _header_kind(lines: list[str], i: int, first: int) -> LineKind:
    line = lines[i]
    if _FIELD.match(line) or "|" in line or re.search(r"〔\d{4}〕", line):
        return LineKind("header")
    if _TITLE.search(line):
        return LineKind("title")
    neighbours = [lines[j] for j in (i - 1, i + 1) if 0 <= j < first]
    if (
        len(line) >= 4
        and any(_TITLE.search(n) and not _FIELD.match(n) for n in neighbours)
        and (re.search(r"关于|的(?:函|答复|复函)$|号|提案|建议", line))
    ):
        return LineKind("title")
    return LineKind("header")


def _heading_level(lines: list[str], i: int, last: int) -> int:
    """Depth of the heading that line ``i`` is, 0 where it is none."""
    line = lines[i]
    if len(line) > 60 or _MARK.search(line, 0, len(line) - 1):
        return 0
    level, length = list_marker(line)
    following = lines[i + 1] if i + 1 < last else ""
    bare = line[-1] not in "。；！？，"
    if level in (1, 2):
        return level if bare and len(line) - length >= 2 else 0
    if level in (3, 4):
        short = bare and len(line) <= 42 and not line.endswith("：")
        return level if short and following and list_marker(following)[0] != level else 0
    if (
        level == 0
        and bare
        and len(line) <= 22
        and "，" not in line
        and _UNNUMBERED.match(line.rstrip("："))
        and following
    ):
        return 1
    return 0
