"""Bytes to text: encodings as they occur in Chinese offices."""

from __future__ import annotations

import codecs
import functools
from collections.abc import Iterable

from dafu.errors import InputError

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE = 16 * 1024
#: Share of the lines of a table that must be sound UTF-8 for it to be UTF-8.
_MOSTLY = 0.9
#: What is tried where the bytes are not UTF-8; in a draw the first wins.
_CANDIDATES = ("gb18030", "big5", "big5hkscs", "utf-16-le", "utf-16-be")


def decode(data: bytes, source: str) -> str:
    """Text of a file in UTF-8, UTF-16, UTF-32, GB18030 or Big5; a byte order mark is no character of it.

    Raises:
        InputError: the bytes are no text, or of no known encoding.
    """
    marked = without_mark(data)
    if marked:
        body, encoding = marked
        try:
            return _checked(body.decode(encoding), source)
        except UnicodeDecodeError as error:
            raise InputError(
                source,
                f"文件标明 {encoding.upper()} 编码,但内容不符(第 {error.start} 字节)。",
                "请用文本编辑器另存为 UTF-8。",
            ) from error
    for encoding in likely_encodings(data):
        try:
            return _checked(data.decode(encoding), source)
        except UnicodeDecodeError:
            continue
    raise _unknown(source)


def without_mark(data: bytes) -> tuple[bytes, str] | None:
    """The bytes after a byte order mark and the encoding that it stands for, ``None`` where there is no mark."""
    return next(((data[len(mark) :], name) for mark, name in _BOMS if data.startswith(mark)), None)


def likely_encodings(data: bytes) -> list[str]:
    """The encodings that the bytes may be in, the likeliest first. A byte order mark is not looked for.

    UTF-8 is certain where the bytes are valid. Of the others, that one is likelier in which more of the
    characters are common ones (``_plausible``).
    """
    if _is_utf8(data) and data.count(0) <= len(data) / 20:
        return ["utf-8"]  # else: ASCII in UTF-16, every other byte a zero
    sample = data[:_SAMPLE]
    return sorted(_CANDIDATES, key=lambda encoding: -_plausible(sample, encoding))


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _plausible(sample: bytes, encoding: str) -> float:
    """Share of the characters that are common in the encoding's own world: the first levels of GB 2312 and of Big5
    with their punctuation. ASCII counts only in UTF-16, where it is no matter of course; bad bytes count against.
    """
    wide = encoding.startswith("utf-16")
    text = sample[: len(sample) & ~1 if wide else len(sample)].decode(encoding, "replace")
    telling = [c for c in text if wide or c > "\x7f"]
    common = _common(encoding)
    return sum(c in common or " " <= c <= "~" or c in "\r\n\t" for c in telling) / max(1, len(telling))


@functools.cache
def _common(encoding: str) -> frozenset[str]:
    punctuation = "，。；：、！？“”‘’（）《》〈〉「」『』【】〔〕—…％·　０１２３４５６７８９"
    simplified = _rows("gb2312", range(0xB0, 0xD8), range(0xA1, 0xFF))
    traditional = _rows("big5", range(0xA4, 0xC7), (*range(0x40, 0x7F), *range(0xA1, 0xFF)))
    own = {"gb18030": simplified, "big5": traditional}.get(encoding, simplified + traditional)
    return frozenset(own + punctuation)


def _rows(encoding: str, leads: Iterable[int], trails: Iterable[int]) -> str:
    trails = tuple(trails)
    return "".join(bytes((a, b)).decode(encoding, "ignore") for a in leads for b in trails)


def _checked(text: str, source: str) -> str:
    sample = text[:100_000]
    odd = sum(
        1
        for c in sample
        if (ord(c) < 32 and c not in "\t\n\r\f\v\x00") or c == "\ufffd" or "\ue000" <= c <= "\uf8ff"
    )
    if odd > 8 + len(sample) * 0.05:
        raise InputError(
            source,
            "内容不像文字(含大量控制字符或乱码)。",
            "请确认这是文本文件,而不是图片、程序或损坏的文件。",
        )
    return text


def guess_encoding(sample: bytes, source: str) -> str:
    """The encoding of a large file of text, from its beginning.

    Raises:
        InputError: the bytes are no text, or of no known encoding.
    """
    marked = next((name for mark, name in _BOMS if sample.startswith(mark)), None)
    if marked:
        return marked
    whole = sample[: sample.rfind(b"\n") + 1] or sample  # no character is cut in two at a line's end
    telling = [line for line in whole.split(b"\n") if not line.isascii()]
    if telling and sum(map(_is_utf8, telling)) > _MOSTLY * len(telling) and whole.count(0) <= len(whole) / 20:
        return "utf-8"  # a few broken lines must not turn all others into nonsense
    for encoding in likely_encodings(whole):
        try:
            _checked(
                whole[: len(whole) & ~1 if encoding.startswith("utf-16") else None].decode(encoding), source
            )
        except UnicodeDecodeError:
            continue
        return encoding
    raise _unknown(source)


def _unknown(source: str) -> InputError:
    return InputError(
        source,
        "无法识别文字编码(不是 UTF-8、GB18030、Big5 或 UTF-16)。",
        "请用文本编辑器打开后另存为 UTF-8。",
    )
