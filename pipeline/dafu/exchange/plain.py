"""A plain table as .csv or .xlsx, whole or not at all: disputes, doubtful labels."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from dafu.errors import OutputError
from dafu.writers.base import WholeFile, clean, neutral
from dafu.writers.xlsx import open_book

_WRAPPED = 24


def write_plain(
    out: Path, name: str, columns: Sequence[tuple[str, int]], rows: Iterable[Sequence[Any]]
) -> None:
    """Write rows under columns of (name, width in characters).

    Raises:
        OutputError: another suffix, or a folder that does not exist.
    """
    if out.suffix.lower() not in (".csv", ".xlsx"):
        raise OutputError(f"{out}: 表格只能写成 .csv 或 .xlsx。")
    if not out.absolute().parent.is_dir():
        raise OutputError(f"{out}: 目录 {out.absolute().parent} 不存在,请先建立。")
    whole = WholeFile(out)
    try:
        if out.suffix.lower() == ".csv":
            with whole.aside.open("w", encoding="utf-8-sig", newline="") as file:
                writer = csv.writer(file)
                writer.writerow([neutral(title) for title, _ in columns])
                writer.writerows([neutral(cell) for cell in row] for row in rows)
        else:
            _workbook(whole.aside, name, columns, rows)
        whole.commit()
    except BaseException:
        whole.discard()
        raise


def _workbook(
    path: Path, name: str, columns: Sequence[tuple[str, int]], rows: Iterable[Sequence[Any]]
) -> None:
    book = open_book(path)
    header = book.add_format({"bold": True, "bg_color": "#F2F2F2", "border": 1})
    plain, wrap = book.add_format({"valign": "top"}), book.add_format({"valign": "top", "text_wrap": True})
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    for column, (title, width) in enumerate(columns):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, title, header)
    number = 0
    for number, row in enumerate(rows, 1):
        for column, ((_, width), cell) in enumerate(zip(columns, row, strict=True)):
            style = wrap if width >= _WRAPPED else plain
            if isinstance(cell, (int, float)):
                sheet.write_number(number, column, cell, style)
            elif cell in (None, ""):
                sheet.write_blank(number, column, None, style)
            else:
                sheet.write_string(number, column, str(clean(cell))[:32_000], style)
    sheet.autofilter(0, 0, max(1, number), len(columns) - 1)
    book.close()
