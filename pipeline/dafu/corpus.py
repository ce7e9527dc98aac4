"""Labelled letters: load, validate, split, and the marked text that they are written in."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from dafu.errors import CorpusError, nearest
from dafu.folding import fold
from dafu.header import completed
from dafu.letter import parse_folded
from dafu.records import LABELS, Label, Letter
from dafu.sentences import paragraph_spans, sentence_spans
from dafu.settings import policy_fields

#: Share of the issuing bodies, in per cent, that go to the held-out and to the development split.
HELDOUT_PERCENT, DEV_PERCENT = 15, 10
_MARK = re.compile(r"\{([CPQ]*)(!?)\}")
_LETTERS_OF_LABELS: Mapping[str, Label] = {"C": "completed", "P": "planned", "Q": "quantitative"}


@dataclass(frozen=True, slots=True)
class Bag:
    """The labels of a whole paragraph: its sentences carry only these, each of these at least once.

    ``paragraph`` is an index into ``letter.paragraphs``, ``sentences`` are indices into ``letter.sentences``.
    """

    paragraph: int
    sentences: tuple[int, ...]
    labels: frozenset[Label]


@dataclass(frozen=True, slots=True)
class LabelledLetter:
    """A letter with the labels of its sentences, aligned with ``letter.sentences``.

    ``meta`` is what the corpus says of it: field, level, issuer, year, kind, split, annotator, … ``bags`` are
    labels of whole paragraphs. ``seen`` says of each sentence whether somebody looked at it by itself
    (``None``: at all of them); the labels of an unseen sentence are empty and mean nothing.
    """

    letter: Letter
    labels: tuple[frozenset[Label], ...]
    meta: Mapping[str, Any]
    bags: tuple[Bag, ...] = ()
    seen: tuple[bool, ...] | None = None

    @property
    def dated(self) -> Letter:
        """The letter with the year that the corpus gives it, where it has no date of its own."""
        year = str(self.meta.get("year") or "")
        return replace(self.letter, meta=completed(self.letter.meta, {"date": year}))

    @property
    def known(self) -> tuple[bool, ...]:
        """Whether each sentence's labels are known by themselves."""
        return (True,) * len(self.labels) if self.seen is None else self.seen

    @property
    def split(self) -> str:
        """``train``, ``dev`` or ``heldout``; letters without a split train."""
        return str(self.meta.get("split", "train"))

    @property
    def issuer(self) -> str:
        """The issuing body, by which splits and folds are made: as given, else as the letter itself says, else its id."""
        return str(self.meta.get("issuer") or self.letter.meta.issuer or self.letter.id)


def split_of(issuer: str) -> str:
    """The split of an issuing body: a fixed function of its name, so that a grown corpus keeps its splits."""
    bucket = int.from_bytes(hashlib.sha256(issuer.encode()).digest()[:8], "big") % 100
    return (
        "heldout"
        if bucket < HELDOUT_PERCENT
        else "dev"
        if bucket < HELDOUT_PERCENT + DEV_PERCENT
        else "train"
    )


def fold_of(issuer: str, folds: int) -> int:
    """The cross-validation fold of an issuing body, from 0 to ``folds`` - 1."""
    return int.from_bytes(hashlib.sha256(issuer.encode()).digest()[8:16], "big") % folds


def corpus_files(path: Path) -> list[Path]:
    """The ``.jsonl`` files of a corpus folder (or the one file), in order.

    Raises:
        CorpusError: there is none.
    """
    files = [path] if path.is_file() else sorted(path.glob("*.jsonl"))
    if not files:
        raise CorpusError(f"{path}: no .jsonl file with labelled letters / 找不到标注语料(.jsonl)")
    return files


