"""Pieces of labelled text to labelled letters: grouped, put together, snapped to sentences, merged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from dafu.exchange.base import ImportOptions, Mark, Piece, Tally, stem
from dafu.exchange.locate import Found, squeeze
from dafu.exchange.names import LabelNames, UnknownLabel
from dafu.exchange.rows import Row, Span, make_row
from dafu.exchange.together import Units, haystack_of, put_together
from dafu.folding import fold
from dafu.letter import parse_folded
from dafu.records import OTHER, Label, Letter


@dataclass(slots=True)
class _Labelled:
    """A letter under work: label sets by sentence and by paragraph, and what was said twice."""

    letter: Letter
    source: str
    meta: dict[str, Any]
    given: dict[Span, frozenset[Label]] = field(default_factory=dict)
    bags: dict[Span, frozenset[Label]] = field(default_factory=dict)
    disputed: set[Span] = field(default_factory=set)
    #: Whether dafu exported it: then it comes back even where nobody labelled anything.
    carried: bool = False

    def give(self, span: Span, labels: frozenset[Label], *, bag: bool = False) -> bool:
        """Set a unit's labels; ``False`` where it already has others: then it has none from now on."""
        known = self.bags if bag else self.given
        if span in self.disputed:
            return True
        if span in known and known[span] != labels:
            del known[span]
            self.disputed.add(span)
            return False
        known[span] = labels
        return True


def assemble(
    pieces: Iterable[Piece],
    names: LabelNames,
    options: ImportOptions,
    tally: Tally,
    originals: Mapping[str, str] | None = None,
) -> list[Row]:
    """Rows of labelled letters, one for each letter and annotator, in the order in which they first occur.

    ``originals`` are the texts of letters by id, to which labels are moved. What cannot be taken over becomes
    a problem of the ``tally``.
    """
    done: dict[tuple[str, str], _Labelled] = {}
    groups = _groups(pieces, options)
    letters = _carried_letters(groups)
    for (id, annotator, source), members in groups.items():
        members = _with_letter(members, letters.get((id, source)))
        labelled = _label(id, annotator, source, members, names, options, tally)
        text = (originals or {}).get(id)
        if text is not None and text != labelled.letter.text:
            labelled = _moved(labelled, text, tally)
        earlier = done.get((id, annotator))
        if earlier is None:
            done[id, annotator] = labelled
        else:
            _merge(earlier, labelled, tally)
    rows = []
    for labelled in done.values():
        _tell_disputes(labelled, tally)
        _tell_contradictions(labelled, tally)
        if not (labelled.given or labelled.bags or labelled.carried):
            continue
        rows.append(make_row(labelled.letter, labelled.given, labelled.bags, labelled.meta, names.labels))
    return rows


def _groups(pieces: Iterable[Piece], options: ImportOptions) -> dict[tuple[str, str, str], list[Piece]]:
    """Pieces by letter, annotator and file. A piece without an id is a letter; the same text is the same letter."""
    groups: dict[tuple[str, str, str], list[Piece]] = {}
    by_text: dict[str, str] = {}
    count: dict[str, int] = {}
    for piece in pieces:
        id = piece.id
        if not id:
            plain = squeeze(piece.text)
            if plain not in by_text:
                name = stem(piece.source)
                count[name] = count.get(name, 0) + 1
                by_text[plain] = f"{name}-{count[name]}"
            id = by_text[plain]
        annotator = piece.annotator or (stem(piece.source) if options.by_file else options.annotator or "")
        groups.setdefault((id, annotator, piece.source), []).append(piece)
    return groups


def _carried_letters(groups: Mapping[tuple[str, str, str], Sequence[Piece]]) -> dict[tuple[str, str], Any]:
    """The letters that exports carried along, by id and file: with one piece of each, whoever labelled that."""
    return {
        (id, source): {"text": piece.carried["text"], "meta": piece.carried.get("meta")}
        for (id, _, source), members in reversed(list(groups.items()))
        for piece in members
        if piece.carried and "text" in piece.carried
    }


def _with_letter(pieces: list[Piece], letter: Mapping[str, Any] | None) -> list[Piece]:
    """The pieces, the first of them with the letter that another annotator's piece carried."""
    if letter is None or any(piece.carried and "text" in piece.carried for piece in pieces):
        return pieces
    meta = {k: v for k, v in (letter["meta"] or {}).items() if k != "annotator"}
    carried = {**(pieces[0].carried or {}), "text": letter["text"], "meta": meta}
    return [replace(pieces[0], carried=carried), *pieces[1:]]


