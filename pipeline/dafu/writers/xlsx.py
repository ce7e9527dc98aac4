"""An Excel workbook: a sheet a table, filters, frozen header, the labels' colours."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from itertools import cycle
from pathlib import Path
from typing import Any

from dafu.errors import OutputError
from dafu.records import COMPLETED, PLANNED, QUANTITATIVE, Label, Problem, TaggedLetter
from dafu.tables import (
    PROBLEM_COLUMNS,
    Row,
    Table,
    commitment_table,
    figure_table,
    label_name,
    letter_table,
    measure_table,
    paragraph_table,
    problem_row,
    sentence_table,
)
from dafu.writers.base import WholeFile, clean

#: Background of a label's rows, also used by ``dafu show``.
COLOURS = {COMPLETED: "#E2F0D9", PLANNED: "#DDEBF7", QUANTITATIVE: "#FFF2CC"}
#: Backgrounds of labels of other schemes, in their order.
_SPARE = ("#F8E0EC", "#E4DFEC", "#DAEEF3", "#FDE9D9", "#EBF1DE", "#DCE6F1")
_MAX_ROWS = 1_048_576
_MAX_CELL = 32_767
_WRAPPED = 24


def open_book(path: Path) -> Any:
    """A new workbook that is written row by row, and in which a string is a string, whatever it begins with."""
    import xlsxwriter

    return xlsxwriter.Workbook(
        str(path),
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "in_memory": False,
        },
    )


class XlsxWriter:
    """All tables in one workbook, or the given ones. Rows beyond Excel's limit become a problem, not silence."""

    def __init__(self, path: Path, labels: Sequence[Label], tables: Sequence[Table] | None = None) -> None:
        self._file = WholeFile(path)
        self._book = open_book(self._file.aside)
        self._header = self._book.add_format(
            {"bold": True, "bg_color": "#F2F2F2", "border": 1, "valign": "vcenter"}
        )
        self._plain = self._book.add_format({"valign": "top"})
        self._dated = self._book.add_format({"valign": "top", "num_format": "yyyy-mm-dd"})
        self._wrap = self._book.add_format({"valign": "top", "text_wrap": True})
        spare = cycle(_SPARE)
        self._colours = {
            label_name(label): (
                self._book.add_format({"valign": "top", "bg_color": colour}),
                self._book.add_format({"valign": "top", "text_wrap": True, "bg_color": colour}),
            )
            for label in dict.fromkeys((*COLOURS, *labels))
            for colour in [COLOURS.get(label) or next(spare)]
        }
        tables = tables or (
            sentence_table(labels),
            paragraph_table(labels),
            letter_table(labels),
            commitment_table(),
            measure_table(),
            figure_table(),
        )
        self._sheets = [_Sheet(self, table) for table in tables]
        self._problems = _Sheet(self, Table("问题", PROBLEM_COLUMNS, lambda _: iter(())))

    def write(self, tagged: TaggedLetter) -> None:
        for sheet in self._sheets:
            for row in sheet.table.rows(tagged):
                if not sheet.add(row) and not sheet.told:
                    sheet.told = True
                    self.problem(
                        Problem(
                            tagged.letter.source,
                            None,
                            f"工作表“{sheet.table.name}”已满({_MAX_ROWS} 行),其后的行没有写入。",
                            "请改用 .parquet 或 .csv,或分批处理。",
                        )
                    )

    def problem(self, problem: Problem) -> None:
        self._problems.add(problem_row(problem))

    def close(self) -> None:
        for sheet in (*self._sheets, self._problems):
            sheet.finish()
        try:
            self._book.close()
        except OSError as error:
            self._file.discard()
            raise OutputError(f"{self._file.path}: 无法写入({error})。") from error
        self._file.commit()

    def abort(self) -> None:
        self._book.fileclosed = True
        for sheet in self._book.worksheets():  # rows that wait in temporary files
            sheet.row_data_fh.close()
            Path(sheet.row_data_filename).unlink(missing_ok=True)
        self._file.discard()


class _Sheet:
    def __init__(self, writer: XlsxWriter, table: Table) -> None:
        self.table = table
        self.told = False
        self._writer = writer
        self._next = 1
        self._sheet: Any = writer._book.add_worksheet(table.name)
        self._sheet.freeze_panes(1, 0)
        for column, (name, _, width) in enumerate(table.columns):
            self._sheet.set_column(column, column, width)
            self._sheet.write_string(0, column, name, writer._header)
        names = [name for name, _, _ in table.columns]
        self._label = next((names.index(n) for n in ("标签", "主标签") if n in names), None)

    def add(self, row: Row) -> bool:
        if self._next >= _MAX_ROWS:
            return False
        writer = self._writer
        if self.table.numbered:
            row = (self._next, *row[1:])
        formats = (writer._plain, writer._wrap)
        if self._label is not None:
            formats = writer._colours.get(str(row[self._label]).split("、")[0], formats)
        for column, ((_, kind, width), cell) in enumerate(zip(self.table.columns, row, strict=True)):
            style = formats[width >= _WRAPPED]
            cell = clean(cell)
            if cell is None or cell == "":
                self._sheet.write_blank(self._next, column, None, style)
            elif isinstance(cell, date):
                self._sheet.write_datetime(self._next, column, datetime.combine(cell, time()), writer._dated)
            elif kind is str:
                text = str(cell)
                self._sheet.write_string(
                    self._next, column, text if len(text) <= _MAX_CELL else text[: _MAX_CELL - 1] + "…", style
                )
            else:
                self._sheet.write_number(self._next, column, cell, style)
        self._next += 1
        return True

    def finish(self) -> None:
        self._sheet.autofilter(0, 0, max(1, self._next - 1), len(self.table.columns) - 1)