def load_corpus(path: Path, *, labels: Sequence[Label] = LABELS) -> list[LabelledLetter]:
    """All labelled letters of a corpus folder or file, in file order.

    Raises:
        CorpusError: a row is not of the corpus' form, a span is not a sentence, a label is unknown, an id
            stands twice; the message names file and line.
    """
    letters: list[LabelledLetter] = []
    seen: dict[str, str] = {}
    for file in corpus_files(path):
        with file.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                if not line.strip():
                    continue
                where = f"{file.name}:{number}"
                try:
                    row = json.loads(line)
                except json.JSONDecodeError as error:
                    raise CorpusError(f"{where}: not valid JSON / 不是有效的 JSON: {error}") from error
                labelled = from_row(row, where, labels=labels)
                id = labelled.letter.id
                if id in seen:
                    raise CorpusError(f"{where}: id {id!r} stands twice, first at {seen[id]} / 编号重复")
                seen[id] = where
                letters.append(labelled)
    return letters


def from_row(row: Mapping[str, Any], where: str, *, labels: Sequence[Label] = LABELS) -> LabelledLetter:
    """A row of labelled letters as a labelled letter.

    The row is ``{"id", "text", "meta", "spans": [{"start", "end", "label"}]}``, with labels of whole sentences,
    and optionally ``"paragraphs": [{"start", "end", "labels": […]}]``, label sets of whole paragraphs, and
    ``"seen": [[start, end], …]``, the sentences that somebody looked at. Without ``seen`` these are all
    sentences, or, where there are ``paragraphs``, those that have a span.

    Raises:
        CorpusError: a missing key, a value of another type, an unknown label, a span that is not exactly one
            sentence or paragraph, or labels of a paragraph and of its sentences that contradict each other.
    """
    if not isinstance(row, Mapping):
        raise CorpusError(f"{where}: not a JSON object / 不是 JSON 对象")
    for key in ("id", "text", "spans"):
        if key not in row:
            raise CorpusError(f"{where}: no {key!r} in the row / 缺少 {key!r}")
    text = row["text"]
    if not isinstance(text, str) or not text.strip():
        raise CorpusError(f"{where}: the letter {row['id']!r} has no text / 信件没有正文")
    letter = parse_folded(text, fold(text), id=str(row["id"]), source=where)
    sentences = {(s.start, s.end): i for i, s in enumerate(letter.sentences)}
    found: list[set[Label]] = [set() for _ in letter.sentences]
    for span in _items(row, "spans", where):
        at = _place(span, sentences, text, "a sentence / 不是完整的一句", where)
        found[at].add(_known_label(span.get("label"), labels, where))
    bags = tuple(_bags(row, letter, labels, where))
    seen: tuple[bool, ...] | None = None
    if row.get("seen") is not None:
        looked = [
            _place({"start": a, "end": b}, sentences, text, "a sentence / 不是完整的一句", where)
            for a, b in _pairs(row["seen"], where)
        ]
        seen = tuple(i in set(looked) or bool(given) for i, given in enumerate(found))
    elif row.get("paragraphs") is not None:
        seen = tuple(bool(given) for given in found)
    meta = row.get("meta") or {}
    if not isinstance(meta, Mapping):
        raise CorpusError(f"{where}: 'meta' is not an object / meta 不是对象")
    labelled = LabelledLetter(letter, tuple(map(frozenset, found)), meta, bags, seen)
    for bag in bags:
        _check_bag(labelled, bag, where)
    return labelled


def _items(row: Mapping[str, Any], key: str, where: str) -> Sequence[Mapping[str, Any]]:
    items = row.get(key)
    if items is None:
        return []
    if not isinstance(items, list) or not all(isinstance(item, Mapping) for item in items):
        raise CorpusError(f"{where}: {key!r} is not a list of objects / {key} 应为对象列表")
    return items


def _pairs(value: object, where: str) -> Sequence[tuple[int, int]]:
    if not isinstance(value, list) or not all(isinstance(v, (list, tuple)) and len(v) == 2 for v in value):
        raise CorpusError(f"{where}: 'seen' is not a list of [start, end] / seen 应为 [起, 止] 列表")
    return [(v[0], v[1]) for v in value]


