"""How well letters come out of DOCX, PDF and OFD: character F1, paragraph boundaries, tags, speed.

    python tests/bench/readers.py [--letters 240] [--keep DIR] [--worst 5]

Letters of ``corpus/`` are set in many styles (fonts, sizes, margins, indents, spacing, automatic or typed numbers,
letterheads, tables at the head, running heads, page numbers) as DOCX, printed to PDF by LibreOffice (needed for the
PDF rows), and written as OFD. What comes out is compared with what went in; white space does not count.
"""

from __future__ import annotations

import argparse
import difflib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

import dafu
from dafu.corpus import load_corpus
from dafu.readers.docx import read_docx
from dafu.readers.ofd import read_ofd
from dafu.readers.pdfium import read_here as read_pdf  # in this process, whose time is taken
from dafu.records import Document, TaggedLetter
from dafu.tagger import Tagger
from ofd_writer import Run, lay_out, page_xml, write_ofd

ROOT = Path(__file__).resolve().parent.parent.parent
_FONTS = ("Noto Serif CJK SC", "Noto Sans CJK SC", "WenQuanYi Micro Hei")
_CHINESE = "一二三四五六七八九十"
_NUMBERED = (
    (re.compile(rf"([{_CHINESE}])、"), "chineseCounting", "%1、"),
    (re.compile(rf"[(（]([{_CHINESE}])[)）]"), "chineseCountingThousand", None),
    (re.compile(r"(\d{1,2})[.．、]"), "decimal", None),
)


@dataclass(frozen=True)
class Style:
    """One way to set a letter."""

    font: str
    size: float
    margin: float
    justify: bool
    indent: str  # "chars", "spaces" or "none"
    line: float | None  # points, or None for one and a half lines
    numbers: str  # page number in the foot, "" for none
    head: str  # running head
    letterhead: bool
    table: bool
    automatic: bool
    broken_title: bool
    title_size: float
    hanging: bool


def style_of(seed: int) -> Style:
    pick = random.Random(seed)
    return Style(
        font=pick.choice(_FONTS),
        size=pick.choice((10.5, 12, 12, 14, 15, 16, 16)),
        margin=pick.choice((20, 25.4, 26, 28, 31.7)),
        justify=pick.random() < 0.75,
        indent=pick.choice(("chars", "chars", "chars", "spaces", "none")),
        line=pick.choice((None, 26, 28, 30)),
        numbers=pick.choice(("", "— # —", "- # -", "第#页", "第#页 共@页", "#")),
        head=pick.choice(("", "", "政协提案办理", "内部资料  注意保存")),
        letterhead=pick.random() < 0.3,
        table=pick.random() < 0.2,
        automatic=pick.random() < 0.5,
        broken_title=pick.random() < 0.4,
        title_size=pick.choice((0, 18, 22)),
        hanging=pick.random() < 0.4,
    )


def field(paragraph: object, code: str) -> None:
    for kind, text in (("begin", None), (None, code), ("end", None)):
        run = paragraph.add_run()  # type: ignore[attr-defined]
        if kind:
            char = OxmlElement("w:fldChar")
            char.set(qn("w:fldCharType"), kind)
            run._r.append(char)
        else:
            run._r.append(parse_xml(f"<w:instrText {nsdecls('w')}>{text}</w:instrText>"))


