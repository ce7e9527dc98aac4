"""DOCX (ECMA-376, transitional and strict) to text, as a reader of the printed letter sees it.

The XML is read directly: python-docx gives no automatic numbers, text boxes or tracked changes, and its
``paragraph.text`` leaves out what stands in insertions and content controls.

Kept: paragraphs and tables in order, automatic numbers, insertions, text boxes (after the paragraph that holds
them). Dropped: deletions, hidden text, field codes, tables of contents, footnotes, comments, headers and footers
(a letterhead in a header becomes the issuer).
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from dafu.errors import InputError
from dafu.readers.archive_limits import Archive, Element, attribute, local
from dafu.readers.assemble import (
    Piece,
    assemble,
    close_number,
    letterhead_issuer,
    sensible_title,
)
from dafu.readers.docx_styles import Styles, child_of, hidden_by, number_of, value_of
from dafu.readers.numbering import Numbering
from dafu.records import Extracted

_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
#: Elements around runs that change nothing about their text.
_WRAPPERS: Final = frozenset(
    [
        "ins",
        "moveTo",
        "hyperlink",
        "smartTag",
        "sdt",
        "sdtContent",
        "fldSimple",
        "customXml",
        "bdo",
        "dir",
        "ruby",
        "rubyBase",
        "r",
        "oMath",
        "oMathPara",
    ]
)
_DROPPED: Final = frozenset(
    [
        "del",
        "moveFrom",
        "pPr",
        "rPr",
        "sdtPr",
        "sdtEndPr",
        "rt",
        "instrText",
        "delText",
        "delInstrText",
        "footnoteReference",
        "endnoteReference",
        "annotationRef",
        "commentReference",
    ]
)
_CHARACTERS: Final = {"tab": "\t", "ptab": "\t", "cr": "\n", "noBreakHyphen": "-", "softHyphen": ""}
#: A cell of this many characters in several paragraphs is running text in a form, not a cell of a row.
_LONG_CELL: Final = 60
_HEAD: Final = 6


def read_docx(data: bytes, source: str) -> Extracted:
    """The text of a DOCX file, one line a paragraph, line break or table row.

    Raises:
        InputError: a password, damage, no text, or a container beyond the limits.
    """
    if data.startswith(_OLE):
        if _ENCRYPTED in data:
            raise InputError(source, "文档设有打开密码。", "请在 WPS 或 Word 中取消密码后另存再试。")
        raise InputError(source, "这是旧版 .doc/.wps 文档,扩展名却是 .docx。", "请把扩展名改为 .doc 再试。")
    archive = Archive(data, source)
    try:
        return _read(archive, source)
    except RecursionError as error:
        raise InputError(
            source, "文档嵌套过深,无法读取。", "请用 WPS 或 Word 打开后另存一份再试。"
        ) from error


def _read(archive: Archive, source: str) -> Extracted:
    main = next(iter(_related(archive, "", "officeDocument")), "word/document.xml")
    root = archive.xml(main)
    body = None if root is None else next((c for c in root if local(c) == "body"), None)
    if body is None:
        raise InputError(source, "不是 Word 文档(找不到正文部分)。", "请用 WPS 或 Word 打开后另存为 .docx。")
    styles = Styles.of(next((archive.xml(n) for n in _related(archive, main, "styles")), None))
    numbers = next((archive.xml(n) for n in _related(archive, main, "numbering")), None)
    walk = _Walk(styles, Numbering.of(numbers, styles.numbering_styles()))
    pieces = [piece for piece in walk.blocks(body) if piece.text.strip()]
    if not pieces:
        raise InputError(
            source, "文档里没有文字(可能只有图片)。", "若是扫描图片,需要先做文字识别(OCR),再导入识别结果。"
        )
    meta: dict[str, str] = {}
    issuer = walk.letterhead or next(
        (
            name
            for part in _related(archive, main, "header")
            if (header := archive.xml(part)) is not None
            for piece in _Walk(styles, Numbering()).blocks(header)
            if (name := letterhead_issuer(piece.text))
        ),
        None,
    )
    if issuer:
        meta["issuer"] = issuer
    core = next((archive.xml(n) for n in _related(archive, "", "core-properties")), None)
    if core is not None:
        title = sensible_title(next((c.text for c in core if local(c) == "title"), None))
        if title:
            meta["title"] = title
    return assemble(pieces, meta)


def _related(archive: Archive, part: str, kind: str) -> list[str]:
    """Parts that a part (the package itself for ``""``) is related to by the relationship type's last word."""
    folder, name = posixpath.split(part)
    root = archive.xml(posixpath.join(folder, "_rels", f"{name}.rels"))
    found = []
    for item in root if root is not None else ():
        target = attribute(item, "Target") or ""
        kind_of = (attribute(item, "Type") or "").rsplit("/", 1)[-1]
        if kind_of == kind and attribute(item, "TargetMode") != "External":
            path = target if target.startswith("/") else posixpath.join(folder, target)
            found.append(posixpath.normpath(path).lstrip("/"))
    return found


