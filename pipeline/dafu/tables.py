"""Tagged letters to rows: the same tables for csv, xlsx and parquet, with Chinese column names."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from dafu.records import (
    KIND_NAMES,
    LABEL_NAMES,
    OTHER,
    SECTION_NAMES,
    Evidence,
    Label,
    Problem,
    TaggedLetter,
)

Level = Literal["sentence", "paragraph", "letter", "figures", "commitments", "measures"]
Cell = str | int | float | bool | date | None
Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its name, its columns as (name, type, width in characters), and its rows of a letter."""

    name: str
    columns: tuple[tuple[str, type, int], ...]
    rows: Callable[[TaggedLetter], Iterator[Row]]
    #: Whether the first column is a running number, which the writer fills in.
    numbered: bool = False


def label_name(label: Label) -> str:
    """The name that users see: 已办举措 for ``completed``; labels of other schemes name themselves."""
    return LABEL_NAMES.get(label, label)


def label_names(labels: Sequence[Label]) -> str:
    """Names of a label set, joined; 其他 for the empty set."""
    return "、".join(map(label_name, labels)) or LABEL_NAMES[OTHER]


def evidence_text(tagged: TaggedLetter, evidence: Sequence[Evidence]) -> str:
    """The words that a tag rests on, verbatim, grouped by label: 已办举措:先后、印发;量化表述:2.5亿元."""
    text = tagged.letter.text
    groups: dict[str, list[str]] = {}
    for item in evidence:
        words = groups.setdefault(label_name(item.label), [])
        word = text[item.start : item.end].strip()
        shown = f"〔{word}〕" if item.source == "heading" else word
        if shown and not any(shown in other for other in words):
            words.append(shown)
    return ";".join(f"{label}:{'、'.join(words)}" for label, words in groups.items())


def origin_text(tagged: TaggedLetter, offset: int) -> str | None:
    """Where a character of the letter stands in the document that it was read from (第2页 p 14), if that is known."""
    at = bisect_right(tagged.places, offset, key=lambda place: place.start) - 1
    if at < 0 or offset >= tagged.places[at].end:
        return None
    place = tagged.places[at]
    page = f"第{place.page}页" if place.page else ""
    return " ".join(part for part in (page, place.element) if part) or None


def _letter_cells(tagged: TaggedLetter) -> tuple[Cell, ...]:
    meta = tagged.letter.meta
    return tagged.letter.id, meta.issuer, meta.proposal_number, meta.date


_LETTER_COLUMNS: tuple[tuple[str, type, int], ...] = (
    ("编号", str, 14),
    ("发文机关", str, 18),
    ("提案号", str, 9),
    ("日期", str, 11),
)


def sentence_table(labels: Sequence[Label]) -> Table:
    """One row a sentence."""

    def rows(tagged: TaggedLetter) -> Iterator[Row]:
        text = tagged.letter.text
        head = _letter_cells(tagged)
        for number, (sentence, tag) in enumerate(
            zip(tagged.letter.sentences, tagged.sentences, strict=True), 1
        ):
            kind = tagged.letter.paragraphs[sentence.paragraph].kind
            yield (
                *head,
                sentence.paragraph + 1,
                number,
                KIND_NAMES[kind],
                SECTION_NAMES[sentence.section],
                text[sentence.start : sentence.end],
                label_names(tag.labels),
                *(tag.scores[label] for label in labels),
                evidence_text(tagged, tag.evidence),
                "是" if tag.needs_review else "",
                sentence.start,
                sentence.end,
                origin_text(tagged, sentence.start),
            )

    return Table(
        "句子",
        (
            *_LETTER_COLUMNS,
            ("段序", int, 6),
            ("句序", int, 6),
            ("位置", str, 8),
            ("部分", str, 8),
            ("原文", str, 70),
            ("标签", str, 18),
            *((f"{label_name(label)}概率", float, 10) for label in labels),
            ("依据", str, 36),
            ("需复核", str, 8),
            ("起", int, 7),
            ("止", int, 7),
            ("出处", str, 22),
        ),
        rows,
    )


