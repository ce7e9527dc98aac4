"""An HTML tree as the lines that a reader of the page sees, each with where it stands.

The walk is a loop over the tree, so the depth of a page cannot exhaust the stack, and linear in its size.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from dafu.folding import fold

_SKIPPED = frozenset(
    "script style noscript template svg math iframe object embed applet select button input textarea audio "
    "video canvas map head nav aside datalist dialog menu".split()
)
_BLOCKS = frozenset(
    "address article blockquote body br caption center dd details div dl dt fieldset figcaption figure footer form "
    "h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main ol optgroup p pre section summary table tbody td tfoot "
    "th thead tr ul".split()
)
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?:px|pt|em)?\s*(?:;|$)", re.I
)
_HIDDEN_CLASSES = frozenset("hidden hide d-none sr-only visually-hidden layui-hide".split())
_BLOCK_STYLE = re.compile(r"display\s*:\s*(?:block|table|flex)", re.I)
_PRE_STYLE = re.compile(r"white-space\s*:\s*pre", re.I)
_INDENT_STYLE = re.compile(r"text-indent\s*:\s*(?!0|-)\d*\.?\d", re.I)
_INDENT = re.compile(r"^[ \t\r\n]*(?:[\u3000\xa0\u2002\u2003]|&nbsp;)")
_BREAK = frozenset("\r\n")
_INVISIBLE = re.compile("[\u200b-\u200f\u2028-\u202e\u2060\ufeff\x00-\x08\x0b\x0e-\x1f]")
_SPACE = re.compile(r"[ \t\r\n\f\v\xa0]+")
_CJK = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f"
_CJK_BREAK = re.compile(rf"(?<=[{_CJK}“”‘’—…])\n(?=[{_CJK}“”‘’—…])")
_EDGE = " \t\r\n\f\v\xa0\u3000\u2002\u2003"
#: Words of a letter; a table with them in a cell lays out the page and holds no data.
_LETTER_WORDS = re.compile(r"收悉|(?:答复|函复|回复|复函)如下|此复|(?:委员|代表)们?[：:]")
_CELL_LONGEST = 400
_CELL_LINES = 8
_FOOTER = re.compile(r"版权|备案|ICP|主办|标识码|网站地图", re.I)


@dataclass(slots=True)
class Node:
    """A block element: its parent's index, its step in the path, its class and id, the lines inside it."""

    parent: int
    step: str
    tag: str
    names: str
    first: int
    last: int = 0


@dataclass(slots=True)
class Line:
    """A line of the page: its text, the block that it stands in, how many of its characters are links."""

    text: str
    node: int
    linked: int = 0
    indent: bool = False
    #: Cells, where the line is a row of a table of data; ``table`` is that table's node.
    cells: tuple[str, ...] = ()
    table: int = -1
    #: Row and cell in the innermost table, while that is read.
    at: tuple[int, int] = (-1, -1)
    #: ``text`` in canonical characters, same length; what rules look at.
    folded: str = ""


@dataclass(slots=True)
class Page:
    """A page: its blocks in document order, its lines, and what its head says."""

    nodes: list[Node] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    title: str = ""
    metas: dict[str, str] = field(default_factory=dict)
    frames: int = 0
    scripts: int = 0

    def path(self, node: int) -> str:
        """The element path of a block, an XPath from the root."""
        steps: list[str] = []
        while node >= 0:
            steps.append(self.nodes[node].step)
            node = self.nodes[node].parent
        return "/" + "/".join(reversed(steps))


@dataclass(slots=True)
class _Open:
    """An element on the way from the root to where the walk stands."""

    element: Any
    node: int
    is_block: bool
    link: bool
    pre: bool
    step: str
    above: _Open | None
    #: How many children of each name it has had.
    children: dict[str, int] = field(default_factory=dict)

    def counted(self, tag: str) -> str:
        """The step to a further child."""
        self.children[tag] = number = self.children.get(tag, 0) + 1
        return tag if tag in ("html", "body") else f"{tag}[{number}]"


@dataclass(slots=True)
class _Table:
    first: int
    node: int
    row: int = -1
    cell: int = -1
    nested: bool = False


