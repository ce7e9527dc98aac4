"""What a government page says of a letter around it: index tables, lines of source and date, meta elements."""

from __future__ import annotations

import re
from collections.abc import Mapping

from dafu.readers.fields import FIELDS, field_value, surest_date
from dafu.readers.html_lines import Line, Page

#: Label on the page -> name of a field; a label of no field is only furniture.
_LABELS: Mapping[str, str] = FIELDS | dict.fromkeys(
    (
        "主题分类", "体裁分类", "信息分类", "服务对象分类", "组配分类", "所属分类", "主题类别", "信息类别", "分类", "体裁",
        "公开方式", "公开属性", "公开形式", "公开范围", "公开程序", "公开类型", "公开责任部门", "责任部门", "有效性", "是否有效",
        "时效性", "时效", "效力状态", "失效日期", "失效时间", "生效日期", "生效时间", "废止日期", "实施日期", "关键词", "关键字", "主题词", "内容概述", "内容概览",
        "概述", "摘要", "文种", "文件类型", "语种", "载体类型", "信息格式", "产生日期", "更新周期", "公开时限", "公开载体", "存放位置",
        "点击", "点击数", "点击率", "点击量", "点击次数", "浏览次数", "浏览量", "浏览", "阅读次数", "阅读量", "阅读", "访问量", "访问次数", "作者", "编辑", "责任编辑", "审核", "审核人", "录入", "录入人", "字号", "字体", "字体大小", "备注", "记录形式",
        "来信标题", "来信人", "来信时间", "来信日期", "来信编号", "来信类别", "信件编号", "信件标题", "信件类型", "写信人", "留言人", "留言时间",
        "留言标题", "提交时间", "受理时间", "办理状态", "处理状态",
    ),
    "",
)  # fmt: skip
#: Labels that letters have in their own heads too; alone they do not make a line the page's.
_LETTERS_OWN = frozenset(
    "发文字号 文号 文件编号 签发人 提案编号 建议编号 提案号 案号 办理结果 办理类别 类别 公开属性 公开方式 公开范围 时间 日期 标题 名称 "
    "主题词 备注 阅读 编辑 审核 作者 分类 摘要 来源".split()
)
#: Labels of the line under a page's heading, and of its foot.
_BYLINE = frozenset(
    "来源 信息来源 文章来源 稿件来源 时间 日期 发布时间 发布日期 发布于 更新时间 发表时间 录入时间 作者 编辑 责任编辑 审核 审核人 录入 录入人 "
    "点击 点击数 点击率 点击量 点击次数 浏览 浏览次数 浏览量 阅读 阅读次数 阅读量 访问量 访问次数 字号 字体 字体大小".split()
)
#: Labels are spread with spaces (索 引 号).
_LABEL = "|".join(" {0,4}".join(label) for label in sorted(_LABELS, key=len, reverse=True))
_PAIR = re.compile(rf"(?:^|[ |〔（])({_LABEL})[ 〕]{{0,2}}：\s*")
_BARE = re.compile(rf"〔?({_LABEL}) ?〕? ?：?$")
_NO_SPACE = str.maketrans("", "", " ")


def pairs_of(line: Line) -> list[tuple[str, str]]:
    """The labelled values of a line, in order: cell beside cell, or label, colon, value."""
    if not line.cells:
        return _inline(line.text, line.folded)
    found: list[tuple[str, str]] = []
    label = ""
    at = 0
    for cell in line.cells:
        folded = line.folded[at : at + len(cell)]
        at += len(cell) + 1
        bare = _BARE.match(folded) if len(cell) < 16 else None
        if bare:
            label = bare.group(1).translate(_NO_SPACE)
            found.append((label, ""))
        elif label:
            found[-1] = (label, cell)
            label = ""
        else:
            found += _inline(cell, folded)
    return found


def _inline(text: str, folded: str) -> list[tuple[str, str]]:
    if len(text) > 400:
        return []
    matches = list(_PAIR.finditer(folded))
    ends = [*(m.start() for m in matches[1:]), len(text)][: len(matches)]
    pairs = [
        (m.group(1).translate(_NO_SPACE), text[m.end() : end].strip(" \t\u3000|｜、】〕])）"))
        for m, end in zip(matches, ends, strict=True)
    ]
    bare = _BARE.match(folded) if not pairs and len(text) < 16 else None
    return [(bare.group(1).translate(_NO_SPACE), "")] if bare else pairs


def is_page_field(pairs: list[tuple[str, str]], line: Line, *, beside: bool) -> bool:
    """Whether a labelled line is the page's: it has a label that only pages have, or stands ``beside`` such lines."""
    if not pairs or (not line.cells and line.folded[-1] in "。；"):
        return False
    first = line.folded[: len(line.cells[0])] if line.cells else line.folded
    if not (_PAIR.match(first) or _BARE.match(first) or len(pairs) > 1):
        return False
    labels = {label for label, _ in pairs}
    return beside or not labels <= _LETTERS_OWN or (len(labels) > 1 and labels <= _BYLINE)


def is_index_field(pairs: list[tuple[str, str]]) -> bool:
    """Whether labelled values are those of an index table, whose neighbours are of it too."""
    return not {label for label, _ in pairs} <= _BYLINE | _LETTERS_OWN


def collect(pairs: list[tuple[str, str]], into: dict[str, str]) -> None:
    """Add labelled values to the fields found so far; the first value of a field stays."""
    for label, value in pairs:
        name = _LABELS[label]
        value = field_value(name, value)
        if value:
            into.setdefault(name, value)


def complete(found: dict[str, str], page: Page, title: str) -> dict[str, str]:
    """The fields as names of ``Meta``: what the page's lines say, then what its meta elements say."""
    metas = page.metas
    fields = {k: v for k, v in found.items() if k not in ("published", "origin")}
    shown = title or metas.get("articletitle", "") or metas.get("og:title", "")
    if shown:
        fields.setdefault("title", shown)
    origin = found.get("origin") or metas.get("contentsource", "")
    if origin:
        fields.setdefault("issuer", origin)
    published = found.get("published") or field_value("date", metas.get("pubdate", ""))
    if day := surest_date(fields.get("date", ""), published):
        fields["date"] = day
    return fields
