"""Excel workbooks of labels, in and out. The only module that imports openpyxl."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from dafu.errors import InputError
from dafu.exchange.base import CARRIED, ImportOptions, Piece, Tally
from dafu.exchange.carry import pack
from dafu.exchange.delimited import COLUMNS, cells_of
from dafu.exchange.items import Item
from dafu.exchange.names import LabelNames
from dafu.exchange.tables import TableRow, find_header, read_table
from dafu.records import LABEL_NAMES, OTHER, Label
from dafu.writers.base import clean
from dafu.writers.xlsx import open_book

#: Refuse workbooks that unpack to more than this: a small file can claim any size.
_MAX_BYTES = 600 * 1024 * 1024
#: The hidden sheet that carries the letters' whole texts, in pieces that fit into a cell.
_LETTERS = "信件全文"
_CHUNK = 30_000
#: How workbooks write characters that XML cannot hold; openpyxl leaves it as it is.
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_OWN_SHEET = "标注"
_SENTENCES = "句子"
_WRAPPED = 22


def read_xlsx(
    data: bytes, source: str, names: LabelNames, options: ImportOptions, tally: Tally
) -> Iterator[Piece]:
    """Pieces of the sheets that hold labels; of a workbook of ``dafu tag``, of its sheet 句子 alone.

    Raises:
        InputError: no workbook, too large, or no sheet with a text and a label column.
    """
    sheets = _sheets(data, source, tally)
    if _LETTERS in sheets and _OWN_SHEET in sheets:
        rows = _with_letters(sheets[_OWN_SHEET], sheets[_LETTERS])
        yield from read_table(rows, source, names, options, tally)
        return
    chosen = [_SENTENCES] if _SENTENCES in sheets else list(sheets)
    good = [name for name in chosen if find_header(sheets[name], names, options.columns)]
    if not good:
        if len(sheets) == 1 or not any(sheets.values()):
            yield from read_table(next(iter(sheets.values()), []), source, names, options, tally)
        raise InputError(
            source,
            f"没有一张工作表同时有正文列和标签列;工作表:{'、'.join(sheets)}。",
            "第一行应为列名(如 编号、段落、标签),或用 --text-column 与 --label-column 指定。",
        )
    for name in good:
        where = source if len(good) == 1 else f"{source}[{name}]"
        yield from read_table(sheets[name], where, names, options, tally)


def _sheets(data: bytes, source: str, tally: Tally) -> dict[str, list[TableRow]]:
    import openpyxl

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(member.file_size for member in archive.infolist())
            if size > _MAX_BYTES:
                raise InputError(source, f"工作簿展开后有 {size >> 20} MB,过大。", "请分成几个文件。")
            formulas = any(
                b"<f>" in archive.read(m) or b"<f " in archive.read(m)
                for m in archive.infolist()
                if m.filename.startswith("xl/worksheets/") and m.filename.endswith(".xml")
            )
        book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
        raw = openpyxl.load_workbook(io.BytesIO(data)) if formulas else None
    except InputError:
        raise
    except Exception as error:  # openpyxl raises what its parsers raise
        raise InputError(
            source, f"不是可读的 Excel 工作簿({type(error).__name__})。", "请用 Excel 重新另存为 .xlsx。"
        ) from error
    found: dict[str, list[TableRow]] = {}
    for sheet in book.worksheets:
        merged = _merged(sheet)
        rows: list[TableRow] = []
        for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
            texts = [_text(cell) for cell in cells]
            for column, value in merged.get(number, {}).items():
                if column < len(texts) and not texts[column]:
                    texts[column] = value
                    tally.notes["merged"] += 1
            rows.append((number, texts))
        if raw is not None:
            _tell_formulas(raw[sheet.title], sheet, f"{source}[{sheet.title}]", tally)
        found[sheet.title] = rows
    return found


def _merged(sheet: Any) -> dict[int, dict[int, str]]:
    """Values of cells merged downwards, by row and column: an id or a label that stands for several rows."""
    found: dict[int, dict[int, str]] = {}
    for area in sheet.merged_cells.ranges:
        if area.min_col != area.max_col or area.max_row - area.min_row > 10_000:
            continue
        value = _text(sheet.cell(area.min_row, area.min_col).value)
        for row in range(area.min_row + 1, area.max_row + 1):
            found.setdefault(row, {})[area.min_col - 1] = value
    return found


def _tell_formulas(raw: Any, computed: Any, source: str, tally: Tally) -> None:
    for row in raw.iter_rows():
        for cell in row:
            if cell.data_type == "f" and computed.cell(cell.row, cell.column).value is None:
                tally.problem(
                    source,
                    cell.row,
                    f"单元格 {cell.coordinate} 是没有算出结果的公式。",
                    "请在 Excel 中打开并保存一次,或复制后“选择性粘贴—数值”。",
                )


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime) and not (cell.hour or cell.minute or cell.second):
        cell = cell.date()
    if isinstance(cell, (date, datetime)):
        return cell.isoformat()
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), str(cell))


def _with_letters(rows: list[TableRow], letters: list[TableRow]) -> list[TableRow]:
    """The table with the carried texts of the hidden sheet beside the first row of each letter."""
    texts: dict[tuple[str, str], str] = {}
    for _, cells in letters[1:]:
        key = (cells[0], cells[1])
        texts[key] = texts.get(key, "") + cells[2]
    header = next((i for i, (_, cells) in enumerate(rows) if "编号" in cells and "起" in cells), None)
    if header is None:
        return rows
    id_at = list(rows[header][1]).index("编号")
    who_at = list(rows[header][1]).index("标注人") if "标注人" in rows[header][1] else None
    joined: list[TableRow] = [(rows[header][0], [*rows[header][1], CARRIED])]
    by_id = {id: text for (id, _), text in reversed(texts.items())}
    told: set[tuple[str, str]] = set()  # once a letter is enough
    for number, cells in rows[header + 1 :]:
        key = (cells[id_at], cells[who_at] if who_at is not None else "")
        carried = "" if key in told else texts.get(key) or by_id.get(cells[id_at], "")
        told.add(key)
        joined.append((number, [*cells, carried]))
    return joined


def write_xlsx(items: Iterable[Item], path: Path, labels: Iterable[Label]) -> None:
    """Items as a workbook: the sheet 标注 to work in, and the letters' texts on a hidden sheet."""
    book = open_book(path)
    header = book.add_format({"bold": True, "bg_color": "#F2F2F2", "border": 1})
    plain = book.add_format({"valign": "top"})
    wrap = book.add_format({"valign": "top", "text_wrap": True})
    fill = book.add_format({"valign": "top", "bg_color": "#FFF2CC", "text_wrap": True})
    sheet, hidden = book.add_worksheet(_OWN_SHEET), book.add_worksheet(_LETTERS)
    hidden.hide()
    sheet.freeze_panes(1, 0)
    for column, (name, width) in enumerate(COLUMNS):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, name, header)
    for column, name in enumerate(("编号", "标注人", "内容")):
        hidden.write_string(0, column, name, header)
    where = {name: i for i, (name, _) in enumerate(COLUMNS)}
    number = below = 0
    for number, item in enumerate(items, 1):
        for column, ((name, width), cell) in enumerate(zip(COLUMNS, cells_of(item), strict=True)):
            style = fill if name in ("标签", "已核") else wrap if width >= _WRAPPED else plain
            if name in ("段序", "起", "止") and cell:
                sheet.write_number(number, column, int(cell), style)
            elif cell in (None, ""):
                sheet.write_blank(number, column, None, style)
            else:
                sheet.write_string(number, column, str(clean(cell))[:32_000], style)
        if item.letter:
            # as ASCII: spreadsheets change control characters and _xHHHH_
            packed = json.dumps(json.loads(pack(item.letter)), separators=(",", ":"))
            packed = packed.replace("_x", "\\u005fx")
            for at in range(0, len(packed), _CHUNK):
                below += 1
                hidden.write_string(below, 0, item.id)
                hidden.write_string(below, 1, item.annotator or "")
                hidden.write_string(below, 2, packed[at : at + _CHUNK])
    sheet.autofilter(0, 0, max(1, number), len(COLUMNS) - 1)
    if number:
        choices = [*(LABEL_NAMES.get(label, label) for label in labels), LABEL_NAMES[OTHER]]
        sheet.data_validation(
            1,
            where["标签"],
            number,
            where["标签"],
            {
                "validate": "list",
                "source": choices,
                "error_type": "information",
                "input_title": "标签",
                "input_message": f"{'、'.join(choices)};几个标签用“、”连接;看过而没有标签的填“其他”,空着表示没看过。",
                "show_error": False,
            },
        )
        sheet.data_validation(1, where["已核"], number, where["已核"], {"validate": "list", "source": ["是"]})
    book.close()
