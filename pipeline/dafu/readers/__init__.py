"""Files, folders, archives and tables to documents. What cannot be read becomes a problem; the run goes on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dafu.errors import InputError
from dafu.readers.document import MAX_FILE, read_document
from dafu.readers.sniff import SUFFIXES
from dafu.readers.sources import STDIN, Item, ReadOptions, list_items
from dafu.records import Document, Problem

__all__ = [
    "MAX_FILE",
    "STDIN",
    "SUFFIXES",
    "Item",
    "ReadOptions",
    "list_items",
    "load_item",
    "read_document",
    "read_documents",
]

_BLANK = "\ufeff\x00 \t\r\n\u3000\xa0"


def read_documents(inputs: Sequence[str], options: ReadOptions | None = None) -> Iterator[Document | Problem]:
    """All documents of files, folders (searched in depth), globs, archives, addresses and ``-``, in order.

    Ids are unique over the run: a second document of the same id becomes a problem.
    """
    seen: dict[str, str] = {}
    for item in list_items(inputs, options):
        document = load_item(item)
        if isinstance(document, Problem):
            yield document
        elif document.id in seen:
            yield repeated(document.source, document.id, seen[document.id])
        else:
            seen[document.id] = document.source
            yield document


def load_item(item: Item) -> Document | Problem:
    """The document of an item, read and parsed where that is still to be done; a problem where it has no text."""
    if isinstance(item, Problem):
        return item
    if not isinstance(item, Document):
        try:
            item = read_document(item.read(), item.source, item.id)
        except InputError as error:
            return Problem(error.source, error.line, error.reason, error.remedy)
    if not item.text.strip(_BLANK):
        return Problem(
            item.source, None, f"“{item.id}”没有文字。", "请检查文件是否为空,或是否为无文字层的扫描件。"
        )
    return item


def repeated(source: str, id: str, first: str | None = None) -> Problem:
    """The problem of a second document of the same id."""
    where = f",前一份在 {first}" if first else ""
    return Problem(
        source, None, f"编号“{id}”重复{where}。", "请给每份文件不同的编号,或用 --id-column 指定编号列。"
    )