def make_docx(lines: list[str], style: Style, issuer: str, path: Path) -> list[str]:
    """Sets a letter in a style; returns the lines that a reader should find."""
    document = docx.Document()
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = style.font, Pt(style.size)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), style.font)
    normal.paragraph_format.space_after = Pt(0 if style.indent != "none" else style.size * 0.6)
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(style.margin)
    section.top_margin = Mm(30)
    expected: list[str] = []
    if style.letterhead:
        red = document.add_paragraph()
        red.alignment = WD_ALIGN_PARAGRAPH.CENTER
        run = red.add_run(f"{issuer}文件")
        run.font.size, run.font.color.rgb = Pt(32 if len(issuer) < 12 else 24), RGBColor(0xFF, 0, 0)
        expected.append(f"{issuer}文件")
    if style.table:
        table = document.add_table(rows=0, cols=4)
        table.style = "Table Grid"
        for row in (
            ("索引号", "A0001-2024", "公开属性", "主动公开"),
            ("发布机构", issuer, "主题分类", "提案办理"),
        ):
            for cell, text in zip(table.add_row().cells, row, strict=True):
                cell.text = text
            expected.append("".join(row))
    if style.head:
        section.header.paragraphs[0].add_run(style.head).font.size = Pt(9)
    if style.numbers:
        foot = section.footer.paragraphs[0]
        foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
        for part in re.split("([#@])", style.numbers):
            if part in "#@" and part:
                field(foot, "PAGE" if part == "#" else "NUMPAGES")
            else:
                foot.add_run(part)
    numbering = _numbering(document, lines, style) if style.automatic else None
    counters = [0, 0, 0]
    signature = _signature(lines)
    for at, line in enumerate(lines):
        expected.append(line)
        paragraph = document.add_paragraph()
        shape = paragraph.paragraph_format
        if style.line:
            shape.line_spacing = Pt(max(style.line, style.size * 1.5))
        else:
            shape.line_spacing = 1.5
        if at == 0 and titled(line):
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            size = style.title_size or style.size
            cut = _cut(line) if style.broken_title and style.title_size and len(line) > 20 else len(line)
            run = paragraph.add_run(line[:cut])
            if cut < len(line):
                run.add_break()
                run.add_text(line[cut:])
                expected[-1:] = [line[:cut], line[cut:]]
            run.bold, run.font.size = True, Pt(size)
            continue
        if at >= signature:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            paragraph.add_run(line)
            continue
        text = line
        flush = line.endswith((":", "：")) and len(line) < 30 and at < 4
        if style.justify:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
        if numbering is not None:
            for level, (pattern, _, _) in enumerate(_NUMBERED):
                match = pattern.match(line)
                if match:
                    value = _CHINESE.find(match.group(1)) + 1 or int(match.group(1))
                    if value == counters[level] + 1:
                        counters[level:] = [value] + [0] * (2 - level)
                        text = line[match.end() :].lstrip()
                        pr = parse_xml(
                            f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/><w:numId w:val="{numbering}"/></w:numPr>'
                        )
                        paragraph._p.get_or_add_pPr().append(pr)
                    break
        if text != line and style.hanging:
            pass  # the list sets the indent
        elif not flush and style.indent == "chars":
            shape.first_line_indent = Pt(style.size * 2)
        elif not flush and style.indent == "spaces" and text == line:
            text = "　　" + text
        paragraph.add_run(text)
    document.save(str(path))
    return expected


def _numbering(document: object, lines: list[str], style: Style) -> int:
    """A list of three levels, with the brackets and points that the letter has."""
    text = "\n".join(lines)
    second = "（%2）" if re.search(rf"^（[{_CHINESE}]）", text, re.MULTILINE) else "(%2)"
    third = next(
        (f"%3{m}" for m in ".．、" if re.search(rf"^\d{{1,2}}{re.escape(m)}", text, re.MULTILINE)), "%3."
    )
    suffix = "" if style.hanging else '<w:suff w:val="nothing"/>'
    wide = round(style.size * 20 * 3)
    indent = f'<w:pPr><w:ind w:left="{wide}" w:hanging="{wide}"/></w:pPr>' if style.hanging else ""
    levels = "".join(
        f'<w:lvl w:ilvl="{i}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/>{suffix}'
        f'<w:lvlText w:val="{pattern}"/><w:lvlJc w:val="left"/>{indent}</w:lvl>'
        for i, (kind, pattern) in enumerate(
            (("chineseCounting", "%1、"), ("chineseCountingThousand", second), ("decimal", third))
        )
    )
    root = document.part.numbering_part.element  # type: ignore[attr-defined]
    abstract = parse_xml(
        f'<w:abstractNum {nsdecls("w")} w:abstractNumId="900"><w:multiLevelType w:val="multilevel"/>{levels}</w:abstractNum>'
    )
    root.insert(0, abstract)
    root.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="900"><w:abstractNumId w:val="900"/></w:num>'))
    return 900


def _signature(lines: list[str]) -> int:
    """Index of the first line of issuer and date at the end."""
    for at in range(len(lines) - 1, max(len(lines) - 4, 0), -1):
        if len(lines[at]) > 26 or lines[at][-1] in "。！!;；":
            return at + 1
    return len(lines)


def titled(line: str) -> bool:
    """Whether the first line of a text is a title."""
    return 8 < len(line) < 60 and not set(line) & set("。！：:,，")


