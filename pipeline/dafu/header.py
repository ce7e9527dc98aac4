"""What a letter says about itself: title, issuer, addressees, numbers, category and date."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import fields as record_fields
from dataclasses import replace

from dafu.dates import field_date, find_date, number
from dafu.folding import as_written, fold
from dafu.records import Meta, Paragraph

_FIELDS: dict[str, re.Pattern[str]] = {
    "index_number": re.compile(r"索 ?引 ?号 ?〕?[ |：]*([A-Za-z0-9/\-_.]{5,60})"),
    "document_number": re.compile(
        r"(?:发文字号|文 ?号|字号) ?〕?[ |：]*([^\s|〔〕：]{1,20}〔 ?\d{4} ?〕 ?第?\d{1,5} ?号)"
    ),
    "signatory": re.compile(r"签 ?发 ?人?[ |：]+([\u4e00-\u9fff]{2,4})(?=[\s|]|$)"),
    "category": re.compile(
        r"(?:办理(?:结果)?类别|办理结果|类 ?别|类型)[ |：（]*([ABCD])(?![A-Za-z])|^[（〔]?([ABCD])类?[）〕]?$|[（〔]([ABCD])类[）〕]"
    ),
    "date": re.compile(
        r"(?:成文日期|发文日期|答复日期|生成日期) ?〕?[ |：]*(\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2})"
    ),
}
_BARE_NUMBER = re.compile(r"^[\u4e00-\u9fff]{1,14}〔 ?\d{4} ?〕 ?第?\d{1,5} ?号")
_NUMBER = re.compile(
    r"第? ?([A-Za-z]?\d{1,9}(?:[、，]\d{1,9})*) ?号?(?:提案|建议|议案)|(?:提案|建议|议案|案号|编号)[^第。；]{0,4}第 ?([A-Za-z]?\d{1,9}) ?号|第 ?([A-Za-z]?\d{1,9}) ?号"
)
_DIGIT = re.compile(r"\d")
#: The most characters of :data:`_NUMBER` before its first digit.
_BEFORE_DIGIT = 10
_SESSION = re.compile(
    r"(?:(?:省|市|县|区|州|旗|自治区|全国)?(?:政协|人大)?(?:第?[一二三四五六七八九十]{1,3}届)(?:政协|人大|委员会|人民代表大会|人大常委会)*)?第?[一二三四五六七八九十]{1,3}(?:届[一二三四五六七八九十]|次)[一二三四五六七八九十次]*会议"
)
_ISSUER_IN_TITLE = re.compile(r"^([\u4e00-\u9fff（）、]{2,40}?)(?:关于|对|答复)")
_BODY_END = re.compile(
    r"(?:局|委员会|政府|办公室|厅|部|院|中心|公司|大队|支队|总队|所|联合会|管委会|会|办|集团|馆|银行|分行|社|校|学|街道|镇|乡|委|站|处)$"
)
_YEAR_ON = re.compile(r"\s*[12二]\S{3,4}\s*年.*$")
_PUBLISHER = re.compile(
    r"(?:发布机构|发文机关|发布单位|承办单位|信息来源|来源) ?〕?[ |：]*([\u4e00-\u9fff]{2,30})"
)
#: The title of a report on the work of a government; it is given at the beginning of its year.
_REPORT = re.compile(
    r"(?:(?P<y>(?:19|20)\d\d|[一二][零九][零一二三四五六七八九]{2}) ?年度?)?(?:[\u4e00-\u9fff]{1,12}[省市县区州旗盟乡镇])?"
    r"(?:(?P<y2>(?:19|20)\d\d) ?年度?)?(?:人民)?政府工作报告(?: ?（ ?(?P<y3>(?:19|20)\d\d) ?年?度? ?）)?"
)
_COURTESY = re.compile(r"^尊敬的|^亲爱的|您好|你好|[：:！!，,。 ]+$|^网友|[“”]")
_BETWEEN = re.compile(r"[、，；]| {2,}| 和 |(?<=委员)(?=[\u4e00-\u9fff])|(?<=代表)(?=[\u4e00-\u9fff])")
_PERSON = re.compile(r"(?:[（(]?(?:等)?\d{0,3}(?:位|名)?)?(?:政协)?(?:委员|代表|同志|先生|女士)(?:们)?$")


def read_meta(text: str, folded: str, paragraphs: Sequence[Paragraph]) -> Meta:
    """Header fields of a letter. Missing fields are ``None``; nothing is guessed from the body's prose.

    The date is the last date that stands alone in the signature, else a 成文日期 in the header, else the year in
    the title of a government's report (2019年政府工作报告).
    """
    lines = [(p, folded[p.start : p.end]) for p in paragraphs]
    head = [(p, line) for p, line in lines if p.kind in ("header", "title")]
    fields: dict[str, str | None] = dict.fromkeys(_FIELDS)
    for name, pattern in _FIELDS.items():
        for _, line in head:
            match = pattern.search(line)
            if match:
                fields[name] = next(group for group in match.groups() if group)
                break
    if fields["document_number"] is None:
        bare = next((m for p, line in head if (m := _BARE_NUMBER.match(line)) and p.kind == "header"), None)
        fields["document_number"] = bare.group() if bare else None
    title_lines: list[str] = []
    for p, line in lines:
        if p.kind == "title":
            if title_lines and line.startswith(title_lines[0][:8]):
                break
            title_lines.append(text[p.start : p.end])
        elif title_lines:
            break
    title = "".join(title_lines) or None
    signature = [line for p, line in lines if p.kind == "signature"]
    opening = " ".join(line for p, line in lines if p.kind in ("title", "salutation", "opening"))[:1200]
    if not opening:
        opening = folded[:400]
    digit = _DIGIT.search(opening)
    number = _NUMBER.search(opening, max(0, digit.start() - _BEFORE_DIGIT)) if digit else None
    session = _SESSION.search(opening) if "会议" in opening else None
    date = next((d for line in reversed(signature) if (d := find_date(line))), None)
    if date is None and fields["date"]:
        date = find_date(fields["date"])
    if date is None and lines:
        last = lines[-1][1]
        date = find_date(last[-24:]) if not last.endswith("。") else None
    if date is None:
        date = _report_year([line for _, line in head])
    folded_title = "".join(line for p, line in head if p.kind == "title") if title else None
    names = _addressees([line for p, line in lines if p.kind == "salutation"])

    def own(words: str | None) -> str | None:
        return as_written(words, text, folded) if words else None

    return Meta(
        title=title,
        issuer=own(_issuer(signature, folded_title, head)),
        addressees=tuple(as_written(name, text, folded) for name in names),
        proposal_number=next((g for g in number.groups() if g), None) if number else None,
        session=own(session.group()) if session and len(session.group()) > 3 else None,
        document_number=own(fields["document_number"]),
        date=date,
        category=fields["category"],
        index_number=fields["index_number"],
        signatory=own(fields["signatory"]),
    )


def completed(meta: Meta, given: Mapping[str, str]) -> Meta:
    """``meta`` with what a container says of the letter (an index table, document properties) where the letter
    itself says nothing. The date becomes ISO 8601, maybe no more than a year; one that is no date, and keys of no
    field, are left out. Where the letter names its year alone, a day in that year completes it.

    >>> completed(Meta(title="甲"), {"title": "乙", "issuer": "丙局", "date": "2024年5月6日"}).date
    '2024-05-06'
    >>> completed(Meta(date="2019"), {"date": "2019-05-06"}).date, completed(Meta(date="2019"), {"date": "2020-01-03"}).date
    ('2019-05-06', '2019')
    """
    new: dict[str, str | tuple[str, ...] | None] = {}
    for field in record_fields(meta):
        value = given.get(field.name, "").strip()
        known = getattr(meta, field.name)
        if not value:
            continue
        if field.name == "date":
            date = field_date(fold(value))
            if date and (not known or (len(known) == len("2019") and date.startswith(known))):
                new["date"] = date
        elif known:
            continue
        elif field.name == "addressees":
            new["addressees"] = _addressees([value])
        else:
            new[field.name] = value
    if not meta.date and "date" not in new and isinstance(title := new.get("title"), str):
        new["date"] = _report_year([fold(title)])
    return replace(meta, **new) if new else meta  # type: ignore[arg-type]


def _report_year(lines: Sequence[str]) -> str | None:
    """The year in the title of a government's report; ``None`` without one, or with more than one.

    >>> _report_year(["2019年政府工作报告"]), _report_year(["政府工作报告（2019年）"]), _report_year(["政府工作报告"])
    ('2019', '2019', None)
    """
    found = {y for line in lines if (m := _REPORT.fullmatch(line)) for y in m.groups() if y}
    return f"{number(found.pop()):04d}" if len(found) == 1 else None


def _issuer(signature: Sequence[str], title: str | None, head: Sequence[tuple[Paragraph, str]]) -> str | None:
    for line in signature:
        name = _YEAR_ON.sub("", line).strip(" 。（）")
        if 3 <= len(name) <= 40 and _BODY_END.search(name) and "：" not in name:
            return name
    if title:
        match = _ISSUER_IN_TITLE.match(title)
        if match and _BODY_END.search(match.group(1)):
            return match.group(1)
    for _, line in head:
        match = _PUBLISHER.search(line)
        if match:
            return match.group(1)
    return None


def _addressees(lines: Sequence[str]) -> tuple[str, ...]:
    names: list[str] = []
    for line in lines:
        plain = _COURTESY.sub("", line).strip("：，！ ")
        for part in _BETWEEN.split(plain):
            name = _PERSON.sub("", part.strip())
            if name and len(name) <= 30:
                names.append(name)
    return tuple(dict.fromkeys(names))