def paragraph_table(labels: Sequence[Label]) -> Table:
    """One row a paragraph."""

    def rows(tagged: TaggedLetter) -> Iterator[Row]:
        text = tagged.letter.text
        head = _letter_cells(tagged)
        for number, (paragraph, tag) in enumerate(
            zip(tagged.letter.paragraphs, tagged.paragraphs, strict=True), 1
        ):
            yield (
                *head,
                number,
                KIND_NAMES[paragraph.kind],
                SECTION_NAMES[paragraph.section],
                text[paragraph.start : paragraph.end],
                label_name(tag.label),
                label_names(tag.labels),
                *(tag.scores[label] for label in labels),
                paragraph.start,
                paragraph.end,
            )

    return Table(
        "段落",
        (
            *_LETTER_COLUMNS,
            ("段序", int, 6),
            ("位置", str, 8),
            ("部分", str, 8),
            ("原文", str, 80),
            ("主标签", str, 12),
            ("全部标签", str, 20),
            *((f"{label_name(label)}概率", float, 10) for label in labels),
            ("起", int, 7),
            ("止", int, 7),
        ),
        rows,
    )


def letter_table(labels: Sequence[Label]) -> Table:
    """One row a letter: what it says of itself, and how many of its sentences carry each label."""

    def rows(tagged: TaggedLetter) -> Iterator[Row]:
        meta = tagged.letter.meta
        counts = [sum(label in tag.labels for tag in tagged.sentences) for label in labels]
        yield (
            tagged.letter.id,
            tagged.letter.source,
            meta.title,
            meta.issuer,
            "、".join(meta.addressees),
            meta.proposal_number,
            meta.session,
            meta.document_number,
            meta.date,
            meta.category,
            len(tagged.letter.text),
            len(tagged.paragraphs),
            len(tagged.sentences),
            *counts,
            sum(tag.needs_review for tag in tagged.sentences),
        )

    return Table(
        "信件",
        (
            ("编号", str, 14),
            ("来源", str, 24),
            ("标题", str, 40),
            ("发文机关", str, 20),
            ("主送", str, 16),
            ("提案号", str, 9),
            ("届次", str, 20),
            ("文号", str, 20),
            ("日期", str, 11),
            ("类别", str, 6),
            ("字数", int, 8),
            ("段落数", int, 8),
            ("句子数", int, 8),
            *((f"{label_name(label)}句数", int, 10) for label in labels),
            ("需复核句数", int, 10),
        ),
        rows,
    )


_CLASS_NAMES = {
    "money": "金额", "count": "数量", "share": "占比", "rate": "比率", "growth": "增幅", "multiple": "倍数",
    "rank": "位次", "ratio": "比例", "area": "面积", "length": "长度", "weight": "重量", "volume": "体积",
    "energy": "电力能源", "speed": "速度", "temperature": "温度等", "age": "年龄", "price": "价格", "data": "数据量",
}  # fmt: skip
_APPROX_NAMES = {
    "exact": "",
    "about": "约",
    "over": "超过",
    "under": "不足",
    "at_least": "不少于",
    "at_most": "不超过",
}
_CHANGE_NAMES = {
    "level": "", "increase_by": "增加", "increase_to": "增至", "decrease_by": "减少", "decrease_to": "减至",
}  # fmt: skip
_GRADE_NAMES = {"specific": "明确", "concrete": "具体", "vague": "笼统"}
_STATUS_NAMES = {"done": "已完成", "under_way": "进行中"}
_CO_ROLES = ("会同", "配合", "协同", "联合", "协调")


def _day(iso: str | None) -> date | None:
    """An ISO date as a date; what is no whole date is none."""
    try:
        return date.fromisoformat(iso) if iso else None
    except ValueError:
        return None


def figure_table() -> Table:
    """One row a figure (量化表述), numbers as numbers in the unit's base."""

    def rows(tagged: TaggedLetter) -> Iterator[Row]:
        text = tagged.letter.text
        for figure in tagged.figures:
            sentence = tagged.letter.sentences[figure.sentence]
            yield (
                *_letter_cells(tagged),
                figure.sentence + 1,
                figure.text,
                figure.value,
                figure.low,
                figure.high,
                figure.unit,
                _CLASS_NAMES.get(figure.unit_class, figure.unit_class),
                _APPROX_NAMES.get(figure.approx, figure.approx),
                _CHANGE_NAMES.get(figure.change, figure.change),
                figure.base,
                figure.indicator,
                figure.scope,
                figure.period,
                _day(figure.period_start),
                _day(figure.period_end),
                "目标" if figure.target else "实际",
                label_name(figure.label),
                figure.probability,
                text[sentence.start : sentence.end],
            )

    return Table(
        "量化表述",
        (
            *_LETTER_COLUMNS,
            ("句序", int, 6),
            ("量化表述", str, 16),
            ("数值", float, 14),
            ("下限", float, 12),
            ("上限", float, 12),
            ("单位", str, 10),
            ("类型", str, 8),
            ("约数", str, 8),
            ("变化", str, 8),
            ("比较基准", str, 12),
            ("指标", str, 30),
            ("范围", str, 10),
            ("时期原文", str, 14),
            ("时期起", date, 12),
            ("时期止", date, 12),
            ("目标或实际", str, 10),
            ("所属举措", str, 12),
            ("概率", float, 8),
            ("原文", str, 60),
        ),
        rows,
    )


