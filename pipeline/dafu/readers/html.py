"""Saved web pages to letters: HTML files and MHTML archives, by bytes, without network and without scripts."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Sequence
from typing import Any

from dafu.errors import InputError
from dafu.readers.html_fields import complete
from dafu.readers.html_letter import Found, find_letter
from dafu.readers.html_lines import Page, read_page
from dafu.readers.rewrap import VisualLine, paragraphs
from dafu.readers.text import likely_encodings, without_mark
from dafu.records import Extracted, Place

#: A page beyond this is no page with a letter; parsing takes some ten times its size in memory.
MAX_PAGE = 32 * 1024 * 1024
_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([A-Za-z0-9_\-]{2,20})""", re.I)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)(?=[\s/>])[^<>]*>")
#: libxml2 drops what stands behind them, browsers show it.
_END_TAGS = re.compile(r"</(?:body|html)\s*>", re.I)
_NESTED = frozenset(
    "div span font b i u em strong small big a section article main center blockquote ul ol dl table form fieldset "
    "sup sub s strike del ins label tt code abbr cite q kbd".split()
)
#: libxml2 stops at elements nested 256 deep; a table takes four levels.
_DEEPEST = 50
_TOO_DEEP = "depth"


def read_html(data: bytes, source: str, *, charset: str | None = None) -> Extracted:
    """The letter of a web page, one line a paragraph, and what the page says of it.

    ``charset`` is what a container declares; a declaration is a hint, the bytes decide.

    Raises:
        InputError: the page holds no running text, or is too large.
    """
    if len(data) > MAX_PAGE:
        raise InputError(
            source,
            f"网页过大({len(data) >> 20} MB,上限 {MAX_PAGE >> 20} MB)。",
            "请只保存答复正文所在的页面,或另存为 .txt。",
        )
    text = _decoded(data, charset)
    root = _parsed(text)
    page = read_page(root) if root is not None else Page()
    found = find_letter(page)
    if not found.lines and root is not None:
        page = read_page(root, hidden=True)  # some sites show the text by script only
        found = find_letter(page)
    if not found.lines:
        raise _no_letter(page, source)
    return _assembled(page, found)


def read_mhtml(data: bytes, source: str) -> Extracted:
    """The letter of a page saved as a single file (.mht, .mhtml).

    Raises:
        InputError: the archive holds no page, or the page no letter.
    """
    failure = InputError(source, "网页归档(MHTML)中没有网页。", "请在浏览器中重新保存,或另存为 .html。")
    try:
        message = email.message_from_bytes(data, policy=email.policy.compat32)
        parts = [part for part in message.walk() if part.get_content_type() == "text/html"]
        pages = [(part.get_payload(decode=True), part.get_content_charset()) for part in parts]
    except (RecursionError, ValueError, LookupError, TypeError) as error:
        raise failure from error
    for payload, charset in pages:
        if not isinstance(payload, bytes) or not payload.strip():
            continue
        try:
            return read_html(payload, source, charset=charset)
        except InputError as error:
            failure = error
    raise failure


def _decoded(data: bytes, charset: str | None) -> str:
    marked = without_mark(data)
    if marked is not None:
        body, encoding = marked
        return body.decode(encoding, "replace")
    likely = likely_encodings(data)
    declared = charset or ""
    match = _CHARSET.search(data[:4096])
    if match and not declared:
        declared = match.group(1).decode("ascii")
    # pages mix encodings: a few bad bytes must not cost the page
    if declared.lower().replace("-", "") == "utf8" and likely[0] != "utf-8":
        text = data.decode("utf-8", "replace")
        if text.count("\ufffd") * 100 <= sum(c > "\x7f" for c in text[:200_000]):
            return text
    return data.decode(likely[0], "replace")


def _parsed(text: str) -> Any:
    """The tree of a page, or ``None`` where there is no element."""
    root, too_deep = _tree(text)
    if too_deep:
        root, _ = _tree(_flattened(text))
    return root


def _tree(text: str) -> tuple[Any, bool]:
    from lxml import etree

    parser = etree.HTMLParser(
        encoding="utf-8",
        remove_comments=True,
        remove_pis=True,
        no_network=True,
        huge_tree=False,
        recover=True,
    )
    data = _END_TAGS.sub(" ", text.replace("\x00", "")).encode("utf-8", "replace")
    if not data.strip():
        return None, False
    try:
        root = etree.fromstring(data, parser)
    except etree.ParserError:
        return None, False
    except etree.XMLSyntaxError as error:
        return None, _TOO_DEEP in str(error)
    return root, any(_TOO_DEEP in entry.message for entry in parser.error_log if entry.level_name == "FATAL")


def _flattened(text: str) -> str:
    """The page without the tags that nest too deep; what they hold stays."""
    depth = dropped = 0

    def keep(match: re.Match[str]) -> str:
        nonlocal depth, dropped
        closing, name = match.group(1), match.group(2).lower()
        if name not in _NESTED:
            return match.group()
        if closing:
            if dropped:
                dropped -= 1
                return "\n"
            depth = max(0, depth - 1)
            return match.group()
        if depth >= _DEEPEST:
            dropped += 1
            return "\n"
        depth += 1
        return match.group()

    return _TAG.sub(keep, text)


def _no_letter(page: Page, source: str) -> InputError:
    reason = "网页中没有找到信件正文"
    if page.frames:
        return InputError(source, f"{reason}(这是框架页)。", "请打开框架里的页面,再另存。")
    if page.scripts and len(page.lines) < 10:
        return InputError(
            source, f"{reason}(内容由脚本生成)。", "请在浏览器中等页面显示完整后,用“另存为 → 网页,全部”保存。"
        )
    return InputError(source, f"{reason}(只有菜单或链接,或是空白页)。", "请确认保存的是答复函所在的页面。")


def _assembled(page: Page, found: Found) -> Extracted:
    """The letter's text, its places, its fields."""
    lines = [page.lines[i] for i in found.lines]
    groups = _wrapped(
        [VisualLine(line.text, line.indent) for line in lines], [bool(line.cells) for line in lines]
    )
    parts: list[tuple[str, int]] = [(found.title, found.title_node)] if found.title else []
    parts += [(_run_together([lines[i].text for i in group]), lines[group[0]].node) for group in groups]
    places: list[Place] = []
    at = 0
    for text, node in parts:
        places.append(Place(at, at + len(text), None, page.path(node)))
        at += len(text) + 1
    return Extracted(
        "\n".join(text for text, _ in parts), tuple(places), complete(found.fields, page, found.title)
    )


def _wrapped(lines: Sequence[VisualLine], rows: Sequence[bool]) -> list[list[int]]:
    """Paragraphs of the lines; rows of tables stay alone."""
    plain = [i for i, row in enumerate(rows) if not row]
    groups = [[plain[k] for k in group] for group in paragraphs([lines[i] for i in plain])]
    groups += [[i] for i, row in enumerate(rows) if row]
    return sorted(groups)


def _run_together(texts: Sequence[str]) -> str:
    whole = texts[0]
    for text in texts[1:]:
        narrow = whole[-1:].isascii() and text[:1].isascii() and whole[-1:].isalnum() and text[:1].isalnum()
        whole += (" " if narrow and not (whole[-1].isdigit() and text[0].isdigit()) else "") + text
    return whole
