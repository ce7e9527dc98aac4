"""Labelled letters from and to the tools that people label with: one module a format, this dispatcher."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from dafu.errors import InputError, OutputError, nearest
from dafu.exchange.assemble import assemble
from dafu.exchange.base import Columns, ImportOptions, Piece, Tally, Unit
from dafu.exchange.delimited import read_csv, write_csv
from dafu.exchange.docbin import read_docbin, write_docbin
from dafu.exchange.doccano import write_labels, write_spans
from dafu.exchange.items import Item, items_of
from dafu.exchange.json_rows import read_json
from dafu.exchange.label_studio import write_tasks
from dafu.exchange.locate import squeeze
from dafu.exchange.names import LabelNames
from dafu.exchange.prodigy import joined_answers, write_examples
from dafu.exchange.rows import Row, letter_of, normal, seen_of
from dafu.exchange.xlsx import read_xlsx, write_xlsx
from dafu.readers import ReadOptions, read_documents
from dafu.readers.text import decode
from dafu.records import OTHER, Document, Label, Problem
from dafu.writers.base import WholeFile

#: Export formats, and whether an item is a whole letter or a unit of one.
FORMATS: Mapping[str, str] = {
    "xlsx": "units",
    "csv": "units",
    "doccano": "units",
    "doccano-spans": "letters",
    "label-studio": "letters",
    "prodigy": "letters",
    "docbin": "letters",
    "jsonl": "letters",
}
_SUFFIXES = {".xlsx": "xlsx", ".csv": "csv", ".spacy": "docbin", ".json": "label-studio"}
_MAX_BYTES = 600 * 1024 * 1024

__all__ = [
    "FORMATS",
    "Columns",
    "ImportOptions",
    "LabelNames",
    "Row",
    "Tally",
    "Unit",
    "format_of",
    "letter_of",
    "normal",
    "read_labels",
    "seen_of",
    "write_labelled",
]


def read_labels(
    files: Sequence[Path],
    names: LabelNames,
    options: ImportOptions | None = None,
    *,
    sources: Sequence[str] = (),
) -> tuple[list[Row], Tally]:
    """Labelled letters of files in any known format, told by content; what could not be taken over is in the tally.

    ``sources`` are files or folders with the letters as they were before labelling: labels are moved to them.
    """
    options = options or ImportOptions()
    tally = Tally()
    pieces: list[Piece] = []
    for file in files:
        before = len(tally.problems)
        own = list(_read_file(file, names, options, tally))
        pieces += _blanks_told(own, names, tally) if options.blank == "auto" else own
        if not own and len(tally.problems) == before:
            tally.problem(str(file), None, "文件里没有标注。", "请检查导出的内容。")
    originals: dict[str, str] = {}
    if sources:
        pieces = _attach(pieces, sources, originals, tally)
    return assemble(pieces, names, options, tally, originals), tally


def _blanks_told(pieces: Sequence[Piece], names: LabelNames, tally: Tally) -> Iterator[Piece]:
    """The pieces of a file with empty label sets told: where it names the absence of a label somewhere (其他),
    an empty cell says something else, that nobody looked."""
    unseen = any(
        names.knows(name) and names.resolve(name) == OTHER for p in pieces for name in p.labels or ()
    )
    for piece in pieces:
        if piece.labels == ():
            tally.notes["blank" if unseen else "blank as none"] += 1
            piece = replace(piece, labels=None if unseen else (OTHER,))
        yield piece


def _read_file(file: Path, names: LabelNames, options: ImportOptions, tally: Tally) -> Iterator[Piece]:
    source = str(file)
    try:
        data = file.read_bytes()
    except OSError as error:
        tally.problem(source, None, f"无法打开:{error.strerror}。", "请检查路径与权限。")
        return
    yield from _read_bytes(data, source, names, options, tally)


def _read_bytes(
    data: bytes, source: str, names: LabelNames, options: ImportOptions, tally: Tally
) -> Iterator[Piece]:
    try:
        if not data.strip(b"\xef\xbb\xbf \r\n\t"):
            raise InputError(source, "文件是空的。", "请检查导出是否成功。")
        if data.startswith(b"\xd0\xcf\x11\xe0"):
            raise InputError(source, "是旧版 Excel(.xls)文件。", "请在 Excel 或 WPS 中另存为 .xlsx。")
        if data.startswith(b"PK"):
            yield from _read_archive(data, source, names, options, tally)
        elif data[:1] == b"\x78" and data[1:2] in (b"\x01", b"\x5e", b"\x9c", b"\xda"):
            yield from read_docbin(data, source, names, options, tally)
        else:
            text = decode(data, source)
            if text.lstrip()[:1] in ("[", "{"):
                found = list(read_json(text, source, names, options, tally))
                yield from joined_answers(found, names, tally)
            else:
                yield from read_csv(text, source, names, options, tally)
    except InputError as error:
        tally.problem(error.source, error.line, error.reason, error.remedy)


def _read_archive(
    data: bytes, source: str, names: LabelNames, options: ImportOptions, tally: Tally
) -> Iterator[Piece]:
    """A workbook, or an archive of exports, in which a file's name is its annotator's (doccano)."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if any(member.filename.startswith("xl/") for member in members):
                yield from read_xlsx(data, source, names, options, tally)
                return
            good = [
                m for m in members if m.filename.lower().endswith((".jsonl", ".json", ".csv")) and m.file_size
            ]
            if not good:
                raise InputError(
                    source, "压缩文件里没有 .jsonl、.json 或 .csv。", "请给出标注工具导出的文件。"
                )
            if sum(m.file_size for m in good) > _MAX_BYTES:
                raise InputError(source, "压缩文件展开后过大。", "请解压后分批导入。")
            for member in good:
                who = Path(member.filename).stem
                who = "" if who in ("all", "unknown") else who
                where = f"{source}/{member.filename}"
                for piece in _read_bytes(archive.read(member), where, names, options, tally):
                    yield piece if piece.annotator or not who else replace(piece, annotator=who)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError) as error:
        raise InputError(source, f"文件已损坏或已加密({type(error).__name__})。", "请重新导出。") from error