def _cut(line: str) -> int:
    """Where a title is broken by hand: before 关于 or in the middle."""
    at = line.find("第", len(line) // 3)
    return at if 6 < at < len(line) - 6 else len(line) // 2


@dataclass
class Score:
    """Sums over documents."""

    gold: int = 0
    said: int = 0
    same: int = 0
    gold_breaks: int = 0
    said_breaks: int = 0
    same_breaks: int = 0
    sentences: int = 0
    agreed: int = 0
    seconds: float = 0.0
    documents: int = 0
    failures: int = 0

    def row(self, name: str) -> str:
        def f1(same: int, a: int, b: int) -> str:
            return f"{2 * same / (a + b):.4f}" if a + b else "–"

        agreed = f"{self.agreed / self.sentences:.4f}" if self.sentences else "–"
        return (
            f"| {name} | {self.documents} | {f1(self.same, self.gold, self.said)} | "
            f"{f1(self.same_breaks, self.gold_breaks, self.said_breaks)} | {agreed} | "
            f"{self.documents / max(self.seconds, 1e-9):.0f} | {self.failures} |"
        )


def squeezed(lines: list[str]) -> tuple[str, set[int]]:
    """Text without white space, and where in it a line ends (but the last)."""
    text, breaks = "", set()
    for line in lines:
        text += re.sub(r"\s", "", line)
        breaks.add(len(text))
    breaks.discard(len(text))
    return text, breaks


def compare(gold: list[str], said: list[str], score: Score, tagger: Tagger | None) -> float:
    """Adds a document to the sums; returns its own character F1."""
    a, a_breaks = squeezed(gold)
    b, b_breaks = squeezed(said)
    blocks = (
        [difflib.Match(0, 0, len(a))]
        if a == b
        else difflib.SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks()
    )
    to_said: dict[int, int] = {}
    for block in blocks:
        for k in range(block.size):
            to_said[block.a + k] = block.b + k
    same = len(to_said)
    score.gold += len(a)
    score.said += len(b)
    score.same += same
    score.gold_breaks += len(a_breaks)
    score.said_breaks += len(b_breaks)
    # a break stands after a character: it is found where one stands after the character's counterpart
    score.same_breaks += sum(1 for at in a_breaks if at - 1 in to_said and to_said[at - 1] + 1 in b_breaks)
    score.documents += 1
    if tagger is not None:
        _tags(gold, said, to_said, score, tagger)
    return 2 * same / max(len(a) + len(b), 1)


def _tags(gold: list[str], said: list[str], to_said: dict[int, int], score: Score, tagger: Tagger) -> None:
    one, two = tagger.tag([Document("a", "\n".join(gold), ""), Document("b", "\n".join(said), "")])
    ours, theirs = _spans(one), _spans(two)
    owner: dict[int, int] = {}
    for index, (start, end, _) in enumerate(theirs):
        owner.update(dict.fromkeys(range(start, end), index))
    for start, end, labels in ours:
        votes = [owner[to_said[at]] for at in range(start, end) if at in to_said and to_said[at] in owner]
        score.sentences += 1
        score.agreed += bool(votes) and theirs[max(set(votes), key=votes.count)][2] == labels


def _spans(tagged: TaggedLetter) -> list[tuple[int, int, tuple[str, ...]]]:
    """Sentences as offsets into the text without white space."""
    squeezed_at = [0]
    for c in tagged.letter.text:
        squeezed_at.append(squeezed_at[-1] + (not c.isspace()))
    return [
        (squeezed_at[s.start], squeezed_at[s.end], tag.labels)
        for s, tag in zip(tagged.letter.sentences, tagged.sentences, strict=True)
    ]


def print_pdfs(folder: Path, files: list[Path]) -> bool:
    """PDFs of all DOCX files, by LibreOffice; false where it is missing."""
    program = shutil.which("soffice")
    if program is None:
        print("LibreOffice (soffice) is not installed: the PDF rows are left out.", file=sys.stderr)
        return False
    for at in range(0, len(files), 40):
        subprocess.run(
            [
                program,
                "--headless",
                f"-env:UserInstallation={(folder / 'profile').as_uri()}",
                "--convert-to",
                "pdf",
                "--outdir",
                str(folder),
                *map(str, files[at : at + 40]),
            ],
            check=True,
            capture_output=True,
            timeout=900,
        )
    return True


def make_ofd(lines: list[str], seed: int) -> bytes:
    pick = random.Random(seed)
    pages = lay_out(
        lines,
        columns=pick.choice((26, 28, 30)),
        rows=pick.choice((20, 22, 24)),
        size=pick.choice((4.2, 4.94, 5.6)),
        left=pick.choice((26.0, 28.0, 31.0)),
        numbers=pick.choice(("", "— {} —", "- {} -", "第{}页", "第{}页 共{}页")),
        head=pick.choice(("", "政协提案办理")),
        centred=int(titled(lines[0])),
    )
    contents = []
    for runs in pages:
        runs = list(runs)
        if pick.random() < 0.5:
            pick.shuffle(runs)  # the order of objects is not the reading order
        if pick.random() < 0.3:  # one object a few characters
            runs = [part for run in runs for part in _split(run)]
        contents.append(page_xml(runs))
    return write_ofd(contents)


def _split(run: Run) -> list[Run]:
    parts, x = [], run.x
    for at in range(0, len(run.text), 7):
        text = run.text[at : at + 7]
        parts.append(Run(text, x, run.y, run.size))
        x += sum(run.size * (0.5 if c.isascii() else 1.0) for c in text)
    return parts


def with_pypdf(data: bytes) -> list[str]:
    import io

    import pypdf

    return [
        line for page in pypdf.PdfReader(io.BytesIO(data)).pages for line in page.extract_text().splitlines()
    ]


def with_pdfplumber(data: bytes) -> list[str]:
    import io

    import pdfplumber

    with pdfplumber.open(io.BytesIO(data)) as document:
        return [line for page in document.pages for line in (page.extract_text() or "").splitlines()]


def with_python_docx(data: bytes) -> list[str]:
    import io

    return [p.text for p in docx.Document(io.BytesIO(data)).paragraphs]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--letters", type=int, default=240)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--worst", type=int, default=0, help="print what the worst documents lost")
    parser.add_argument("--only-dafu", action="store_true")
    args = parser.parse_args()
    letters = load_corpus(ROOT / "corpus")
    random.Random(7).shuffle(letters)
    letters = letters[: args.letters]
    tagger = dafu.load()
    with tempfile.TemporaryDirectory() as temporary:
        folder = args.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        files = [folder / f"{i:04d}.docx" for i in range(len(letters))]
        gold: list[list[str]] = []
        plain: list[list[str]] = []
        for i, (letter, path) in enumerate(zip(letters, files, strict=True)):
            lines = [line.strip() for line in letter.letter.text.split("\n") if line.strip()]
            plain.append(lines)
            gold.append(make_docx(lines, style_of(i), letter.letter.meta.issuer or "澜浦县交通运输局", path))
        sources: list[tuple[str, Callable[[bytes], list[str]], list[bytes], list[list[str]]]] = []
        docs = [path.read_bytes() for path in files]
        sources.append(("DOCX, dafu", lambda d: read_docx(d, "").text.split("\n"), docs, gold))
        sources.append(("DOCX, python-docx", with_python_docx, docs, gold))
        have_pdf = all(p.with_suffix(".pdf").exists() for p in files) or print_pdfs(folder, files)
        if have_pdf:
            pdfs = [path.with_suffix(".pdf").read_bytes() for path in files]
            # a title broken by hand is one line again: nothing in a PDF tells that break from another
            joined = [_joined(g, p) for g, p in zip(gold, plain, strict=True)]
            sources.append(("PDF, dafu", lambda d: read_pdf(d, "").text.split("\n"), pdfs, joined))
            sources.append(("PDF, pypdf", with_pypdf, pdfs, joined))
            sources.append(("PDF, pdfplumber", with_pdfplumber, pdfs, joined))
        ofds = [make_ofd(lines, i) for i, lines in enumerate(plain)]
        sources.append(("OFD, dafu", lambda d: read_ofd(d, "").text.split("\n"), ofds, plain))
        print(
            "| reader | documents | characters F1 | paragraphs F1 | tags agree | documents a CPU second | failed |"
        )
        print("| --- | --- | --- | --- | --- | --- | --- |")
        for name, read, given, wanted in sources:
            if args.only_dafu and "dafu" not in name:
                continue
            score = Score()
            ranking = []
            for i, (data, lines) in enumerate(zip(given, wanted, strict=True)):
                start = time.process_time()
                try:
                    said = read(data)
                except Exception as error:
                    score.failures += 1
                    said = []
                    print(name, i, repr(error)[:200], file=sys.stderr)
                score.seconds += time.process_time() - start
                before = (score.same_breaks, score.gold_breaks, score.said_breaks)
                f1 = compare(lines, said, score, tagger)
                same, a, b = (
                    now - then
                    for now, then in zip(
                        (score.same_breaks, score.gold_breaks, score.said_breaks), before, strict=True
                    )
                )
                ranking.append((f1, 2 * same / (a + b) if a + b else 1.0, i, lines, said))
            print(score.row(name), flush=True)
            if "dafu" in name:
                for f1, breaks, i, lines, said in sorted(ranking, key=lambda r: min(r[:2]))[: args.worst]:
                    print(f"--- {name} {i:04d}: characters {f1:.4f}, breaks {breaks:.4f} {style_of(i)}")
                    print("\n".join(x for x in difflib.unified_diff(lines, said, lineterm="", n=0)))


def _joined(gold: list[str], plain: list[str]) -> list[str]:
    return gold[: len(gold) - len(plain) - (len(gold) > len(plain) and gold[-len(plain)] != plain[0])] + plain


if __name__ == "__main__":
    main()
