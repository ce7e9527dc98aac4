"""What a file is, by its bytes: suffixes on government sites and in crawls lie."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Final, Literal

Format = Literal["docx", "ofd", "pdf", "ole", "rtf", "html", "mhtml", "parquet", "text", "other"]

#: Suffixes that a folder is searched for; what a file is, its bytes tell.
SUFFIXES: Final = (
    ".txt", ".html", ".htm", ".shtml", ".xhtml", ".mht", ".mhtml", ".docx", ".doc", ".wps", ".pdf", ".ofd", ".rtf",
    ".jsonl", ".csv", ".parquet",
)  # fmt: skip
_PICTURE = "图片"
_ARCHIVE = "压缩文件"
_MAGIC: Final = (
    (b"\xff\xd8\xff", f"JPEG {_PICTURE}"),
    (b"\x89PNG\r\n\x1a\n", f"PNG {_PICTURE}"),
    (b"GIF8", f"GIF {_PICTURE}"),
    (b"BM", f"BMP {_PICTURE}"),
    (b"II*\x00", f"TIFF {_PICTURE}"),
    (b"MM\x00*", f"TIFF {_PICTURE}"),
    (b"\x1f\x8b", f"gzip {_ARCHIVE}"),
    (b"Rar!", f"RAR {_ARCHIVE}"),
    (b"7z\xbc\xaf\x27\x1c", f"7z {_ARCHIVE}"),
    (b"BZh", f"bzip2 {_ARCHIVE}"),
    (b"\xfd7zXZ\x00", f"xz {_ARCHIVE}"),
    (b"\x28\xb5\x2f\xfd", f"zstd {_ARCHIVE}"),
    (b"\x7fELF", "程序文件"),
    (b"MZ\x90", "程序文件"),
    (b"SQLite format 3\x00", "数据库文件"),
    (b"\x00\x00\x00\x18ftyp", "视频文件"),
    (b"\x00\x00\x00\x20ftyp", "视频文件"),
    (b"ID3", "音频文件"),
)
_REMEDIES: Final = {
    _PICTURE: "图片里没有文字层:请先用文字识别(OCR)软件转成 .txt 或 .docx。",
    _ARCHIVE: "请先解压,再给出其中的文件。",
    "程序文件": "请确认下载的是答复函本身。",
    "表格": "请另存为 .csv(UTF-8),再用 --text-column 指定正文所在的列。",
    "演示文稿": "请另存为 .docx 或 .txt。",
    "文档": "请用 Word 或 WPS 另存为 .docx。",
}
_HTML_START: Final = re.compile(
    rb"<\s*(?:!doctype\s+html|html[\s>]|head[\s>]|body[\s>]|meta\s|frameset[\s>]|title>|table[\s>]|div[\s>]|p[\s>]|center>|font\s|span[\s>]|script[\s>]|style[\s>]|!--)",
    re.I,
)
_HTML_TAGS: Final = re.compile(
    rb"</(?:p|div|td|tr|table|span|font|a|li|ul|b|strong|h\d)\s*>|<br\s*/?>|<(?:p|div|td)[\s>]", re.I
)
_XML_WORD: Final = re.compile(
    rb"<\?mso-application|<w:wordDocument|<pkg:package|urn:schemas-microsoft-com:office:spreadsheet"
)
_MHTML: Final = re.compile(
    rb"^(?:MIME-Version|Content-Type|From|Subject|Date|Snapshot-Content-Location|X-MimeOLE)\s*:", re.I
)
_MULTIPART: Final = re.compile(rb"Content-Type\s*:\s*multipart/related", re.I)
#: Share of a text that must be tags for a page without an HTML beginning: one in this many characters.
_TAGS_PER: Final = 250
_HEAD = 64 * 1024


def sniff(data: bytes) -> Format:
    """The format of a file by its content; ``text`` where nothing else is recognised.

    >>> sniff(b"%PDF-1.7"), sniff(b"<p>text</p>"), sniff("答复".encode())
    ('pdf', 'html', 'text')
    """
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n\x00")
    if b"%PDF-" in data[:1024] and not _HTML_START.match(start):
        return "pdf"
    if data.startswith(b"PAR1"):
        return "parquet"
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return "ole"
    if data.startswith(b"PK\x03\x04"):
        names = _zip_names(data)
        if "word/document.xml" in names:
            return "docx"
        return "ofd" if any(name.rsplit("/", 1)[-1].upper() == "OFD.XML" for name in names) else "other"
    if start.startswith(b"{\\rtf"):
        return "rtf"
    if what_else(data):
        return "other"
    if _MHTML.match(start) and _MULTIPART.search(data[:8192]):
        return "mhtml"
    return "html" if _is_html(data) else "text"


def what_else(data: bytes) -> tuple[str, str] | None:
    """Name and remedy of a format that holds no letter that could be read, ``None`` for others."""
    if data.startswith(b"PK\x03\x04"):
        names = _zip_names(data)
        for folder, name in (
            ("xl/", "Excel 表格"),
            ("ppt/", "PowerPoint 演示文稿"),
            ("content.xml", "OpenDocument 文档"),
        ):
            if any(entry.startswith(folder) for entry in names):
                return name, _REMEDIES[name.split(" ")[1]]
        return f"zip {_ARCHIVE}", _REMEDIES[_ARCHIVE]
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return f"WebP {_PICTURE}", _REMEDIES[_PICTURE]
    for magic, name in _MAGIC:
        if data.startswith(magic) and (len(magic) > 2 or data[6:10] == bytes(4) or magic == b"\x1f\x8b"):
            return name, _REMEDIES.get(name.split(" ")[-1], "请确认下载的是答复函本身。")
    if _XML_WORD.search(data[:4096]):
        return "Word 2003 XML 文档", _REMEDIES["文档"]
    return None


def _zip_names(data: bytes) -> frozenset[str]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return frozenset(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        # a truncated file has lost its table of contents; its local headers still tell what it was
        return frozenset(
            name for name in ("word/document.xml", "OFD.xml") if name.encode() in data[:1_000_000]
        )


def _is_html(data: bytes) -> bool:
    head = data[:_HEAD]
    if head.count(0) > len(head) / 20:  # UTF-16
        head = head.replace(b"\x00", b"")
    start = head.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if start.startswith(b"<?xml"):
        return bool(re.search(rb"<html[\s>]", start[:4096], re.I))
    tags = len(_HTML_TAGS.findall(head))
    if _HTML_START.match(start):
        return tags > 0 or bool(
            re.match(rb"<\s*(?:!doctype\s+html|html|head|body|frameset|meta|script)", start, re.I)
        )
    return tags >= 5 and tags * _TAGS_PER >= len(head)