@dataclass(slots=True)
class _Walk:
    """One pass over the body: counters of numbers, open fields, and a paragraph whose mark was deleted."""

    styles: Styles
    numbering: Numbering
    letterhead: str | None = None
    _fields: list[bool] = field(default_factory=list)
    _carried: str = ""
    _paragraphs: int = 0
    _tables: int = 0

    def blocks(self, parent: Element, place: str | None = None) -> Iterator[Piece]:
        """Pieces of the paragraphs and tables under an element; ``place`` overrides where they stand."""
        for block in parent:
            kind = local(block)
            if kind == "p":
                yield from self._paragraph(block, place)
            elif kind == "tbl":
                yield from self._table(block, place)
            elif kind == "sdt":
                gallery = value_of(child_of(child_of(block, "sdtPr"), "docPartObj"), "docPartGallery")
                if gallery != "Table of Contents":
                    yield from self.blocks(block, place)
            elif kind in ("sdtContent", "ins", "moveTo", "customXml", "smartTag"):
                yield from self.blocks(block, place)
            elif kind == "AlternateContent":
                yield from self.blocks(_choice(block), place)

    def _paragraph(self, paragraph: Element, place: str | None) -> Iterator[Piece]:
        if place is None:
            self._paragraphs += 1
        where = place or f"p {self._paragraphs}"
        properties = child_of(paragraph, "pPr")
        style = value_of(properties, "pStyle") or self.styles.default
        mark = child_of(properties, "rPr")
        boxes: list[Element] = []
        text = self._carried + "".join(self._text(paragraph, boxes, self.styles.hides(style)))
        self._carried = ""
        if child_of(mark, "del") is not None or child_of(mark, "moveFrom") is not None:
            self._carried = text
        else:
            if text.strip():
                text = _numbered(self._number(properties, style), text.lstrip())
                if (
                    self.letterhead is None
                    and place is None
                    and self._paragraphs <= _HEAD
                    and _red(paragraph)
                ):
                    self.letterhead = letterhead_issuer(text)
            for line in text.split("\n"):
                yield Piece(line, None, where)
        self._fields = [open for open in self._fields if open]  # field code does not run over paragraphs
        for box in boxes:
            fields, self._fields = self._fields, []
            yield from self.blocks(box, f"{where} textbox")
            self._fields = fields

    def _number(self, properties: Element | None, style: str | None) -> str:
        num, level = number_of(properties)
        if num is None:
            for id, inherited in self.styles.chain(style):
                if inherited.num is not None:
                    num = inherited.num
                    linked = self.numbering.level_of_style(num, style or id)
                    level = next((x for x in (level, linked, inherited.level) if x is not None), 0)
                    break
        return "" if num is None or num == "0" else self.numbering.next(num, level or 0)

    def _text(self, element: Element, boxes: list[Element], hidden: bool) -> Iterator[str]:
        """The visible text of a paragraph's content; text boxes met on the way go to ``boxes``."""
        for child in element:
            kind = local(child)
            if kind == "t":
                if not hidden and all(self._fields):
                    yield child.text or ""
            elif kind in _DROPPED:
                continue
            elif kind == "r":
                run = child_of(child, "rPr")
                own = hidden_by(run)
                if own is None:
                    style = value_of(run, "rStyle")
                    own = hidden or (style is not None and self.styles.hides(style))
                yield from self._text(child, boxes, own)
            elif kind in _WRAPPERS:
                yield from self._text(child, boxes, hidden)
            elif kind == "fldChar":
                self._field(attribute(child, "fldCharType"))
            elif hidden or not all(self._fields):
                continue
            elif kind in _CHARACTERS:
                yield _CHARACTERS[kind]
            elif kind == "br":
                yield "\n"
            elif kind == "sym":
                yield _symbol(attribute(child, "char"))
            elif kind == "AlternateContent":
                yield from self._text(_choice(child), boxes, hidden)
            elif kind in ("drawing", "pict", "object"):
                boxes.extend(_boxes(child))
            else:  # mathematics and what later versions wrap runs in
                yield from self._text(child, boxes, hidden)

    def _field(self, kind: str | None) -> None:
        """Fields nest: code up to ``separate``, then the result, which is what the letter shows."""
        if kind == "begin":
            self._fields.append(False)
        elif kind == "separate" and self._fields:
            self._fields[-1] = True
        elif kind == "end" and self._fields:
            self._fields.pop()

    def _table(self, table: Element, place: str | None) -> Iterator[Piece]:
        self._tables += 1
        name = f"table {self._tables}"
        for number, row in enumerate(_rows(table), 1):
            where = f"{name} row {number}" if place is None else place
            cells = [
                [piece for piece in self.blocks(cell, where) if piece.text.strip()] for cell in _cells(row)
            ]
            filled = [cell for cell in cells if cell]
            short: list[str] = []
            for cell in filled:
                running = len(cell) > 1 and (len(filled) == 1 or sum(len(p.text) for p in cell) > _LONG_CELL)
                if not running:
                    short.append(" ".join(p.text.strip() for p in cell))
                    continue
                if short:
                    yield Piece("\t".join(short), None, where)
                    short = []
                yield from cell
            if short:
                yield Piece("\t".join(short), None, where)