class _Walk:
    """The state of one pass over a tree."""

    def __init__(self, *, hidden: bool) -> None:
        self.page = Page()
        self.hidden = hidden
        self.run: list[str] = []
        self.linked = 0
        self.indent = False
        self.links = 0
        self.tables: list[_Table] = []

    def text(self, text: str | None, top: _Open) -> None:
        if not text:
            return
        if top.pre and ("\n" in text or "\r" in text):
            for i, part in enumerate(re.split(r"\r\n|\r|\n", text)):
                if i:
                    self.flush(top.node)
                self._append(part)
            return
        self._append(text)

    def _append(self, text: str) -> None:
        self.run.append(text)
        if self.links:
            self.linked += len(text.strip(_EDGE))

    def flush(self, node: int) -> None:
        if not self.run:
            return
        raw = "".join(self.run)
        self.run.clear()
        linked, self.linked = self.linked, 0
        text = visible(raw)
        if not text:
            return
        at = (self.tables[-1].row, self.tables[-1].cell) if self.tables else (-1, -1)
        indent = self.indent or bool(_INDENT.match(raw))
        self.page.lines.append(Line(text, node, linked, indent, at=at))

    def open(self, element: Any, tag: str, above: _Open | None) -> _Open:
        style = element.get("style") or ""
        block = tag in _BLOCKS or bool(style and _BLOCK_STYLE.search(style))
        link = tag == "a" and element.get("href") is not None
        self.links += link
        pre = tag == "pre" or (above is not None and above.pre) or bool(style and _PRE_STYLE.search(style))
        step = above.counted(tag) if above else tag
        if not block:
            return _Open(element, above.node if above else -1, False, link, pre, step, above)
        self.flush(above.node if above else -1)
        self.indent = bool(style and _INDENT_STYLE.search(style))
        if tag == "br":
            return _Open(element, above.node if above else -1, True, link, pre, step, above)
        names = f"{element.get('class') or ''} {element.get('id') or ''}".strip().lower()
        node = self._node(self._solid(above), step, tag, names)
        if tag == "table":
            if self.tables:
                self.tables[-1].nested = True
            self.tables.append(_Table(len(self.page.lines), node))
        elif self.tables and tag == "tr":
            self.tables[-1].row += 1
            self.tables[-1].cell = -1
        elif self.tables and tag in ("td", "th"):
            self.tables[-1].cell += 1
        return _Open(element, node, True, link, pre, step, above)

    def _node(self, parent: int, step: str, tag: str, names: str) -> int:
        self.page.nodes.append(Node(parent, step, tag, names, len(self.page.lines)))
        return len(self.page.nodes) - 1

    def _solid(self, above: _Open | None) -> int:
        """The node of an element; inline elements around a block become nodes, too, so that paths are whole."""
        chain: list[_Open] = []
        while above and not above.is_block:
            chain.append(above)
            above = above.above
        node = above.node if above else -1
        for inline in reversed(chain):
            if inline.node == node:
                inline.node = self._node(node, inline.step, "span", "")
            node = inline.node
        return node

    def close(self, top: _Open) -> None:
        self.links -= top.link
        if not top.is_block:
            if top.above and top.node != top.above.node:
                self.page.nodes[top.node].last = len(self.page.lines)
            return
        self.flush(top.node)
        self.indent = False
        tag = top.element.tag
        if tag == "br":
            return
        node = self.page.nodes[top.node]
        if tag == "table":
            self._close_table(self.tables.pop())
        elif tag == "footer" and any(_FOOTER.search(line.text) for line in self.page.lines[node.first :]):
            self._replace(top.node, node.first, [])
        node.last = len(self.page.lines)

    def _close_table(self, table: _Table) -> None:
        """Make one line a row where the table holds data; leave the lines of a table that lays out the page."""
        lines = self.page.lines[table.first :]
        rows: dict[int, dict[int, list[Line]]] = {}
        for line in lines:
            rows.setdefault(line.at[0], {}).setdefault(line.at[1], []).append(line)
        if table.nested or not _holds_data(rows):
            return
        joined = []
        for cells in rows.values():
            texts = tuple(_joined([line.text for line in cell]) for cell in cells.values())
            own = [line for cell in cells.values() for line in cell]
            row = self.page.nodes[own[0].node]
            at = own[0].node
            while row.tag != "tr" and row.parent > table.node:
                at = row.parent
                row = self.page.nodes[at]
            joined.append(
                Line("\t".join(texts), at, sum(line.linked for line in own), cells=texts, table=table.node)
            )
        self._replace(table.node, table.first, joined)

    def _replace(self, node: int, first: int, lines: list[Line]) -> None:
        """Put other lines in the place of those of a block."""
        self.page.lines[first:] = lines
        for inner in self.page.nodes[node + 1 :]:
            inner.first = inner.last = first