def _place(
    span: Mapping[str, Any], places: Mapping[tuple[int, int], int], text: str, what: str, where: str
) -> int:
    start, end = span.get("start"), span.get("end")
    if isinstance(start, int) and isinstance(end, int):
        at = places.get((start, end))
        if at is not None:
            return at
        if not 0 <= start <= end <= len(text):
            raise CorpusError(
                f"{where}: span {start}–{end} lies outside the text of {len(text)} characters / 区间超出正文({len(text)} 字)"
            )
        raise CorpusError(f"{where}: span {start}–{end} is not {what}: {text[start:end][:40]!r}")
    raise CorpusError(f"{where}: span {start!r}–{end!r} is not of whole numbers / 起止位置应为整数")


def _known_label(label: object, labels: Sequence[Label], where: str) -> Label:
    if not isinstance(label, str) or label not in labels:
        raise CorpusError(f"{where}: unknown label {label!r}; {nearest(str(label), labels)} / 未知标签")
    return label


def _bags(row: Mapping[str, Any], letter: Letter, labels: Sequence[Label], where: str) -> Iterator[Bag]:
    places = {(p.start, p.end): i for i, p in enumerate(letter.paragraphs)}
    members: dict[int, list[int]] = {}
    for i, sentence in enumerate(letter.sentences):
        members.setdefault(sentence.paragraph, []).append(i)
    given: set[int] = set()
    for item in _items(row, "paragraphs", where):
        at = _place(item, places, letter.text, "a paragraph / 不是完整的一段", where)
        if at in given:
            raise CorpusError(f"{where}: paragraph {at + 1} stands twice / 第 {at + 1} 段重复标注")
        given.add(at)
        names = item.get("labels")
        if not isinstance(names, list):
            raise CorpusError(
                f"{where}: paragraph {at + 1} has no list of labels / 第 {at + 1} 段缺少标签列表"
            )
        yield Bag(
            at, tuple(members.get(at, ())), frozenset(_known_label(name, labels, where) for name in names)
        )


def _check_bag(labelled: LabelledLetter, bag: Bag, where: str) -> None:
    carried = frozenset[Label]().union(*(labelled.labels[i] for i in bag.sentences))
    complete = all(labelled.known[i] for i in bag.sentences)
    wrong = carried - bag.labels or (bag.labels - carried if complete else frozenset())
    if wrong:
        raise CorpusError(
            f"{where}: the labels of paragraph {bag.paragraph + 1} and of its sentences contradict each other "
            f"({', '.join(sorted(wrong))}) / 第 {bag.paragraph + 1} 段的段落标签与句子标签矛盾"
        )


def to_row(labelled: LabelledLetter, labels: Sequence[Label] = LABELS) -> dict[str, Any]:
    """The inverse of :func:`from_row`; spans in text order, several on a sentence with several labels."""
    letter = labelled.letter
    spans = [
        {"start": s.start, "end": s.end, "label": label}
        for s, given in zip(letter.sentences, labelled.labels, strict=True)
        for label in labels
        if label in given
    ]
    row: dict[str, Any] = {"id": letter.id, "text": letter.text, "meta": dict(labelled.meta), "spans": spans}
    if labelled.bags:
        row["paragraphs"] = [
            {
                "start": letter.paragraphs[bag.paragraph].start,
                "end": letter.paragraphs[bag.paragraph].end,
                "labels": [label for label in labels if label in bag.labels],
            }
            for bag in labelled.bags
        ]
    if labelled.seen is not None:
        row["seen"] = [
            [s.start, s.end] for s, seen in zip(letter.sentences, labelled.seen, strict=True) if seen
        ]
    return row


