"""Fields of a letter as pages and tables call them, and what of a value makes sense for its field."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from typing import Final

from dafu.dates import field_date
from dafu.folding import fold

#: What pages and tables call a field -> its name in ``Meta``, of each field in the order of trust. ``published`` and
#: ``origin`` stand in for ``date`` and ``issuer`` where nothing better is found.
FIELDS: Final[dict[str, str]] = {
    "索引号": "index_number",
    "索取号": "index_number",
    "信息索引": "index_number",
    "发文字号": "document_number",
    "发布文号": "document_number",
    "文件编号": "document_number",
    "文件号": "document_number",
    "公文文号": "document_number",
    "文号": "document_number",
    "成文日期": "date",
    "成文时间": "date",
    "发文日期": "date",
    "发文时间": "date",
    "答复日期": "date",
    "答复时间": "date",
    "生成日期": "date",
    "生成时间": "date",
    "发文机关": "issuer",
    "发文机构": "issuer",
    "发文单位": "issuer",
    "发布机构": "issuer",
    "发布单位": "issuer",
    "发布机关": "issuer",
    "公开机构": "issuer",
    "制发机关": "issuer",
    "制作机关": "issuer",
    "回复单位": "issuer",
    "答复单位": "issuer",
    "回复部门": "issuer",
    "答复部门": "issuer",
    "办理单位": "issuer",
    "回复时间": "date",
    "回复日期": "date",
    "办结时间": "date",
    "信息名称": "title",
    "文件名称": "title",
    "公文名称": "title",
    "名称": "title",
    "标题": "title",
    "签发人": "signatory",
    "提案编号": "proposal_number",
    "建议编号": "proposal_number",
    "提案号": "proposal_number",
    "案号": "proposal_number",
    "办理结果": "category",
    "办理类别": "category",
    "类别": "category",
    "公开日期": "published",
    "公开时间": "published",
    "发布日期": "published",
    "发布时间": "published",
    "发布于": "published",
    "更新时间": "published",
    "发表时间": "published",
    "录入时间": "published",
    "时间": "published",
    "日期": "published",
    "信息来源": "origin",
    "文章来源": "origin",
    "稿件来源": "origin",
    "来源": "origin",
}
_EMPTY = re.compile(r"[-—–/.…\s]*$|^(?:无|暂无|空|null|none|nan|nat|n/a|\\N)$", re.IGNORECASE)
_DOCUMENT_NUMBER = re.compile(r"[^\s：:]{1,20}[〔\[（(【﹝]? ?\d{4} ?[〕\]）)】﹞]? ?第? ?\d{1,5} ?号")
_PROPOSAL_NUMBER = re.compile(
    r"(?:[^第]{0,30}第)? ?([A-Za-z]{0,3}\d{1,9}(?:[、，]\d{1,9})*) ?号?(?:提案|建议|议案)?"
)
_CATEGORY = re.compile(r"[（(]?([ABCD])(?![A-Za-z])")
_DIGIT = re.compile(r"\d")
_EPOCH = re.compile(r"(1\d{9})(?:\d{3})?")
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)")
#: Moments become days in the country that the letters are of.
_CHINA: Final = timezone(timedelta(hours=8))
_LONGEST: Final = {
    "title": 300,
    "issuer": 59,
    "origin": 59,
    "addressees": 200,
    "session": 60,
    "signatory": 20,
}
#: A value of more characters is none of a field.
_MOST = 400
#: Databases keep 1970-01-01 or 1900-01-01 for no date; no letter online is that old.
_FIRST_YEAR = "1980"


def field_value(name: str, value: str) -> str:
    """What a value says of its field; empty where it says nothing, or makes no sense for it. Dates are ISO 8601.

    >>> field_value("date", "2024年5月6日 9:30"), field_value("category", "A类"), field_value("category", "Art")
    ('2024-05-06', 'A', '')
    """
    return _value(name, value) if name and value and len(value) <= _MOST else ""


@lru_cache(maxsize=4096)  # the rows of a table share dates and issuers
def _value(name: str, value: str) -> str:
    value = _EMPTY.sub("", value).strip()
    if not value:
        return ""
    if name in ("date", "published"):
        day = _day_of(value) or field_date(fold(value)[:24]) or ""
        return day if day >= _FIRST_YEAR else ""
    if name == "document_number":
        match = _DOCUMENT_NUMBER.search(value)
        return match.group() if match else ""
    if name == "category":
        match = _CATEGORY.match(fold(value))
        return match.group(1) if match else ""
    if name == "proposal_number":
        match = _PROPOSAL_NUMBER.fullmatch(fold(value))
        return match.group(1) if match else value if len(value) <= 30 and _DIGIT.search(value) else ""
    if len(value) > _LONGEST.get(name, 60) or (name != "index_number" and not _CHINESE.search(value)):
        return ""
    return value.split(" ")[0].split("\t")[0] if name in ("issuer", "origin") else value


def surest_date(day: str, published: str) -> str:
    """The date of a letter, both ISO 8601 or empty: when it was published counts where nothing contradicts it.

    >>> surest_date("", "2019-06-01"), surest_date("2019", "2019-06-01"), surest_date("2019", "2020-01-09")
    ('2019-06-01', '2019-06-01', '2019')
    """
    vague = len(day) <= len("2019")
    return published if vague and published.startswith(day) else day


def _day_of(moment: str) -> str | None:
    """The day of a moment of a known time zone: 2019-05-05T16:00:00Z is the sixth, and so are 1557100800 seconds
    (or 1557100800000 ms) since 1970."""
    if epoch := _EPOCH.fullmatch(moment):
        return datetime.fromtimestamp(int(epoch[1]), _CHINA).date().isoformat()
    try:
        parsed = datetime.fromisoformat(moment) if _MOMENT.fullmatch(moment) else None
        return parsed.astimezone(_CHINA).date().isoformat() if parsed else None
    except (ValueError, OverflowError):
        return None
