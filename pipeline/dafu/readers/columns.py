"""What the columns of a table say of a letter beside its text: title, issuer, date, year, numbers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from math import isfinite
from typing import Any, Final

from dafu.folding import fold
from dafu.readers.fields import FIELDS, field_value, surest_date

#: Labels of pages that are no field of a table's letter: the site, the time of the crawl.
_NOT_HERE: Final = ("信息来源", "文章来源", "稿件来源", "来源", "更新时间", "录入时间")
_YEAR: Final = "year"
#: Names that only tables have, of each field in the order of trust; those of pages come before them.
_TABLES_OWN: Final = {
    "date": "办复日期 复文日期 回函日期 日期 date reply_date issue_date letter_date",
    _YEAR: "年份 年度 所属年份 所属年度 年 year",
    "published": "published published_at publish_date publication_date pub_date",
    "issuer": "承办单位 主办单位 答复机关 机关 issuer agency department organization organisation",
    "title": "答复标题 题名 title 案由 提案标题 建议标题 提案名称 建议名称",
    "document_number": "答复文号 复文号 document_number document_no doc_number doc_no",
    "proposal_number": "建议号 议案号 议案编号 proposal_number proposal_no",
    "category": "答复类别 办复类别 category",
    "addressees": "主送 主送单位 提案者 提案人 建议人 领衔代表 addressees addressee",
    "session": "届次 会议届次 session",
    "signatory": "signatory",
    "index_number": "index_number",
}


def _plain(name: str) -> str:
    """A column's name without spaces, underscores and case: ``Reply_Date`` is ``reply date``."""
    return fold(name).lower().replace(" ", "").replace("_", "").replace("-", "")


_FIELDS: Final = {_plain(name): field for name, field in FIELDS.items() if name not in _NOT_HERE} | {
    _plain(name): field for field, names in _TABLES_OWN.items() for name in names.split()
}
_RANK: Final = {name: rank for rank, name in enumerate(_FIELDS)}


class Columns:
    """The columns of a table that say something of its letters.

    ``places`` are their places among the table's columns, in the order of trust.
    """

    def __init__(self, names: Sequence[str], text: int) -> None:
        plain = [_plain(name) for name in names]
        known = [(_RANK[name], at) for at, name in enumerate(plain) if name in _RANK and at != text]
        self.places = tuple(at for _, at in sorted(known))
        self._fields = tuple(_FIELDS[plain[at]] for at in self.places)

    def meta(self, cells: Sequence[Any]) -> dict[str, str]:
        """What a row says, by the names of ``Meta``: ``cells`` are those of all columns, a short row lacks the last.

        Cells that make no sense for their field are left out. A year counts where no date is given; what was
        published later than its year gives no date.
        """
        found: dict[str, str] = {}
        for at, field in zip(self.places, self._fields, strict=True):
            if field in found or at >= len(cells):
                continue
            text = _text_of(cells[at])
            value = field_value("date", text)[:4] if field == _YEAR else field_value(field, text)
            if value:
                found[field] = value
        day, year, published = (found.pop(name, "") for name in ("date", _YEAR, "published"))
        day = surest_date(day or year, published)
        return found | {"date": day} if day else found


@lru_cache(maxsize=32)
def columns_of(names: tuple[str, ...], text: int) -> Columns:
    """The columns of a table by their names, worked out once; ``text`` is the place of the letter's text."""
    return Columns(names, text)


def _text_of(cell: Any) -> str:
    """A cell as one line of text; empty for what holds no text, number or date."""
    if isinstance(cell, str):
        return " ".join(cell.split())
    if isinstance(cell, bool):
        return ""
    if isinstance(cell, float | Decimal):  # pandas makes floats of whole numbers beside empty cells
        return str(int(cell)) if isfinite(cell) and cell == int(cell) else ""
    if isinstance(cell, int | date):
        return str(cell)
    if isinstance(cell, list) and all(isinstance(part, str) for part in cell):
        return "、".join(cell)
    return ""
