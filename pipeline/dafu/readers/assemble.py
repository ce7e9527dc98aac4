"""Lines with their places to an extracted text, and what a letterhead says of the issuer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from dafu.records import Extracted, Place

_BODY: Final = re.compile(
    r"^[\u4e00-\u9fff（）()、]{2,38}(?:局|委员会|委|政府|办公室|厅|部|院|中心|公司|大队|支队|总队|联合会|管委会|集团|馆|银行|"
    r"分行|镇|乡|街道办事处|办事处|大学|学院|中学|小学|工会|法院|检察院|总工会|妇联|团委|政协|人大)$"
)
_FILE: Final = re.compile(r"(?:文件|公函|便函|函件|（函）|\(函\)|函)$")
_TITLE: Final = re.compile(r"(?:答复|复函|回复|的函|办理情况|报告|意见)")
_NUMBER_GAP: Final = re.compile(r"([（(]?[一二三四五六七八九十百\d]{1,4}[、.．）)]|[①-⑳])[\t \u3000]+")


class Piece(NamedTuple):
    """One line of text and where it stands."""

    text: str
    page: int | None
    element: str | None


def assemble(pieces: Iterable[Piece], meta: Mapping[str, str] | None = None) -> Extracted:
    """One line a piece, stripped; empty pieces leave no line. The places slice back to the lines.

    >>> assemble([Piece("　　一、工作", 1, "p 1"), Piece(" ", 1, "p 2"), Piece("二、打算", 2, "p 3")]).text
    '一、工作\\n二、打算'
    """
    lines: list[str] = []
    places: list[Place] = []
    at = 0
    for piece in pieces:
        line = piece.text.strip().replace("\r", " ").replace("\n", " ")
        if not line:
            continue
        lines.append(line)
        places.append(Place(at, at + len(line), piece.page, piece.element))
        at += len(line) + 1
    return Extracted("\n".join(lines), tuple(places), dict(meta or {}))


def letterhead_issuer(line: str) -> str | None:
    """The public body that a letterhead names, ``None`` where the line is none.

    >>> letterhead_issuer("澜浦县交通运输局文件"), letterhead_issuer("澜 浦 县 财 政 局 （函）"), letterhead_issuer("内部资料")
    ('澜浦县交通运输局', '澜浦县财政局', None)
    """
    plain = _FILE.sub("", re.sub(r"\s", "", line))
    return plain if 4 <= len(plain) <= 40 and _BODY.match(plain) else None


def sensible_title(title: str | None) -> str | None:
    """A title that a container claims, where it can be a letter's: most carry a template's or a file's name.

    >>> sensible_title("关于第12号提案的答复"), sensible_title("Microsoft Word - 文档1")
    ('关于第12号提案的答复', None)
    """
    plain = re.sub(r"\s+", "", title or "")
    usable = (
        8 <= len(plain) <= 120 and _TITLE.search(plain) and not re.search(r"\.[a-z]{3,4}$|Word|WPS", plain)
    )
    return plain if usable else None


def close_number(line: str) -> str:
    """A line without the gap between its list number and its text, which is no column.

    >>> close_number("（一）\\t完善规划"), close_number("1.\\t2024年"), close_number("索引号\\tA01")
    ('（一）完善规划', '1. 2024年', '索引号\\tA01')
    """
    number = _NUMBER_GAP.match(line)
    if number is None:
        return line
    rest = line[number.end() :]
    return number.group(1) + (" " if number.group(1)[-1] in ".．" and rest[:1].isdigit() else "") + rest
