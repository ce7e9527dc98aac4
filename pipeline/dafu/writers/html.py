"""A page to read and to print: each letter with its sentences coloured, then its commitments, measures and figures.

The page is one file, needs no network and runs no script. Letters are written as they come, so memory stays
small; a browser, however, has to hold the page, so for thousands of letters a workbook is the better output.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from html import escape
from itertools import pairwise
from pathlib import Path
from typing import TextIO

from dafu.records import (
    COMPLETED,
    KIND_NAMES,
    PLANNED,
    QUANTITATIVE,
    SECTION_NAMES,
    Evidence,
    Label,
    Problem,
    Sentence,
    SentenceTag,
    TaggedLetter,
)
from dafu.tables import (
    PROBLEM_COLUMNS,
    Cell,
    Table,
    commitment_table,
    figure_table,
    label_name,
    measure_table,
    origin_text,
    problem_row,
)
from dafu.writers.base import WholeFile, clean
from dafu.writers.xlsx import COLOURS

#: Which columns of a table the page shows, and their order.
_SHOWN = {
    "承诺台账": ("承诺事项", "责任单位", "协办单位", "时限原文", "时限", "量化目标", "条件", "明确程度", "需复核"),
    "已办举措": ("举措", "责任单位", "状态", "时间原文", "文件", "量化结果", "需复核"),
    "量化表述": ("量化表述", "数值", "下限", "上限", "单位", "指标", "范围", "变化", "时期原文", "目标或实际", "所属举措"),
}  # fmt: skip
_SHORT = {COMPLETED: "已办", PLANNED: "计划", QUANTITATIVE: "量化"}
_CLASS = {COMPLETED: "c", PLANNED: "p", QUANTITATIVE: "q"}
_STYLE = f"""
:root {{ --c: {COLOURS[COMPLETED]}; --p: {COLOURS[PLANNED]}; --q: {COLOURS[QUANTITATIVE]}; }}
* {{ print-color-adjust: exact; -webkit-print-color-adjust: exact; }}
body {{ font: 16px/1.9 "Songti SC", SimSun, "Noto Serif CJK SC", serif; max-width: 60em; margin: 0 auto; padding: 1em 1.5em; color: #1a1a1a; background: #fff; }}
h1, h2, h3, table, .meta, .note, .tag, nav {{ font-family: "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; }}
h1 {{ font-size: 1.4em; }} h2 {{ font-size: 1.25em; margin: 0 0 .4em; }} h3 {{ font-size: 1em; margin: 1.4em 0 .4em; }}
article {{ border-top: 2px solid #888; margin-top: 2.5em; padding-top: 1em; }}
.meta {{ font-size: .82em; color: #444; margin: 0; }} .meta span {{ margin-right: 1.4em; display: inline-block; }}
.text {{ margin: 1em 0; overflow-wrap: anywhere; }} .text p {{ margin: .35em 0; text-indent: 2em; }}
.text .title {{ text-align: center; text-indent: 0; font-weight: bold; font-size: 1.15em; }}
.text .salutation, .text .header {{ text-indent: 0; }} .text .header, .note {{ color: #555; }} .text .signature {{ text-align: right; }}
.text .heading {{ font-weight: bold; }}
.s {{ border-radius: 3px; padding: .1em 0; }} .s.c {{ background: var(--c); }} .s.p {{ background: var(--p); }} .s.q {{ background: var(--q); }}
.s.c.p {{ background: linear-gradient(var(--c) 50%, var(--p) 50%); }}
.s.c.q, .s.p.q {{ box-shadow: inset 0 -4px var(--q); }}
.s.review {{ outline: 1px dashed #b00; outline-offset: 1px; }}
u {{ text-decoration: underline; text-decoration-thickness: 2px; text-underline-offset: 3px; }}
u.c {{ text-decoration-color: #3a7d22; }} u.p {{ text-decoration-color: #2a62a8; }} u.q {{ text-decoration-color: #b58900; }}
.tag {{ font-size: .68em; color: #555; margin-left: .15em; white-space: nowrap; }}
table {{ border-collapse: collapse; width: 100%; font-size: .8em; line-height: 1.5; }}
th, td {{ border: 1px solid #bbb; padding: .25em .5em; text-align: left; vertical-align: top; overflow-wrap: anywhere; }}
th {{ background: #f2f2f2; white-space: nowrap; }} td.n {{ text-align: right; white-space: nowrap; }} tr {{ break-inside: avoid; }}
nav ol {{ font-size: .9em; }} .key span {{ margin-right: 1em; padding: .1em .5em; }}
@media print {{ body {{ max-width: none; padding: 0; font-size: 11pt; }} article {{ break-before: page; border: 0; }} a {{ color: inherit; text-decoration: none; }} nav {{ break-before: page; }} }}
"""
_HEAD = f"""<!DOCTYPE html>
<html lang="zh">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>答复函标注</title>
<style>{_STYLE}</style>
</head>
<body>
<h1>答复函标注</h1>
<p class="note key"><span class="s c">已办举措</span><span class="s p">计划举措</span><span class="s q">量化表述</span><span class="s review">虚线框:需人工复核</span>下划线是判断所依据的字词,鼠标停留可见概率与依据。<a href="#index">目录</a></p>
"""


class HtmlWriter:
    """Letters as one self-contained page; problems and the list of letters stand at its end."""

    def __init__(self, path: Path) -> None:
        self._file = WholeFile(path)
        self._out: TextIO = self._file.aside.open("w", encoding="utf-8", newline="\n")
        self._out.write(_HEAD)
        self._titles: list[str] = []
        self._problems: list[Problem] = []

    def write(self, tagged: TaggedLetter) -> None:
        self._titles.append(tagged.letter.meta.title or tagged.letter.id or "(无标题)")
        self._out.writelines(_letter(tagged, len(self._titles)))

    def problem(self, problem: Problem) -> None:
        self._problems.append(problem)

    def close(self) -> None:
        self._out.writelines(_end(self._titles, self._problems))
        self._out.close()
        self._file.commit()

    def abort(self) -> None:
        self._out.close()
        self._file.discard()


def _text(value: object) -> str:
    """A value as text of the page; nothing in it can become markup."""
    return escape(str(clean(str(value))))


def _letter(tagged: TaggedLetter, number: int) -> Iterator[str]:
    """The page's part for one letter."""
    letter, meta = tagged.letter, tagged.letter.meta
    yield f'<article id="l{number}">\n<h2>{number}. {_text(meta.title or letter.id or "(无标题)")}</h2>\n<p class="meta">'
    labels = list(tagged.sentences[0].scores) if tagged.sentences else []
    facts: list[tuple[str, object]] = [
        ("编号", letter.id),
        ("发文机关", meta.issuer),
        ("主送", "、".join(meta.addressees)),
        ("提案号", meta.proposal_number),
        ("文号", meta.document_number),
        ("日期", meta.date),
        ("类别", meta.category),
        ("来源", letter.source),
        *(
            (label_name(label), f"{sum(label in tag.labels for tag in tagged.sentences)} 句")
            for label in labels
        ),
        ("模型", tagged.model),
    ]
    yield "".join(f"<span>{name}:{_text(value)}</span>" for name, value in facts if value)
    yield '</p>\n<div class="text">\n'
    of_paragraph: dict[int, list[int]] = {}
    for index, sentence in enumerate(letter.sentences):
        of_paragraph.setdefault(sentence.paragraph, []).append(index)
    for at, paragraph in enumerate(letter.paragraphs):
        origin = origin_text(tagged, paragraph.start)
        hint = KIND_NAMES[paragraph.kind]
        if paragraph.kind == "heading" and paragraph.section in ("progress", "plans"):
            hint += f"({SECTION_NAMES[paragraph.section]})"
        title = f"{hint} · {origin}" if origin else hint
        yield f'<p class="{paragraph.kind}" title="{_text(title)}">'
        end = paragraph.start
        for index in of_paragraph.get(at, []):
            sentence = letter.sentences[index]
            yield _text(letter.text[end : sentence.start])
            yield _sentence(letter.text, sentence, tagged.sentences[index], f"l{number}s{index + 1}")
            end = sentence.end
        yield _text(letter.text[end : paragraph.end]) + "</p>\n"
    yield "</div>\n"
    for table, items in (
        (commitment_table(), [item.sentence for item in tagged.commitments]),
        (measure_table(), [item.sentence for item in tagged.measures]),
        (figure_table(), [item.sentence for item in tagged.figures]),
    ):
        yield from _table(table, tagged, items, number)
    yield "</article>\n"


def _sentence(text: str, sentence: Sentence, tag: SentenceTag, anchor: str) -> str:
    classes = [_CLASS.get(label, "") for label in tag.labels] + ["review"] * tag.needs_review
    evidence = [e for e in tag.evidence if e.source != "heading"]
    inside = _marked(text, sentence, evidence)
    if not tag.labels and not tag.needs_review:
        return f'<span id="{anchor}">{inside}</span>'
    scores = "、".join(f"{label_name(label)} {score:.2f}" for label, score in tag.scores.items())
    words = [text[e.start : e.end].strip() for e in tag.evidence]
    title = f"{scores};依据:{'、'.join(dict.fromkeys(words))}" if words else scores
    short = "·".join(_SHORT.get(label, label) for label in tag.labels) + ("?" if tag.needs_review else "")
    return (
        f'<span id="{anchor}" class="{_text(" ".join(["s", *classes]))}" title="{_text(title)}">{inside}</span>'
        f'<span class="tag">〔{_text(short)}〕</span>'
    )


def _marked(text: str, sentence: Sentence, evidence: Sequence[Evidence]) -> str:
    """A sentence with the words of evidence underlined, cut where they overlap."""
    inside = [(max(e.start, sentence.start), min(e.end, sentence.end), e.label) for e in evidence]
    cuts = sorted({sentence.start, sentence.end, *(c for a, b, _ in inside if a < b for c in (a, b))})
    parts: list[str] = []
    for start, end in pairwise(cuts):
        labels: dict[Label, None] = dict.fromkeys(label for a, b, label in inside if a <= start and end <= b)
        piece = _text(text[start:end])
        if labels:
            names = " ".join(_CLASS.get(label, "") for label in labels)
            piece = f'<u class="{names}">{piece}</u>'
        parts.append(piece)
    return "".join(parts)


def _table(table: Table, tagged: TaggedLetter, sentences: Sequence[int], number: int) -> Iterator[str]:
    """A letter's rows of a table, the columns that hold anything, each row with a link to its sentence."""
    if not sentences:
        return
    names = [name for name, _, _ in table.columns]
    rows = [dict(zip(names, row, strict=True)) for row in table.rows(tagged)]
    shown = [name for name in _SHOWN[table.name] if any(row[name] not in (None, "") for row in rows)]
    yield f"<h3>{table.name}</h3>\n<table><thead><tr><th>句</th>"
    yield "".join(f"<th>{name}</th>" for name in shown) + "</tr></thead><tbody>\n"
    for sentence, row in zip(sentences, rows, strict=True):
        yield f'<tr><td class="n"><a href="#l{number}s{sentence + 1}">{sentence + 1}</a></td>'
        yield "".join(_cell(row[name]) for name in shown) + "</tr>\n"
    yield "</tbody></table>\n"


def _cell(value: Cell) -> str:
    if value is None:
        return "<td></td>"
    if isinstance(value, float):
        return (
            f'<td class="n">{value:,.10g}</td>' if abs(value) < 1e10 else f'<td class="n">{value:,.0f}</td>'
        )
    if isinstance(value, int | date):
        return f'<td class="n">{value}</td>'
    return f"<td>{_text(value)}</td>"


def _end(titles: Iterable[str], problems: Sequence[Problem]) -> Iterator[str]:
    yield '<nav id="index"><h2>目录</h2>\n<ol>\n'
    for number, title in enumerate(titles, 1):
        yield f'<li><a href="#l{number}">{_text(title)}</a></li>\n'
    yield "</ol></nav>\n"
    if problems:
        yield "<h2>问题</h2>\n<table><thead><tr>"
        yield "".join(f"<th>{name}</th>" for name, _, _ in PROBLEM_COLUMNS) + "</tr></thead><tbody>\n"
        for problem in problems:
            yield f"<tr>{''.join(map(_cell, problem_row(problem)))}</tr>\n"
        yield "</tbody></table>\n"
    yield "</body>\n</html>\n"
