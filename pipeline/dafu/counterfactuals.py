"""Parts of letters told in the other tense, to learn from: what a bare sentence means is for its surroundings to say.

修缮古戏台 is done under 工作开展情况 and planned under 下一步. In a corpus each sentence stands in one place only, so a
model takes its verb for the reason. Here the same bare sentences stand a second time: under a heading or lead-in of
another letter that announces the other tense, or after a sentence of that tense, and carry that tense's label.

Source: D. Kaushik, E. Hovy, Z. Lipton, Learning the difference that makes a difference with counterfactually-augmented
data, ICLR 2020.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dafu.folding import fold
from dafu.layout import list_marker
from dafu.letter import parse_letter
from dafu.records import Letter
from dafu.sections import heading_section, leadin_section

DONE: Final = -1
NONE: Final = 0
AHEAD: Final = 1
UNCLEAR: Final = 2
_TENSE: Final = {"progress": DONE, "plans": AHEAD}
#: Words that tell a tense or a result by themselves; a sentence without any of them is bare.
_TELLING = re.compile(
    r"已|了|过|曾|将|拟|会|要|完成|完毕|到位|先后|累计|目前|现[已在正]|正在|计划|打算|准备|预计|力争|争取|下一?步|今年|明年|去年|近[年期日几]"
    r"|以来|年|月|日前|继续|进一步|再|仍|逐步|截至|待|底前|尽快|适时|今后|后续|届时|成为|建成|获|达|取得|实现|形成|努力|确保|共|新增|至|均"
    r"|多次|不断|持续|有效|显著|明显|得到|接下来|未来"
)
#: Sentences under a heading that are taken, at most.
_MOST = 12


@dataclass(frozen=True, slots=True)
class Part:
    """A part: the letter that it is read as, for each of its sentences the row among the sentences of all letters, and
    whether its tense is turned."""

    letter: Letter
    rows: Sequence[int]
    turned: Sequence[bool]


@dataclass(frozen=True, slots=True)
class _Line:
    """A sentence with its row, and whether its tense is turned."""

    text: str
    row: int
    turned: bool = False


@dataclass(slots=True)
class _Stock:
    """What announces a tense in the letters: headings, lead-ins, and sentences of the tense."""

    headings: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    leadins: dict[int, list[_Line]] = field(default_factory=lambda: defaultdict(list))
    sentences: dict[int, list[_Line]] = field(default_factory=lambda: defaultdict(list))


def counterfactuals(letters: Sequence[Letter], tense: NDArray[np.integer]) -> Iterator[tuple[int, Part]]:
    """Parts of the letters in the other tense, each with its letter's index.

    ``tense`` has one value a sentence of all letters: DONE, AHEAD, NONE (no measure), UNCLEAR (both, or not known).
    Measures that tell their own tense are left out of the parts, sentences that are no measure stay. The same letters
    give the same parts.
    """
    told = _lines(letters)
    stock = _stock(letters, told, tense)
    for index, letter in enumerate(letters):
        chance = random.Random(letter.id)
        for lines in (
            *_sections(letter, told[index], tense, stock, chance),
            *_runs(letter, told[index], tense, stock, chance),
        ):
            text = "\n".join("".join(line.text for line in paragraph) for paragraph in lines)
            flat = [line for paragraph in lines for line in paragraph]
            part = parse_letter(text, id=letter.id)
            if [text[s.start : s.end] for s in part.sentences] == [line.text.strip() for line in flat]:
                yield index, Part(part, [line.row for line in flat], [line.turned for line in flat])


def _lines(letters: Sequence[Letter]) -> list[list[_Line]]:
    row = 0
    told: list[list[_Line]] = []
    for letter in letters:
        told.append([_Line(letter.text[s.start : s.end], row + i) for i, s in enumerate(letter.sentences)])
        row += len(letter.sentences)
    return told


def _stock(letters: Sequence[Letter], told: Sequence[Sequence[_Line]], tense: NDArray[np.integer]) -> _Stock:
    stock = _Stock()
    for letter, lines in zip(letters, told, strict=True):
        for sentence, line in zip(letter.sentences, lines, strict=True):
            kind = letter.paragraphs[sentence.paragraph].kind
            marker = list_marker(fold(line.text))[1]
            if kind == "heading":
                opened = _TENSE.get(heading_section(fold(line.text)) or "")
                if opened and 2 <= len(line.text) - marker <= 25:
                    stock.headings[opened].append(line.text[marker:].strip())
                continue
            announced = _announced(line.text)
            if announced and len(line.text) < 60:
                stock.leadins[announced].append(line)
            own = int(tense[line.row])
            if (
                kind == "body"
                and own in (DONE, AHEAD)
                and not marker
                and 15 < len(line.text) < 90
                and not _bare(line.text)
            ):
                stock.sentences[own].append(line)
    return stock


def _announced(text: str) -> int | None:
    """The tense that a lead-in announces, if a sentence is one."""
    return _TENSE.get(leadin_section(fold(text)) or "") if text[-1:] in ("：", ":") else None


def _bare(text: str) -> bool:
    return not _TELLING.search(text)


def _sections(
    letter: Letter, lines: Sequence[_Line], tense: NDArray[np.integer], stock: _Stock, chance: random.Random
) -> Iterator[list[list[_Line]]]:
    """What stands under each heading or lead-in of a tense, under one of the other."""
    paragraphs: list[list[_Line]] = [[] for _ in letter.paragraphs]
    for sentence, line in zip(letter.sentences, lines, strict=True):
        paragraphs[sentence.paragraph].append(line)
    at = 0
    while at < len(paragraphs):
        here, at = at, at + 1
        own = paragraphs[here]
        heading = letter.paragraphs[here].kind == "heading"
        if not own or letter.paragraphs[here].kind not in ("heading", "body", "opening"):
            continue
        opened = _TENSE.get(heading_section(fold(own[0].text)) or "") if heading else _announced(own[-1].text)
        if not opened:
            continue
        if heading and (not stock.leadins[-opened] or chance.random() < 0.7):
            if not stock.headings[-opened]:
                continue
            marker = own[0].text[: list_marker(fold(own[0].text))[1]]
            first = _Line(marker + chance.choice(stock.headings[-opened]), own[0].row)
        elif stock.leadins[-opened]:
            first = chance.choice(stock.leadins[-opened])
        else:
            continue
        part, turned = [[first]], 0
        while at < len(paragraphs) and letter.paragraphs[at].kind in ("heading", "body"):
            if (
                letter.paragraphs[at].kind == "heading"
                and heading_section(fold(paragraphs[at][0].text)) in _TENSE
            ):
                break
            kept = _turned(paragraphs[at], tense, opened)
            at += 1
            if kept and sum(map(len, part)) <= _MOST:
                part.append(kept)
                turned += sum(line.turned for line in kept)
        if turned:
            yield part


def _turned(lines: Sequence[_Line], tense: NDArray[np.integer], opened: int) -> list[_Line]:
    """Sentences of a section without the measures that tell their own tense, the bare ones turned."""
    kept = []
    for line in lines:
        if tense[line.row] == NONE:
            kept.append(line)
        elif tense[line.row] == opened and _bare(line.text):
            kept.append(_Line(line.text, line.row, True))
    return kept


def _runs(
    letter: Letter, lines: Sequence[_Line], tense: NDArray[np.integer], stock: _Stock, chance: random.Random
) -> Iterator[list[list[_Line]]]:
    """Bare sentences that follow one which tells its tense, after one of the other tense."""
    at = 0
    while at < len(lines):
        own = int(tense[lines[at].row])
        paragraph = letter.sentences[at].paragraph
        begins = at
        at += 1
        if (
            own not in (DONE, AHEAD)
            or letter.paragraphs[paragraph].kind != "body"
            or _bare(lines[begins].text)
            or list_marker(fold(lines[begins].text))[1]
            or not stock.sentences[-own]
        ):
            continue
        run: list[_Line] = []
        while at < len(lines) and letter.sentences[at].paragraph == paragraph:
            kept = _turned(lines[at : at + 1], tense, own)
            if not kept:
                break
            run += kept
            at += 1
        if any(line.turned for line in run):
            before = lines[begins - 1 : begins] if begins and chance.random() < 0.5 else []
            if before and (
                letter.sentences[begins - 1].paragraph != paragraph or tense[before[0].row] != NONE
            ):
                before = []
            yield [[*before, chance.choice(stock.sentences[-own]), *run]]