def read_marked(source: str, name: str) -> Iterator[dict[str, Any]]:
    """Corpus rows from marked text, the form in which letters are written and labelled by hand.

    Letters are separated by a line ``=====``; each has a head of ``key: value`` lines, a line ``---``, and
    the text, in which a mark follows each labelled sentence: ``{C}`` completed, ``{P}`` planned, ``{Q}``
    quantitative, together ``{CQ}``; ``!`` marks a sentence whose words alone mislead (``{C!}``, ``{!}``).
    ``name`` is the prefix of the ids.

    Raises:
        CorpusError: a head without ``---`` or issuer, a mark that is not at the end of a sentence.
    """
    blocks = [block for block in re.split(r"(?m)^={5,}[ \t]*\n", source) if block.strip()]
    for number, block in enumerate(blocks, 1):
        where = f"{name}#{number}"
        head, separator, body = block.partition("\n---\n")
        if not separator:
            raise CorpusError(f"{where}: no line --- between head and text / 缺少 --- 分隔行")
        meta: dict[str, Any] = {}
        for line in head.strip().splitlines():
            key, _, value = line.partition(":")
            meta[key.strip()] = value.strip()
        if not meta.get("issuer"):
            raise CorpusError(f"{where}: no issuer in the head / 缺少发文机关")
        yield _marked_row(body.strip("\n"), meta, f"{name}-{number:02d}", where)


def _marked_row(body: str, meta: dict[str, Any], id: str, where: str) -> dict[str, Any]:
    pieces: list[str] = []
    marks: list[tuple[int, str, bool]] = []
    position = length = 0
    for match in _MARK.finditer(body):
        pieces.append(body[position : match.start()])
        length += len(pieces[-1])
        marks.append((length, match[1], bool(match[2])))
        position = match.end()
    text = "".join(pieces) + body[position:]
    folded = fold(text)
    sentences = [
        s for start, end in paragraph_spans(folded) for s in sentence_spans(folded[start:end], start)
    ]
    by_end = {end: (start, end) for start, end in sentences}
    spans: list[dict[str, Any]] = []
    hard: list[list[int]] = []
    for at, letters, is_hard in marks:
        while at > 0 and at not in by_end and text[at - 1].isspace():
            at -= 1
        if at not in by_end:
            raise CorpusError(
                f"{where}: mark {{{letters}}} is not at the end of a sentence / 标记不在句末: …{text[max(0, at - 20) : at]}▲"
            )
        start, end = by_end[at]
        spans += [
            {"start": start, "end": end, "label": label}
            for key, label in _LETTERS_OF_LABELS.items()
            if key in letters
        ]
        if is_hard:
            hard.append([start, end])
    year = meta.get("year", "")
    return {
        "id": id,
        "text": text,
        "meta": {
            **meta,
            "year": int(year) if year.isdigit() else None,
            "split": split_of(meta["issuer"]),
            "hard": hard,
        },
        "spans": spans,
    }


def file_under_field(row: dict[str, Any]) -> None:
    """Name a row's policy field (``configs/fields.toml``) and, in ``row["file"]``, the corpus file it goes to.

    The matter as the head calls it is kept as ``meta["topic"]``. Replies to citizens and excerpts of work
    reports have a file each.
    """
    meta = row["meta"]
    meta["topic"] = topic = meta.get("field", "")
    key, name = next(
        ((k, f.name) for k, f in policy_fields().items() if any(w in topic for w in f.words)),
        ("other", "其他"),
    )
    meta["field"] = "综合" if meta.get("kind") == "report" and key == "other" else name
    row["file"] = {"citizen": "citizen", "report": "report"}.get(meta.get("kind", ""), key)


def write_rows(rows: Iterable[Mapping[str, Any]], path: Path) -> None:
    """Corpus rows as JSON lines, one letter a line."""
    with path.open("w", encoding="utf-8", newline="\n") as out:
        for row in rows:
            out.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")


def corpus_digest(path: Path) -> str:
    """SHA-256 over the corpus' files, in order: names do not count, contents do."""
    digest = hashlib.sha256()
    for file in corpus_files(path):
        digest.update(file.read_bytes())
    return digest.hexdigest()