def _numbered(number: str, text: str) -> str:
    if not number.endswith("\t"):
        return number + text
    closed = close_number(number + text)
    return closed if closed != number + text else f"{number[:-1]} {text}"


def _rows(table: Element) -> Iterator[Element]:
    for child in table:
        if local(child) == "tr":
            if child_of(child_of(child, "trPr"), "del") is None:
                yield child
        elif local(child) in ("sdt", "sdtContent", "ins", "customXml"):
            yield from _rows(child)


def _cells(row: Element) -> Iterator[Element]:
    for child in row:
        if local(child) == "tc":
            yield child
        elif local(child) in ("sdt", "sdtContent", "customXml"):
            yield from _cells(child)


def _choice(alternate: Element) -> Element:
    """One branch of ``mc:AlternateContent``: both say the same, so the first that holds text."""
    branches = [c for c in alternate if local(c) in ("Choice", "Fallback")]
    telling = (b for b in branches if any(local(e) in ("txbxContent", "t") for e in b.iter()))
    return next(telling, ())


def _boxes(drawing: Element) -> Iterator[Element]:
    """The contents of the outermost text boxes of a drawing."""
    for child in drawing:
        if local(child) == "txbxContent":
            yield child
        elif local(child) == "AlternateContent":
            yield from _boxes(_choice(child))
        else:
            yield from _boxes(child)


def _symbol(code: str | None) -> str:
    """The character of ``w:sym``; code points of symbol fonts say nothing without the font."""
    try:
        value = int(code or "", 16)
    except ValueError:
        return ""
    return chr(value) if 0x20 <= value < 0xD800 else ""


def _red(paragraph: Element) -> bool:
    """Whether the first coloured run is red, as letterheads are."""
    for item in paragraph.iter():
        if local(item) == "color":
            value = attribute(item, "val") or ""
            try:
                red, green, blue = (int(value[i : i + 2], 16) for i in (0, 2, 4))
            except ValueError:
                return False
            return red >= 0xB0 and green <= 0x60 and blue <= 0x60
    return False
