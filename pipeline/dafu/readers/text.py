"""Bytes to text: encodings as they occur in Chinese offices."""

from __future__ import annotations

import codecs

from dafu.errors import InputError

_MAGIC = (
    (b"%PDF", "PDF 文件"),
    (b"PK\x03\x04", "压缩文件或 Word/WPS/OFD 文档"),
    (b"\xd0\xcf\x11\xe0", "旧版 Word/WPS 文档"),
    (b"\xff\xd8\xff", "JPEG 图片"),
    (b"\x89PNG", "PNG 图片"),
    (b"GIF8", "GIF 图片"),
    (b"\x1f\x8b", "gzip 压缩文件"),
    (b"PAR1", "Parquet 文件"),
    (b"\x7fELF", "程序文件"),
    (b"MZ\x90", "程序文件"),
)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def decode(data: bytes, source: str) -> str:
    """Text of a file in UTF-8, UTF-16, UTF-32 or GB18030; a byte order mark is no character of it.

    Raises:
        InputError: the bytes are no text, or of no known encoding.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            try:
                return _checked(data[len(mark) :].decode(encoding), source)
            except UnicodeDecodeError as error:
                raise InputError(
                    source,
                    f"文件标明 {encoding.upper()} 编码,但内容不符(第 {error.start} 字节)。",
                    "请用文本编辑器另存为 UTF-8。",
                ) from error
    for magic, what in _MAGIC:
        if data.startswith(magic):
            raise InputError(source, f"不是纯文本,而是{what}。", "请先另存为 .txt(UTF-8)。")
    guess = _utf16(data)
    candidates: tuple[str | None, ...] = ("utf-8", guess, "gb18030")
    for candidate in candidates:
        if candidate is None or (candidate == "utf-8" and data.count(0) > len(data) / 20):
            continue  # valid as UTF-8, but every other byte a zero: ASCII in UTF-16
        try:
            return _checked(data.decode(candidate), source)
        except UnicodeDecodeError:
            continue
    raise InputError(
        source, "无法识别文字编码(不是 UTF-8、GB18030 或 UTF-16)。", "请用文本编辑器打开后另存为 UTF-8。"
    )


def _utf16(data: bytes) -> str | None:
    """UTF-16 without a byte order mark, told by the zero bytes of its ASCII characters and line breaks."""
    sample = data[: 64 * 1024]
    if len(sample) < 4 or b"\x00" not in sample:
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if odd >= 1 and even == 0:
        return "utf-16-le"
    if even >= 1 and odd == 0:
        return "utf-16-be"
    return None


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
    """The encoding of a file of text, from its beginning.

    Raises:
        InputError: the bytes are no text, or of no known encoding.
    """
    for mark, encoding in _BOMS:
        if sample.startswith(mark):
            return encoding
    for magic, what in _MAGIC:
        if sample.startswith(magic):
            raise InputError(source, f"不是纯文本,而是{what}。", "请先另存为 .txt(UTF-8)。")
    for candidate in ("utf-8", _utf16(sample), "gb18030"):
        if candidate is None or (candidate == "utf-8" and sample.count(0) > len(sample) / 20):
            continue
        try:
            codecs.getincrementaldecoder(candidate)().decode(sample)
        except UnicodeDecodeError:
            continue
        return candidate
    raise InputError(
        source, "无法识别文字编码(不是 UTF-8、GB18030 或 UTF-16)。", "请用文本编辑器打开后另存为 UTF-8。"
    )
