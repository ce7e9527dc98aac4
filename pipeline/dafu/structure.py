"""What structure, cues and quantities say of each sentence, as columns."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dafu.features import Floats, SentenceBatch
from dafu.frames import MOODS
from dafu.layout import MARKER_START, list_marker
from dafu.settings import cue_rules, unit_classes
from dafu.verbs import ACT_START, ACTS, ADVERB_START, ADVERBS

KINDS = ("header", "title", "salutation", "opening", "heading", "body", "closing", "signature")
SECTIONS = ("progress", "plans", "other")
SOURCES = ("heading", "lead-in", "cue", "none")
_KIND = {kind: i for i, kind in enumerate(KINDS)}
_SECTION = {section: i for i, section in enumerate(SECTIONS)}
_SOURCE = {source: i for i, source in enumerate(SOURCES)}
_MARKER_DEPTHS = 7
_LE = ord("了")


#: By code point, whether a clause that begins with the character may be found to begin with an act.
_BEGINS = np.zeros(0x10000, bool)
_BEGINS[[ord(c) for c in {*(word[0] for word in (*ACTS, *ADVERBS)), *MARKER_START}]] = True


def cue_slice(names: Sequence[str]) -> slice:
    """Which of :func:`structure_columns`' columns are cue counts."""
    at = [i for i, name in enumerate(names) if name.startswith("cue=")]
    return slice(at[0], at[-1] + 1)


def structure_columns(batch: SentenceBatch) -> tuple[Floats, list[str]]:
    """What structure, cues and quantities say of each sentence: shape (n, k), and the k names."""
    n = len(batch)
    columns: list[NDArray[np.floating] | NDArray[np.bool_]] = []
    names: list[str] = []

    def add(name: str, column: NDArray[np.floating] | NDArray[np.bool_]) -> None:
        names.append(name)
        columns.append(column)

    sentences = [s for letter in batch.letters for s in letter.sentences]
    kind = np.array([_KIND[kind] for kind in batch.kinds])
    section = np.array([_SECTION[s.section] for s in sentences])
    source = np.array([_SOURCE[s.source] for s in sentences])
    marker = np.array([s.marker for s in sentences])
    distance = np.array([s.distance for s in sentences], np.float32)
    for i, value in enumerate(KINDS):
        add(f"kind={value}", kind == i)
    bare = _bare(batch)
    add("bare", bare)
    for i, value in enumerate(SECTIONS):
        for given, there in (("", True), ("&bare", bare)):
            add(f"section={value}{given}", (section == i) & there)
            for j, origin in enumerate(SOURCES):
                add(f"section={value}&source={origin}{given}", (section == i) & (source == j) & there)
    for depth in range(1, _MARKER_DEPTHS):
        add(f"marker={depth}", marker == depth)
    add("distance", np.log1p(distance) / 3)
    counts = np.bincount(batch.letter, minlength=len(batch.letters))
    first = np.cumsum(counts) - counts
    position = np.arange(n) - first[batch.letter]
    total = counts[batch.letter]
    add("position", position / np.maximum(total, 1))
    add("from_start", np.minimum(position, 8) / 8)
    add("from_end", np.minimum(total - 1 - position, 8) / 8)
    add("letter_length", np.log1p(total) / 5)
    length = batch.end - batch.start
    add("length", np.log1p(length) / 5)
    add("short", length <= 12)
    last = batch.points[np.maximum(batch.end - 1, 0)]
    for mark in "。；：！？":
        add(f"ends={mark}", last == ord(mark))
    add("ends=none", ~np.isin(last, [ord(c) for c in "。；：！？"]))
    plans = np.zeros(len(batch.letters), bool)
    progress = np.zeros(len(batch.letters), bool)
    for i, letter in enumerate(batch.letters):
        headings = {p.section for p in letter.paragraphs if p.kind == "heading"}
        plans[i], progress[i] = "plans" in headings, "progress" in headings
    add("letter_has_plans", plans[batch.letter])
    add("letter_has_progress", progress[batch.letter])
    citizen = np.array(
        [
            "网友" in letter.text[:80] or "您好" in letter.text[:120] or "你好" in letter.text[:120]
            for letter in batch.letters
        ],
        bool,
    )
    add("citizen", citizen[batch.letter])
    # the text's own title: one that a table or page gives beside the text must not change labels
    titled = [any(p.kind == "title" for p in letter.paragraphs) for letter in batch.letters]
    add("has_title", np.array(titled, bool)[batch.letter])

    per_rule = np.zeros((n, len(cue_rules())), np.float32)
    np.add.at(per_rule, (batch.cue_sentence, batch.cues.rule), 1)
    np.minimum(per_rule, 3, out=per_rule)
    for i, rule in enumerate(cue_rules()):
        add(f"cue={rule.id}", per_rule[:, i])
    classes = (*unit_classes(), "ratio")
    per_class = np.zeros((n, len(classes)), np.float32)
    if len(batch.quantities):
        index = np.array([classes.index(q.unit_class) for q in batch.quantities])
        np.add.at(per_class, (batch.quantity_sentence, index), 1)
    for i, name in enumerate(classes):
        add(f"quantity={name}", np.minimum(per_class[:, i], 4) / 2)
    number = per_class.sum(1)
    add("quantities", np.log1p(number))
    add("no_quantity", number == 0)
    chinese = np.zeros(n, np.float32)
    for q, s in zip(batch.quantities, batch.quantity_sentence, strict=True):
        chinese[s] += not any(c.isdigit() for c in q.number)
    add("chinese_quantities_only", (chinese > 0) & (chinese == number))
    first_act, acts = _acts(batch)
    add("act_first", first_act)
    add("acts", acts)
    for i, value in enumerate(SECTIONS):
        add(f"act_first&section={value}", first_act * (section == i))
        add(f"acts&section={value}", acts * (section == i))
    for name, column in zip(
        ("year_past", "year_same", "year_future", "year_first"), _years(batch).T, strict=True
    ):
        add(name, column)
    le = np.zeros(n, np.float32)
    np.add.at(le, np.searchsorted(batch.start, np.flatnonzero(batch.points == _LE), "right") - 1, 1)
    add("了", np.minimum(le, 3))
    return np.column_stack([np.asarray(c, np.float32) for c in columns]), names


