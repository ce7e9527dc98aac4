"""CSV of labelled paragraphs and sentences, in and out."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from dafu.exchange.base import CARRIED, ImportOptions, Piece, Tally
from dafu.exchange.carry import UNIT_NAMES, pack
from dafu.exchange.items import Item
from dafu.exchange.names import LabelNames, shown
from dafu.exchange.tables import TableRow, read_table
from dafu.readers.table import bad_csv
from dafu.writers.base import neutral

#: Columns of an exported table and their widths in characters; the last holds what the table cannot show.
COLUMNS: tuple[tuple[str, int], ...] = (
    ("编号", 14),
    ("标注人", 8),
    ("粒度", 6),
    ("段序", 6),
    ("位置", 8),
    ("部分", 8),
    ("所在标题", 22),
    ("原文", 80),
    ("标签", 18),
    ("模型标签", 18),
    ("已核", 6),
    ("起", 7),
    ("止", 7),
)
_DELIMITERS = ",\t;|"


def read_csv(
    text: str, source: str, names: LabelNames, options: ImportOptions, tally: Tally
) -> Iterator[Piece]:
    """Pieces of a CSV file, delimited by comma, tab, semicolon or bar.

    Raises:
        InputError: no CSV, or no columns that could be text and labels.
    """
    csv.field_size_limit(2**31 - 1)
    first = text.lstrip("\ufeff\r\n").split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text.replace("\x00", ""), newline=""), delimiter=delimiter)
    rows: list[TableRow] = []
    try:
        for cells in reader:
            rows.append((reader.line_num, cells))
    except csv.Error as error:
        raise bad_csv(source, error, reader.line_num) from error
    yield from read_table(rows, source, names, options, tally)


def cells_of(item: Item) -> tuple[str, ...]:
    """An item as a row under :data:`COLUMNS`."""
    given = item.labels if item.labels is not None else item.suggested
    suggested = item.suggested if item.labels is None else None
    return (
        item.id,
        item.annotator or "",
        UNIT_NAMES[item.unit],
        str(item.paragraph or ""),
        item.kind,
        item.section,
        item.heading,
        item.text,
        "" if given is None else "、".join(shown(given)),
        "" if suggested is None else "、".join(shown(suggested)),
        "",
        str(item.start),
        str(item.end),
    )


def write_csv(items: Iterable[Item]) -> Iterator[str]:
    """Lines of CSV; the first row of a letter carries its whole text and meta."""
    yield _line([name for name, _ in COLUMNS] + [CARRIED])
    for item in items:
        carried = pack(item.letter) if item.letter else ""
        yield _line([str(neutral(cell)) for cell in (*cells_of(item), carried)])


def _line(cells: list[str]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="").writerow(cells)
    return out.getvalue()
