"""One document from its bytes: what worker processes call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from dafu.errors import InputError
from dafu.readers.sniff import sniff, what_else
from dafu.readers.text import decode
from dafu.records import Document, Extracted

#: No letter is larger; what is, is not read into memory. Tables of many letters are exempt.
MAX_FILE: Final = 200 * 1024 * 1024


def read_document(data: bytes, source: str, id: str) -> Document:
    """The document that the bytes are, whatever the suffix of ``source`` says.

    Raises:
        InputError: no letter can be read from them; says why and what to do.
    """
    kind = sniff(data)
    if kind == "text":
        return Document(id, decode(data, source), source)
    if kind in ("other", "parquet"):
        name, remedy = what_else(data) or ("表格", "请用后缀 .parquet。")
        raise InputError(source, f"不是可读的文档,而是{name}。", remedy)
    found = _reader(kind)(data, source)
    return Document(id, found.text, source, found.places, found.meta)


def _reader(kind: str) -> Callable[[bytes, str], Extracted]:
    """The reader of a format; its library is loaded with it."""
    if kind == "html":
        from dafu.readers.html import read_html

        return read_html
    if kind == "mhtml":
        from dafu.readers.html import read_mhtml

        return read_mhtml
    if kind == "docx":
        from dafu.readers.docx import read_docx

        return read_docx
    if kind == "pdf":
        from dafu.readers.pdf import read_pdf

        return read_pdf
    if kind == "ofd":
        from dafu.readers.ofd import read_ofd

        return read_ofd
    if kind == "rtf":
        from dafu.readers.legacy import read_rtf

        return read_rtf
    from dafu.readers.legacy import read_legacy

    return read_legacy