def _bare(batch: SentenceBatch) -> NDArray[np.bool_]:
    """Whether no clause of a sentence tells its mood: what it means is for its surroundings to say."""
    bare = np.ones(len(batch), bool)
    bare[batch.clause_sentence[batch.frames.mood != MOODS.index("bare")]] = False
    return bare


def _acts(batch: SentenceBatch) -> tuple[Floats, Floats]:
    """Whether a sentence begins with a verb that names an act, and the share of its clauses that do.

    In officialese a clause that begins so (拆除…, 定期开展…) tells a measure; whether done or planned, its
    surroundings say. List markers and adverbs before the verb do not count.
    """
    text = batch.text
    starts, owner = batch.clause_start, batch.clause_sentence
    found = np.zeros(len(starts), np.float32)
    may = np.flatnonzero(_BEGINS[np.minimum(batch.points[starts], len(_BEGINS) - 1)])
    for i, at, end in zip(may.tolist(), starts[may].tolist(), batch.end[owner[may]].tolist(), strict=True):
        if text[at] in MARKER_START:
            at += list_marker(text[at : at + 12])[1]
        while not (act := ACT_START.match(text, at, end)) and (adverb := ADVERB_START.match(text, at, end)):
            if adverb.end() == at:
                break
            at = adverb.end()
        found[i] = act is not None
    first = np.searchsorted(starts, batch.start)
    count = np.diff(np.append(first, len(starts)))
    if not len(batch):
        return np.zeros(0, np.float32), np.zeros(0, np.float32)
    return found[first], (np.add.reduceat(found, first) / count).astype(np.float32)


def _years(batch: SentenceBatch) -> Floats:
    """Whether a sentence names a year before, in or after its letter's own, and begins with one: shape (n, 4)."""
    found = np.zeros((len(batch), 4), np.float32)
    sentence = np.searchsorted(batch.start, batch.year_place, "right") - 1
    dated = batch.year_seen < 4
    found[sentence[dated], batch.year_seen[dated] - 1] = 1
    found[sentence[batch.year_place - batch.start[sentence] < 4], 3] = 1
    return found