def _attach(
    pieces: list[Piece], sources: Sequence[str], originals: dict[str, str], tally: Tally
) -> list[Piece]:
    """Find the original letter of each piece: by id, else by its text; only the letters that are needed are kept."""
    ids = {piece.id for piece in pieces if piece.id}
    wanted = {squeeze(p.text) for p in pieces if not p.id}
    where: dict[str, set[str]] = {}
    texts: dict[str, str] = {}
    for document in read_documents(sources, ReadOptions()):
        if isinstance(document, Problem):
            tally.problems.append(document)
            continue
        if document.id in ids:
            originals[document.id] = document.text
        if wanted:
            for text in _parts(document):
                if text in wanted:
                    where.setdefault(text, set()).add(document.id)
                    texts[document.id] = document.text
    attached = []
    for piece in pieces:
        found = where.get(squeeze(piece.text), set()) if not piece.id else set()
        if len(found) == 1:
            id = next(iter(found))
            originals[id] = texts[id]
            piece = replace(piece, id=id)
            tally.notes["found"] += 1
        elif not piece.id:
            tally.notes["not found"] += 1
        attached.append(piece)
    return attached


def _parts(document: Document) -> set[str]:
    letter = letter_of({"id": document.id, "text": document.text})
    spans = [(s.start, s.end) for s in letter.sentences] + [(p.start, p.end) for p in letter.paragraphs]
    return {squeeze(document.text)} | {squeeze(document.text[start:end]) for start, end in spans}


def format_of(out: str, named: str | None) -> str:
    """The export format: as named, else by the suffix of the output.

    Raises:
        OutputError: neither tells.
    """
    if named:
        return named
    suffix = Path(out).suffix.lower()
    if suffix not in _SUFFIXES:
        raise OutputError(
            f"{out}: 后缀“{suffix}”看不出格式({nearest(suffix, _SUFFIXES)})。请用 --format 指定:{' '.join(FORMATS)}"
        )
    return _SUFFIXES[suffix]


def write_labelled(rows: Iterable[Mapping[str, Any]], out: Path, format: str, labels: Sequence[Label]) -> int:
    """Write rows in a format, whole or not at all; the number of items written.

    Raises:
        OutputError: the file cannot be written.
    """
    if not out.absolute().parent.is_dir():
        raise OutputError(f"{out}: 目录 {out.absolute().parent} 不存在,请先建立。")
    if out.is_dir():
        raise OutputError(f"{out}: 已有同名目录,请换一个文件名。")
    rows = list(rows)
    items = list(items_of(rows, "units" if FORMATS[format] == "units" else "letters"))
    whole = WholeFile(out)
    try:
        if format == "xlsx":
            write_xlsx(items, whole.aside, labels)
        elif format == "docbin":
            whole.aside.write_bytes(write_docbin(items))
        else:
            lines = _lines(format, rows, items, labels)
            encoding = "utf-8-sig" if format == "csv" else "utf-8"
            with whole.aside.open("w", encoding=encoding, errors="replace", newline="\n") as file:
                for line in lines:
                    file.write(line + "\n")
        whole.commit()
    except BaseException:
        whole.discard()
        raise
    return len(items)


def _lines(
    format: str, rows: Sequence[Mapping[str, Any]], items: Sequence[Item], labels: Sequence[Label]
) -> Iterator[str]:
    if format == "csv":
        return write_csv(items)
    if format == "doccano":
        return write_labels(items)
    if format == "doccano-spans":
        return write_spans(items)
    if format == "label-studio":
        return write_tasks(items)
    if format == "prodigy":
        return write_examples(items, labels)
    return (json.dumps(row, ensure_ascii=False) for row in rows)