def _holds_data(rows: dict[int, dict[int, list[Line]]]) -> bool:
    if not rows:
        return False
    wide = sum(len(cells) > 1 for cells in rows.values())
    if wide * 2 < len(rows):
        return False
    for cells in rows.values():
        for cell in cells.values():
            if len(cell) > _CELL_LINES or sum(len(line.text) for line in cell) > _CELL_LONGEST:
                return False
            if any(_LETTER_WORDS.search(line.text) for line in cell):
                return False
    return True


def _joined(parts: list[str]) -> str:
    text = "\n".join(parts)
    return _CJK_BREAK.sub("", text).replace("\n", " ").replace("\t", " ")


def visible(raw: str) -> str:
    """Characters as a browser shows them: white space collapsed, none where a line broke between Chinese
    characters, nothing at the edges.

    >>> visible("　　我局\\n  已 印发\\xa0\\xa0通知 ")
    '我局已 印发 通知'
    """
    text = _INVISIBLE.sub("", raw).strip(_EDGE)
    if "\n" not in text and "\r" not in text:
        return _SPACE.sub(" ", text)
    text = _SPACE.sub(lambda space: " " if _BREAK.isdisjoint(space.group()) else "\n", text)
    return _CJK_BREAK.sub("", text).replace("\n", " ")


def read_page(root: Any, *, hidden: bool = False) -> Page:
    """The lines of a parsed page. With ``hidden`` also those that its styles hide."""
    walk = _Walk(hidden=hidden)
    page = walk.page
    _read_head(root, page)
    if isinstance(root.tag, str):
        _walk(root, walk)
    folded = fold("\n".join([line.text for line in page.lines])).split("\n")
    for line, canonical in zip(page.lines, folded, strict=False):  # of no lines there is one empty line
        line.folded = canonical
    return page


def _walk(root: Any, walk: _Walk) -> None:
    stack = [walk.open(root, root.tag if root.tag in _BLOCKS else "html", None)]
    walk.text(root.text, stack[-1])
    following = [iter(root)]
    while stack:
        element = next(following[-1], None)
        if element is None:
            following.pop()
            top = stack.pop()
            walk.close(top)
            if stack:
                walk.text(top.element.tail, stack[-1])
            continue
        tag = element.tag
        if not isinstance(tag, str) or _is_skipped(element, tag, walk):
            if isinstance(tag, str):
                stack[-1].counted(tag)
            walk.text(element.tail, stack[-1])
            continue
        stack.append(walk.open(element, tag, stack[-1]))
        walk.text(element.text, stack[-1])
        following.append(iter(element))


def _is_skipped(element: Any, tag: str, walk: _Walk) -> bool:
    if tag in ("frame", "iframe"):
        walk.page.frames += 1
    if tag == "script":
        walk.page.scripts += 1
    if tag in _SKIPPED or element.get("role") == "navigation":
        return True
    if walk.hidden:
        return False
    style = element.get("style")
    if style and _HIDDEN.search(style):
        return True
    classes = element.get("class")
    return element.get("hidden") is not None or bool(
        classes and not _HIDDEN_CLASSES.isdisjoint(classes.split())
    )


def _read_head(root: Any, page: Page) -> None:
    title = root.find("head/title")
    if title is None:
        title = root.find(".//title")
    page.title = visible(title.text or "") if title is not None else ""
    for meta in root.iter("meta"):
        name, content = meta.get("name") or meta.get("property"), meta.get("content")
        if name and content:
            page.metas.setdefault(name.strip().lower(), visible(content)[:300])