def commitment_table() -> Table:
    """One row a commitment, with the columns of a ledger (承诺台账); the last four are for people to fill."""

    def rows(tagged: TaggedLetter) -> Iterator[Row]:
        text, meta = tagged.letter.text, tagged.letter.meta
        for item in tagged.commitments:
            sentence = tagged.letter.sentences[item.sentence]
            yield (
                None,
                meta.proposal_number,
                meta.title,
                "、".join(meta.addressees),
                meta.issuer,
                "、".join(role.body for role in item.roles if role.role in _CO_ROLES) or None,
                meta.document_number,
                _day(meta.date),
                meta.category,
                item.action or item.text,
                text[sentence.start : sentence.end],
                item.body,
                item.deadline,
                _day(item.deadline_end),
                "、".join(tagged.figures[i].text for i in item.targets) or None,
                item.condition,
                _GRADE_NAMES.get(item.grade, item.grade),
                item.heading,
                "是" if item.needs_review else "",
                tagged.letter.id,
                origin_text(tagged, item.start),
                None,
                None,
                None,
                None,
            )

    return Table(
        "承诺台账",
        (
            ("序号", int, 6),
            ("案号", str, 9),
            ("案由", str, 30),
            ("提案者", str, 14),
            ("承办单位", str, 18),
            ("协办单位", str, 18),
            ("文号", str, 16),
            ("答复日期", date, 12),
            ("办理类别", str, 8),
            ("承诺事项", str, 40),
            ("原文", str, 60),
            ("责任单位", str, 18),
            ("时限原文", str, 14),
            ("时限", date, 12),
            ("量化目标", str, 18),
            ("条件", str, 16),
            ("明确程度", str, 8),
            ("所在标题", str, 20),
            ("需复核", str, 8),
            ("编号", str, 12),
            ("出处", str, 22),
            ("状态", str, 10),
            ("进展", str, 24),
            ("佐证", str, 24),
            ("备注", str, 24),
        ),
        rows,
        numbered=True,
    )


def measure_table() -> Table:
    """One row a completed measure (已办举措)."""

    def rows(tagged: TaggedLetter) -> Iterator[Row]:
        text, meta = tagged.letter.text, tagged.letter.meta
        for item in tagged.measures:
            sentence = tagged.letter.sentences[item.sentence]
            yield (
                None,
                meta.proposal_number,
                meta.issuer,
                _day(meta.date),
                item.action or item.text,
                text[sentence.start : sentence.end],
                item.body,
                _STATUS_NAMES.get(item.status, item.status),
                item.date,
                _day(item.date_start),
                _day(item.date_end),
                "、".join(item.documents) or None,
                "、".join(tagged.figures[i].text for i in item.figures) or None,
                item.heading,
                item.probability,
                "是" if item.needs_review else "",
                tagged.letter.id,
            )

    return Table(
        "已办举措",
        (
            ("序号", int, 6),
            ("案号", str, 9),
            ("承办单位", str, 18),
            ("答复日期", date, 12),
            ("举措", str, 40),
            ("原文", str, 60),
            ("责任单位", str, 18),
            ("状态", str, 8),
            ("时间原文", str, 14),
            ("时间起", date, 12),
            ("时间止", date, 12),
            ("文件", str, 30),
            ("量化结果", str, 18),
            ("所在标题", str, 20),
            ("概率", float, 8),
            ("需复核", str, 8),
            ("编号", str, 12),
        ),
        rows,
        numbered=True,
    )


PROBLEM_COLUMNS: tuple[tuple[str, type, int], ...] = (
    ("来源", str, 40),
    ("行号", int, 8),
    ("原因", str, 50),
    ("处理办法", str, 50),
)


def problem_row(problem: Problem) -> Row:
    """A problem as a row of the problems table."""
    return problem.source, problem.line, problem.reason, problem.remedy


def table_of(level: Level, labels: Sequence[Label]) -> Table:
    """The table of a level."""
    if level == "sentence":
        return sentence_table(labels)
    if level == "paragraph":
        return paragraph_table(labels)
    if level == "letter":
        return letter_table(labels)
    return {"figures": figure_table, "commitments": commitment_table, "measures": measure_table}[level]()