def _label(
    id: str,
    annotator: str,
    source: str,
    pieces: Sequence[Piece],
    names: LabelNames,
    options: ImportOptions,
    tally: Tally,
) -> _Labelled:
    """One letter as one annotator labelled it in one file."""
    text, placed = put_together(pieces, tally)
    letter = parse_folded(text, fold(text), id=id, source=source)
    meta: dict[str, Any] = {}
    for piece in pieces:
        meta.update({key: value for key, value in piece.meta.items() if value not in (None, "")})
    for piece in pieces:
        if piece.carried and isinstance(piece.carried.get("meta"), Mapping):
            meta = dict(piece.carried["meta"])
    if annotator:
        meta["annotator"] = annotator
    labelled = _Labelled(letter, source, meta, carried=any(piece.carried for piece in pieces))
    units = Units(letter)
    for piece, span in zip(pieces, placed, strict=True):
        if span is None:
            tally.problem(
                piece.source,
                piece.line,
                f"在信件“{id}”中找不到这段文字(可能已被改动):“{piece.text[:30]}”。",
                "请核对原文,或用 --source 给出原信件。",
            )
        elif piece.marks is not None:
            _take_marks(labelled, units, piece, span, names, tally)
        if span is not None and piece.labels is not None:
            _take_labels(labelled, units, piece, span, names, options, tally)
        if piece.carried:
            try:
                _take_carried(labelled, units, piece, names)
            except (UnknownLabel, KeyError, TypeError, ValueError, IndexError) as error:
                tally.problem(
                    piece.source,
                    piece.line,
                    f"附带的段落标签或“看过”的范围不可读({str(error)[:80]})。",
                    "请检查这一条的 paragraphs 与 seen。",
                )
    return labelled


def _take_marks(
    labelled: _Labelled, units: Units, piece: Piece, span: Span, names: LabelNames, tally: Tally
) -> None:
    """Labelled spans of a piece to its sentences; the other sentences of the piece were looked at too."""
    found: dict[int, set[Label]] = {i: set() for i in units.covered(*span)[0]}
    if piece.carried and "seen" in piece.carried and not piece.carried.get("todo"):
        found = {}  # it was labelled in part when it went out, and no tool says what was looked at since
    for mark in piece.marks or ():
        try:
            label = names.resolve(mark.label)
        except UnknownLabel as error:
            tally.problem(piece.source, piece.line, f"{error}。", "请用 --map 名称=标签 说明它是哪个标签。")
            continue
        if label == OTHER:
            continue
        where = _true_place(mark, piece.text)
        if where is None:
            tally.problem(
                piece.source,
                piece.line,
                f"标注 {mark.start}–{mark.end} 超出了文字(共 {len(piece.text)} 字)或与所引文字不符。",
                "请检查导出文件与原文是否一致。",
            )
            continue
        start, end = span[0] + where[0], span[0] + where[1]
        covered, exact = units.covered(start, end)
        if not covered:
            tally.problem(
                piece.source,
                piece.line,
                f"标注的文字不到半句:“{units.text[start:end][:30]}”({mark.label})。",
                "标签是整句的;请标注整句。",
            )
            continue
        if not exact:
            tally.notes["snapped"] += 1
        for i in covered:
            found.setdefault(i, set()).add(label)
    for i, own in found.items():
        _give(labelled, units.sentences[i], frozenset(own), tally, piece)


def _true_place(mark: Mark, text: str) -> Span | None:
    """Offsets of a mark in code points: some tools count UTF-16 units, which its quotation then tells."""
    start, end = mark.start, mark.end
    fits = 0 <= start < end <= len(text)
    if mark.quote is None:
        return (start, end) if fits else None
    wanted = squeeze(mark.quote.replace("\\n", "\n"))
    if fits and squeeze(text[start:end]) == wanted:
        return start, end
    units = text.encode("utf-16-le", "surrogatepass")
    try:
        before = units[: 2 * start].decode("utf-16-le")
        own = units[2 * start : 2 * end].decode("utf-16-le")
    except UnicodeDecodeError:
        own = ""
    if own and squeeze(own) == wanted:
        return len(before), len(before) + len(own)
    if wanted and text.count(mark.quote) == 1:
        start = text.index(mark.quote)
        return start, start + len(mark.quote)
    return None


def _take_labels(
    labelled: _Labelled,
    units: Units,
    piece: Piece,
    span: Span,
    names: LabelNames,
    options: ImportOptions,
    tally: Tally,
) -> None:
    """The label set of a whole piece to its sentence or paragraph."""
    own: set[Label] = set()
    for name in piece.labels or ():
        try:
            own.add(names.resolve(name))
        except UnknownLabel as error:
            tally.problem(piece.source, piece.line, f"{error}。", "请用 --map 名称=标签 说明它是哪个标签。")
            return
    if not own:
        if options.blank == "unseen":
            tally.notes["blank"] += 1
            return
        tally.notes["blank as none"] += 1
    labels = frozenset(own - {OTHER})
    covered, exact = units.covered(*span)
    if not covered:
        if labels:
            tally.problem(
                piece.source,
                piece.line,
                f"不到半句:“{piece.text[:30]}”。",
                "标签是整句或整段的;请标注整句或整段。",
            )
        return
    paragraphs = sorted({units.paragraph_of[i] for i in covered})
    whole = units.whole_paragraphs(*span)
    if len(paragraphs) == 1 and whole and (len(covered) > 1 or piece.unit == "paragraph"):
        _give(labelled, units.paragraphs[whole[0]], labels, tally, piece, bag=True)
    elif len(covered) == 1:
        _give(labelled, units.sentences[covered[0]], labels, tally, piece)
    elif not labels:
        for i in covered:
            _give(labelled, units.sentences[i], labels, tally, piece)
        return
    else:
        many = len(paragraphs) > 1
        tally.problem(
            piece.source,
            piece.line,
            f"一组标签对应{f'{len(paragraphs)} 段' if many else '一段中的几句'}:“{piece.text[:30]}”。",
            "标签是一句或一段的;请逐段或逐句标注(每行一段)。",
        )
        return
    if not exact:
        tally.notes["snapped"] += 1


