"""Which section is in force at each sentence: progress, plans or other, and what put it in force."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, field

from dafu.layout import list_marker
from dafu.records import OTHER, SectionKind
from dafu.settings import section_patterns


@functools.cache
def _patterns(part: str) -> tuple[tuple[SectionKind, re.Pattern[str]], ...]:
    compiled: list[tuple[SectionKind, re.Pattern[str]]] = []
    for kind, patterns in section_patterns().items():
        rules = getattr(patterns, part)
        if rules:
            compiled.append((kind, re.compile("|".join(f"(?:{rule})" for rule in rules))))  # type: ignore[arg-type]
    return tuple(compiled)


def heading_section(heading: str) -> SectionKind | None:
    """The section that a folded heading opens, ``None`` where it says nothing or several things.

    >>> heading_section("二、下一步工作重点"), heading_section("（一）关于师资建设")
    ('plans', None)
    """
    body = heading[list_marker(heading)[1] :]
    found = {kind for kind, pattern in _patterns("heading") if pattern.search(body)}
    if found == {"progress", "plans"}:
        return "plans" if _AHEAD.search(body) else "progress" if _LOOKS_BACK.search(body) else None
    return found.pop() if len(found) == 1 else None


#: What settles a heading that has words of both kinds (下一步要采取的措施, 办理计划, 重点任务落实情况).
_AHEAD = re.compile(
    r"下一?(?:步|阶段|个?[年季学周轮期])|今后|明年|来年|往后|后续|未来|接下来|拟|(?<!现)将|打算|(?<![主重])要(?=做|办|抓|采取|推|落)"
    r"|(?:计划|安排|设想|目标)(?:（[^（）]{1,10}）)?$|准备"
)
_LOOKS_BACK = re.compile(r"(?:情况|成效|进展|成果|回顾|总结)(?:（[^（）]{1,10}）)?$|已")


def leadin_section(sentence: str) -> SectionKind | None:
    """The section that a folded sentence announces (重点做好以下工作：), if it is a lead-in."""
    if sentence.endswith("；") and "：" in sentence:  # the first point stands in the same sentence
        sentence = sentence[: sentence.index("：") + 1]
    if not (sentence.endswith("：") or _announces(sentence[-70:])):
        return None
    found = [kind for kind, pattern in _patterns("leadin") if pattern.search(sentence[-120:])]
    return found[0] if len(found) == 1 else ("plans" if "plans" in found else None)


_LEADIN = re.compile(r"以下|如下|下列|[一二两三四五六七八九十几]个?方面|几[项点]|[一二三四五六]项工作")


def _announces(tail: str) -> bool:
    # Most tails hold none of these, and looking for four words costs a fifth of the expression.
    may = "下" in tail or "方面" in tail or "几" in tail or "项工作" in tail
    return may and _LEADIN.search(tail) is not None


def trigger_section(sentence: str) -> SectionKind | None:
    """The section that a folded sentence's first words turn its paragraph to (下一步，…; 近年来，…)."""
    return _turned(sentence, list_marker(sentence)[1])


def _turned(sentence: str, marker: int) -> SectionKind | None:
    head = sentence[marker : marker + 30]
    for kind, pattern in _patterns("trigger"):
        if pattern.search(head):
            return kind
    return None


#: A lower heading that turns to the future whatever stands above it.
_TURNS = re.compile(r"下一?步|今后|下一?阶段|接下来|未来")


@dataclass(slots=True)
class SectionTracker:
    """Follows a letter line by line. One tracker a letter; feed it headings and sentences in order."""

    _stack: list[tuple[int, SectionKind | None, int]] = field(default_factory=list)
    _leadin: SectionKind | None = None
    _trigger: SectionKind | None = None
    _since: int = 0

    def open_paragraph(self) -> None:
        """A new line begins: what a trigger word turned ends with its line."""
        self._trigger = None

    def open_heading(self, heading: str, level: int, index: int) -> SectionKind:
        """A heading of depth ``level`` at paragraph ``index``; returns the section now in force."""
        while self._stack and self._stack[-1][0] >= level:
            self._stack.pop()
        self._stack.append((level, self._own(heading_section(heading), heading, level), index))
        if level <= 2 or self._stack[-1][1]:
            self._leadin = None
        self._trigger = None
        self._since = 0
        return self.current()[0]

    def _own(self, found: SectionKind | None, heading: str, level: int) -> SectionKind | None:
        """What a heading opens, given those above it: （一）加快前期工作 under 下一步打算 opens no report of progress."""
        if level == 1 or found is None or _TURNS.match(heading[list_marker(heading)[1] :]):
            return found
        above = self._leadin or next(
            (kind for depth, kind, _ in reversed(self._stack) if kind and depth < level), None
        )
        return None if above in ("progress", "plans") else found

    def heading_index(self) -> int | None:
        """Index of the innermost heading paragraph in force."""
        return next((index for _, _, index in reversed(self._stack) if index >= 0), None)

    def parent_index(self) -> int | None:
        """Index of the heading paragraph that the innermost one stands under."""
        return next((index for _, _, index in reversed(self._stack[:-1]) if index >= 0), None)

    def current(self) -> tuple[SectionKind, str]:
        """The section in force and its source: ``cue``, ``lead-in``, ``heading`` or ``none``."""
        if self._trigger:
            return self._trigger, "cue"
        if self._leadin:
            return self._leadin, "lead-in"
        for _, kind, _ in reversed(self._stack):
            if kind:
                return kind, "heading"
        return OTHER, "none"

    def sentence(self, folded: str) -> tuple[SectionKind, str, int, int]:
        """Section, source, sentences since it came into force, and list marker depth of a sentence."""
        marker, length = list_marker(folded)
        if 1 <= marker <= 4:
            first = folded[: length + 24].split("。")[0].split("，")[0]
            own = self._own(heading_section(first), first, marker)
            if own or marker == 1:  # a heading that runs on, or stands in a letter without line breaks
                while self._stack and self._stack[-1][0] >= marker:
                    self._stack.pop()
                self._stack.append((marker, own, -1))
                self._leadin = self._leadin if own is None and marker > 1 else None
                self._trigger = None
                self._since = 0
        turned = _turned(folded, length)
        if turned and turned != self._trigger:
            self._trigger = turned
            self._since = 0
        kind, source = self.current()
        since = self._since
        self._since += 1
        announced = leadin_section(folded)
        if announced:
            self._leadin = announced
            self._since = 0
        return kind, source, since, marker
