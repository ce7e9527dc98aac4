"""Labelled letters: load, validate, split, and the marked text that they are written in."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dafu.errors import CorpusError, nearest
from dafu.folding import fold
from dafu.letter import parse_folded
from dafu.records import LABELS, Label, Letter
from dafu.sentences import paragraph_spans, sentence_spans
from dafu.settings import policy_fields

#: Share of the issuing bodies, in per cent, that go to the held-out and to the development split.
HELDOUT_PERCENT, DEV_PERCENT = 15, 10
SPLITS = ("train", "dev", "heldout")
_MARK = re.compile(r"\{([CPQ]*)(!?)\}")
_LETTERS_OF_LABELS: Mapping[str, Label] = {"C": "completed", "P": "planned", "Q": "quantitative"}


@dataclass(frozen=True, slots=True)
class LabelledLetter:
    """A letter with the labels of its sentences, aligned with ``letter.sentences``.

    ``meta`` is what the corpus says of it: field, level, issuer, year, kind, split, …
    """

    letter: Letter
    labels: tuple[frozenset[Label], ...]
    meta: Mapping[str, Any]

    @property
    def split(self) -> str:
        """``train``, ``dev`` or ``heldout``; letters without a split train."""
        return str(self.meta.get("split", "train"))

    @property
    def issuer(self) -> str:
        """The issuing body, by which splits and folds are made; the letter's id where it is unknown."""
        return str(self.meta.get("issuer") or self.letter.id)


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
    """A corpus row ``{"id", "text", "meta", "spans": [{"start", "end", "label"}]}`` as a labelled letter.

    Raises:
        CorpusError: a missing key, an unknown label, or a span that is not exactly one sentence.
    """
    for key in ("id", "text", "spans"):
        if key not in row:
            raise CorpusError(f"{where}: no {key!r} in the row / 缺少 {key!r}")
    text = row["text"]
    letter = parse_folded(text, fold(text), id=str(row["id"]), source=where)
    index = {(s.start, s.end): i for i, s in enumerate(letter.sentences)}
    found: list[set[Label]] = [set() for _ in letter.sentences]
    for span in row["spans"]:
        label = span["label"]
        if label not in labels:
            raise CorpusError(f"{where}: unknown label {label!r}; {nearest(label, labels)} / 未知标签")
        at = index.get((span["start"], span["end"]))
        if at is None:
            raise CorpusError(
                f"{where}: span {span['start']}–{span['end']} is not a sentence / 不是完整的一句: "
                f"{text[span['start'] : span['end']][:40]!r}"
            )
        found[at].add(label)
    return LabelledLetter(letter, tuple(map(frozenset, found)), row.get("meta", {}))


def to_row(labelled: LabelledLetter, labels: Sequence[Label] = LABELS) -> dict[str, Any]:
    """The inverse of :func:`from_row`; spans in text order, several on a sentence with several labels."""
    spans = [
        {"start": s.start, "end": s.end, "label": label}
        for s, given in zip(labelled.letter.sentences, labelled.labels, strict=True)
        for label in labels
        if label in given
    ]
    return {
        "id": labelled.letter.id,
        "text": labelled.letter.text,
        "meta": dict(labelled.meta),
        "spans": spans,
    }


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