def _take_carried(labelled: _Labelled, units: Units, piece: Piece, names: LabelNames) -> None:
    """Paragraph label sets and what was looked at, as dafu's export carried them."""
    assert piece.carried is not None
    for pair in piece.carried.get("seen") or ():
        for i in units.covered(int(pair[0]), int(pair[1]))[0]:
            labelled.given.setdefault(units.sentences[i], frozenset())
    for bag in piece.carried.get("paragraphs") or ():
        start, end = int(bag["start"]), int(bag["end"])
        own = frozenset(names.resolve(label) for label in bag["labels"]) - {OTHER}
        paragraphs = units.whole_paragraphs(start, end)
        if len(paragraphs) != 1:
            raise ValueError(f"{start}–{end} 不是完整的一段")
        labelled.bags[units.paragraphs[paragraphs[0]]] = own


def _give(
    labelled: _Labelled,
    span: Span,
    labels: frozenset[Label],
    tally: Tally,
    piece: Piece,
    *,
    bag: bool = False,
) -> None:
    known = span in (labelled.bags if bag else labelled.given)
    if labelled.give(span, labels, bag=bag) and known:
        tally.notes["twice"] += 1


def _tell_disputes(labelled: _Labelled, tally: Tally) -> None:
    for start, end in sorted(labelled.disputed):
        tally.problem(
            labelled.source,
            None,
            f"信件“{labelled.letter.id}”的同一处有不同的标签,未采用:“{labelled.letter.text[start:end][:30]}”。",
            "若由不同的人标注,请加“标注人”列,或用 --annotator、--by-file 区分。",
        )


def _tell_contradictions(labelled: _Labelled, tally: Tally) -> None:
    """Drop the label set of a paragraph whose sentences, labelled one by one, say something else."""
    units = Units(labelled.letter)
    for span, own in list(labelled.bags.items()):
        members = [units.sentences[i] for i in units.covered(*span)[0]]
        carried = frozenset[Label]().union(*(labelled.given.get(s, frozenset()) for s in members))
        complete = all(s in labelled.given for s in members)
        if carried - own or (complete and carried != own):
            del labelled.bags[span]
            tally.problem(
                labelled.source,
                None,
                f"信件“{labelled.letter.id}”一段的标签与其中各句的标签矛盾,以句子为准:“{labelled.letter.text[span[0] : span[1]][:30]}”。",
                "请核对这一段。",
            )


def _moved(labelled: _Labelled, text: str, tally: Tally) -> _Labelled:
    """The labels of a letter moved to its original text."""
    letter = parse_folded(text, fold(text), id=labelled.letter.id, source=labelled.source)
    haystack = haystack_of(letter)
    units = Units(letter)
    moved = _Labelled(letter, labelled.source, labelled.meta, carried=labelled.carried)
    old = labelled.letter.text
    for bag, given in ((False, labelled.given), (True, labelled.bags)):
        near = 0
        for (start, end), labels in sorted(given.items()):
            found: Found | None = haystack.find(old[start:end], near=near)
            covered = units.covered(found.start, found.end)[0] if found else []
            if found is None or not covered:
                if labels:
                    tally.problem(
                        labelled.source,
                        None,
                        f"信件“{letter.id}”的原文中找不到:“{old[start:end][:30]}”。",
                        "标注后改动过大;请对照原文重新标注这一处。",
                    )
                continue
            near = found.end
            tally.notes["edited" if found.edited else "moved"] += 1
            paragraphs = {units.paragraph_of[i] for i in covered}
            index = paragraphs.pop()
            if bag and not paragraphs and set(units.members[index]) <= set(covered):
                moved.give(units.paragraphs[index], labels, bag=True)
            elif len(covered) == 1 or not labels:
                for i in covered:
                    moved.give(units.sentences[i], labels)
            else:
                tally.problem(
                    labelled.source,
                    None,
                    f"信件“{letter.id}”的原文断句不同,无法对应:“{old[start:end][:30]}”。",
                    "请对照原文重新标注这一处。",
                )
    return moved


def _merge(earlier: _Labelled, later: _Labelled, tally: Tally) -> None:
    """A second file's labels of the same letter by the same annotator into the first's."""
    if later.letter.text != earlier.letter.text:
        later = _moved(later, earlier.letter.text, tally)
    for span, labels in later.given.items():
        if span in earlier.given and earlier.given[span] == labels:
            tally.notes["twice"] += 1
        earlier.give(span, labels)
    for span, labels in later.bags.items():
        earlier.give(span, labels, bag=True)
    earlier.disputed |= later.disputed
    earlier.meta = {**later.meta, **earlier.meta}
