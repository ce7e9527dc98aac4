"""What the styles and properties of WordprocessingML say about numbers and hidden text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from dafu.readers.archive_limits import Element, attribute, local

_OFF: Final = ("0", "false", "off", "none")
#: Styles that a style may be based on, one upon the other.
_STYLE_DEPTH: Final = 12


@dataclass(frozen=True, slots=True)
class _Style:
    based_on: str | None
    num: str | None
    level: int | None
    hidden: bool | None


@dataclass(frozen=True, slots=True)
class Styles:
    """What styles say about numbers and hidden text, with inheritance."""

    styles: dict[str, _Style] = field(default_factory=dict)
    default: str | None = None

    @classmethod
    def of(cls, root: Element | None) -> Styles:
        """From the root of ``styles.xml``."""
        styles: dict[str, _Style] = {}
        default = None
        for item in root if root is not None else ():
            if local(item) != "style":
                continue
            id = attribute(item, "styleId") or ""
            parts = {local(c): c for c in item}
            num, level = number_of(parts.get("pPr"))
            based = parts.get("basedOn")
            styles[id] = _Style(
                None if based is None else attribute(based, "val"), num, level, hidden_by(parts.get("rPr"))
            )
            if attribute(item, "type") == "paragraph" and attribute(item, "default") in ("1", "true", "on"):
                default = id
        return cls(styles, default)

    def chain(self, id: str | None) -> Iterator[tuple[str, _Style]]:
        """A style and those that it is based on, with their ids."""
        for _ in range(_STYLE_DEPTH):
            if id is None or id not in self.styles:
                return
            yield id, self.styles[id]
            id = self.styles[id].based_on

    def numbering_styles(self) -> dict[str, str]:
        """The ``numId`` of each style that has one."""
        return {id: style.num for id, style in self.styles.items() if style.num}

    def hides(self, id: str | None) -> bool:
        """Whether a style hides its text."""
        return next((s.hidden for _, s in self.chain(id) if s.hidden is not None), False)


def child_of(element: Element | None, name: str) -> Element | None:
    """The first child of this local name."""
    return None if element is None else next((c for c in element if local(c) == name), None)


def value_of(element: Element | None, name: str) -> str | None:
    """The ``w:val`` of the first child of this local name."""
    child = child_of(element, name)
    return None if child is None else attribute(child, "val")


def number_of(properties: Element | None) -> tuple[str | None, int | None]:
    """``numId`` and level that paragraph properties give, where they do."""
    pr = child_of(properties, "numPr")
    level = value_of(pr, "ilvl") or ""
    return value_of(pr, "numId"), int(level) if level.isdecimal() and len(level) < 3 else None


def hidden_by(properties: Element | None) -> bool | None:
    """Whether run properties hide the text; ``None`` where they do not say."""
    vanish = child_of(properties, "vanish")
    return None if vanish is None else attribute(vanish, "val") not in _OFF
