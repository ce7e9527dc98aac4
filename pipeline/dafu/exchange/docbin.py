"""spaCy's ``DocBin`` (``.spacy``): a document a text, labels in a span group or in ``doc.cats``."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

from dafu.errors import InputError
from dafu.exchange.base import CARRIED, ImportOptions, Mark, Piece, Tally
from dafu.exchange.carry import letter_id, pack, place_of, unpack
from dafu.exchange.items import Item
from dafu.exchange.names import LabelNames
from dafu.records import OTHER

#: Refuse files that unpack to more than this: a small file can claim any size.
_MAX_BYTES = 600 * 1024 * 1024


def read_docbin(
    data: bytes, source: str, names: LabelNames, options: ImportOptions, tally: Tally
) -> Iterator[Piece]:
    """A piece for each document: its span groups where it has any, else its categories.

    Raises:
        InputError: no ``DocBin``, or too large.
    """
    from dafu.spacy import docbin_documents

    _check_size(data, source)
    try:
        documents = list(docbin_documents(data))
    except Exception as error:  # what a damaged file makes spaCy raise is not written down
        raise InputError(
            source,
            f"不是可读的 spaCy DocBin 文件({type(error).__name__})。",
            "请用 DocBin.to_disk 重新导出。",
        ) from error
    for number, document in enumerate(documents, 1):
        carried = unpack(document.user_data)
        place = place_of(carried, letter_id(document.user_data))
        marks: tuple[Mark, ...] | None = tuple(Mark(*span) for span in document.spans)
        labels: tuple[str, ...] | None = None
        known = {name: value for name, value in document.cats.items() if names.knows(name)}
        if not document.grouped and document.cats and (known or not carried):
            marks = None
            labels = tuple(name for name, value in document.cats.items() if value >= 0.5) or (OTHER,)
        elif carried and carried.get("todo") and not marks:
            marks = None
            tally.notes["not labelled"] += 1
        yield Piece(document.text, source, number, labels=labels, marks=marks, **place)


def _check_size(data: bytes, source: str) -> None:
    unpacker = zlib.decompressobj()
    size = 0
    rest = data
    try:
        while rest and not unpacker.eof:
            size += len(unpacker.decompress(rest, 1 << 20))
            rest = unpacker.unconsumed_tail
            if size > _MAX_BYTES:
                raise InputError(source, f"文件展开后超过 {_MAX_BYTES >> 20} MB,过大。", "请分成几个文件。")
    except zlib.error as error:
        raise InputError(source, "文件已损坏。", "请重新导出。") from error


def write_docbin(items: Iterable[Item]) -> bytes:
    """Documents with the span group ``dafu`` (sentences) and, for whole paragraphs and sentences, ``doc.cats``."""
    from dafu.spacy import docbin_bytes

    return docbin_bytes((item.text, item.marks, {CARRIED: pack(item.carried())}) for item in items)
