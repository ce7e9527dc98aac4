"""How well the tables of figures and commitments are filled, on letters labelled by hand.

usage: python tests/bench/ledger.py [--peers] [--errors N]

``corpus/ledger/`` holds every figure and every commitment of letters of held-out bodies, with all fields. A figure is
found where its text is the labelled one, character by character; a commitment where it shares at least half of the
characters of both together (intersection over union). Fields are compared in those that were found. A letter without
a date has the year that the corpus gives it, which the annotators were told as well. Sentences carry
the labels that the model gives them, as in use; ``labels given`` takes the corpus' labels instead, which shows the
tables' own errors. ``--peers`` adds general recognisers on the same sentences (``pip install jionlp cn2an
recognizers-text-suite 'emoji<2'``): whether they see the number at all, and read its value right.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import dafu
from dafu.corpus import LabelledLetter, load_corpus
from dafu.fitting import extracted
from dafu.verbs import OWN_BODY
from dafu.words import tokenizer

ROOT = Path(__file__).resolve().parents[2]
Row = Mapping[str, Any]
Pair = tuple[Row, Row]


def labelled(name: str) -> dict[str, list[Row]]:
    """The labelled rows of a table, by letter."""
    rows: dict[str, list[Row]] = defaultdict(list)
    with (ROOT / "corpus" / "ledger" / f"{name}.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            rows[row["letter"]].append(row)
    return rows


def letters() -> list[LabelledLetter]:
    """The letters that were labelled for the tables."""
    wanted = set(labelled("figures")) | set(labelled("commitments"))
    return [x for x in load_corpus(ROOT / "corpus") if x.letter.id in wanted]


def tables(source: Sequence[LabelledLetter], *, given: bool) -> dict[str, tuple[list[Row], list[Row]]]:
    """Figures and commitments of each letter, by the model's labels or the given ones."""
    from dafu.records import Document

    found: dict[str, tuple[list[Row], list[Row]]] = {}
    if not given:
        documents = [
            Document(x.letter.id, x.letter.text, "", meta={"date": x.dated.meta.date or ""}) for x in source
        ]
        for tagged in dafu.load().pipe(documents):
            found[tagged.letter.id] = (
                [asdict(f) for f in tagged.figures],
                [asdict(c) for c in tagged.commitments],
            )
        return found
    for x in source:
        figures, commitments = extracted(x)
        found[x.letter.id] = ([asdict(f) for f in figures], [asdict(c) for c in commitments])
    return found


def match_exact(gold: Sequence[Row], said: Sequence[Row]) -> list[Pair]:
    """Rows of the same span."""
    by_span = {(row["start"], row["end"]): row for row in said}
    return [(g, by_span[g["start"], g["end"]]) for g in gold if (g["start"], g["end"]) in by_span]


def match_half(gold: Sequence[Row], said: Sequence[Row]) -> list[Pair]:
    """Rows that share at least half of their characters, the closest first, each once."""
    candidates = []
    for i, g in enumerate(gold):
        for j, s in enumerate(said):
            shared = min(g["end"], s["end"]) - max(g["start"], s["start"])
            union = max(g["end"], s["end"]) - min(g["start"], s["start"])
            if shared > 0 and shared / union >= 0.5:
                candidates.append((-shared / union, i, j))
    left, right, pairs = set(), set(), []
    for _, i, j in sorted(candidates):
        if i not in left and j not in right:
            left.add(i)
            right.add(j)
            pairs.append((gold[i], said[j]))
    return pairs


def f1(hits: int, gold: int, said: int) -> tuple[float, float, float]:
    precision, recall = hits / max(1, said), hits / max(1, gold)
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def tokens(text: str | None) -> set[str]:
    return set(tokenizer()(text)) if text else set()


def token_f1(gold: str | None, said: str | None) -> float:
    """F1 of the words; 1 where neither says anything."""
    a, b = tokens(gold), tokens(said)
    return 1.0 if not a and not b else 2 * len(a & b) / max(1, len(a) + len(b))


def same_value(gold: Row, said: Row) -> bool:
    """Value, or both ends of a range, within a millionth; and the unit."""

    def near(a: float | None, b: float | None) -> bool:
        return a is b or (a is not None and b is not None and abs(a - b) <= 1e-6 * max(1.0, abs(a)))

    return all(near(gold[k], said[k]) for k in ("value", "low", "high")) and gold["unit"] == said["unit"]


def same_body(gold: Row, said: Row) -> bool:
    """The body as named; 我局 and the like are given as the issuer."""
    named = gold["body"]
    return bool(named == said["body"] or (named and said["body"] and OWN_BODY.fullmatch(named)))


def share(pairs: Iterable[Pair], right: Any) -> float:
    found = [float(right(g, s)) for g, s in pairs]
    return sum(found) / max(1, len(found))


def measure(given: bool, source: Sequence[LabelledLetter] | None = None) -> dict[str, float]:
    """Every measure by name."""
    source = source or letters()
    said = tables(source, given=given)
    figures, commitments = labelled("figures"), labelled("commitments")
    pairs: list[Pair] = []
    matched: list[Pair] = []
    counts = [0, 0, 0, 0]
    for x in source:
        own_figures, own_commitments = said[x.letter.id]
        pairs += match_exact(figures[x.letter.id], own_figures)
        matched += match_half(commitments[x.letter.id], own_commitments)
        counts[0] += len(figures[x.letter.id])
        counts[1] += len(own_figures)
        counts[2] += len(commitments[x.letter.id])
        counts[3] += len(own_commitments)
    values: dict[str, float] = {}
    for name, hits, gold, own in (
        ("figures", len(pairs), counts[0], counts[1]),
        ("commitments", len(matched), counts[2], counts[3]),
    ):
        for kind, value in zip(("precision", "recall", "F1"), f1(hits, gold, own), strict=True):
            values[f"{name} span {kind}"] = value
    period = ("period_start", "period_end")
    values |= {
        "figures value and unit": share(pairs, same_value),
        "figures class": share(pairs, lambda g, s: g["unit_class"] == s["unit_class"]),
        "figures approximation": share(pairs, lambda g, s: g["approx"] == s["approx"]),
        "figures change": share(pairs, lambda g, s: g["change"] == s["change"]),
        "figures base": share(pairs, lambda g, s: g["base"] == s["base"]),
        "figures change and base": share(
            pairs, lambda g, s: (g["change"], g["base"]) == (s["change"], s["base"])
        ),
        "figures period (dates)": share(pairs, lambda g, s: all(g[k] == s[k] for k in period)),
        "figures indicator (token F1)": share(pairs, lambda g, s: token_f1(g["indicator"], s["indicator"])),
        "figures scope": share(pairs, lambda g, s: g["scope"] == s["scope"]),
        "figures target": share(pairs, lambda g, s: g["target"] == s["target"]),
        "commitments action (token F1)": share(matched, lambda g, s: token_f1(g["action"], s["action"])),
        "commitments object (token F1)": share(matched, lambda g, s: token_f1(g["object"], s["object"])),
        "commitments body": share(matched, same_body),
        "commitments deadline (dates)": share(
            matched, lambda g, s: all(g[k] == s[k] for k in ("deadline_start", "deadline_end"))
        ),
        "commitments condition": share(matched, lambda g, s: bool(g["condition"]) == bool(s["condition"])),
        "commitments grade": share(matched, lambda g, s: g["grade"] == s["grade"]),
    }
    values["rows figures"], values["rows commitments"] = counts[0], counts[2]
    return values


def errors(given: bool, number: int) -> None:
    """Print what is missed, said too much, and wrong, for a reader."""
    source = letters()
    said = tables(source, given=given)
    figures, commitments = labelled("figures"), labelled("commitments")
    shown: dict[str, int] = defaultdict(int)

    def show(kind: str, *what: object) -> None:
        shown[kind] += 1
        if shown[kind] <= number:
            print(kind, *what, sep=" | ")

    for x in source:
        own_figures, own_commitments = said[x.letter.id]
        pairs = match_exact(figures[x.letter.id], own_figures)
        seen, told = {id(g) for g, _ in pairs}, {id(s) for _, s in pairs}
        sentence = {i: x.letter.text[s.start : s.end] for i, s in enumerate(x.letter.sentences)}
        for g in figures[x.letter.id]:
            if id(g) not in seen:
                show("figure missed", g["text"], sentence[g["sentence"]])
        for s in own_figures:
            if id(s) not in told:
                show("figure too much", s["text"], sentence[s["sentence"]])
        for g, s in pairs:
            for key in (
                "value",
                "unit",
                "unit_class",
                "approx",
                "change",
                "base",
                "scope",
                "target",
                "period_end",
            ):
                if g[key] != s[key]:
                    show(f"figure {key}", f"{g['text']} gold {g[key]} said {s[key]}", sentence[g["sentence"]])
            if token_f1(g["indicator"], s["indicator"]) < 0.5:
                show(
                    "indicator",
                    f"{g['text']} gold {g['indicator']} said {s['indicator']}",
                    sentence[g["sentence"]],
                )
        matched = match_half(commitments[x.letter.id], own_commitments)
        seen, told = {id(g) for g, _ in matched}, {id(s) for _, s in matched}
        for g in commitments[x.letter.id]:
            if id(g) not in seen:
                show("commitment missed", g["text"], sentence[g["sentence"]])
        for s in own_commitments:
            if id(s) not in told:
                show("commitment too much", s["text"], sentence[s["sentence"]])
        for g, s in matched:
            for key in ("body", "deadline_end", "grade", "condition"):
                if g[key] != s[key]:
                    show(f"commitment {key}", f"gold {g[key]} said {s[key]}", g["text"])
    print(dict(shown))


_DIGITS = re.compile(r"[\d.]+")


def peers(source: Sequence[LabelledLetter]) -> None:
    """General recognisers: the share of the labelled figures that they see, and whose value they read right."""
    figures = labelled("figures")
    rows = [
        (x.letter.text[s.start : s.end], s.start, [g for g in figures[x.letter.id] if g["sentence"] == i])
        for x in source
        for i, s in enumerate(x.letter.sentences)
    ]
    own = tables(source, given=False)
    mine = {(k, f["start"], f["end"]): f for k, v in own.items() for f in v[0]}
    total = sum(len(gold) for _, _, gold in rows)
    right = sum(
        same_value(g, mine[g["letter"], g["start"], g["end"]])
        for _, _, gold in rows
        for g in gold
        if (g["letter"], g["start"], g["end"]) in mine
    )
    overlap = sum(
        any(k == g["letter"] and a < g["end"] and g["start"] < b for k, a, b in mine)
        for _, _, gold in rows
        for g in gold
    )
    extra = sum(len(v[0]) for v in own.values())
    print("\n| tool | figures seen | value right | spans given |\n| --- | --- | --- | --- |")
    print(f"| dafu | {overlap / total:.3f} | {right / total:.3f} | {extra} |")
    for name, reader in (("Recognizers-Text", _recognizers()), ("JioNLP", _jionlp()), ("cn2an", _cn2an())):
        if reader is None:
            print(f"| {name} | not installed | | |")
            continue
        seen = good = spans = 0
        for text, start, gold in rows:
            found = reader(text)
            spans += len(found)
            for g in gold:
                near = [v for a, b, v in found if a + start < g["end"] and g["start"] < b + start]
                seen += bool(near)
                wanted = g["value"] if g["value"] is not None else g["high"]
                good += any(v is not None and abs(v - wanted) <= 1e-6 * max(1.0, abs(wanted)) for v in near)
        print(f"| {name} | {seen / total:.3f} | {good / total:.3f} | {spans} |")


def _recognizers() -> Any:
    try:
        from recognizers_number import recognize_number, recognize_percentage
    except ImportError:
        return None

    def read(text: str) -> list[tuple[int, int, float | None]]:
        found = []
        percents = recognize_percentage(text, "zh-cn")
        for item in percents:
            digits = _DIGITS.match(str((item.resolution or {}).get("value", "")))
            found.append((item.start, item.end + 1, float(digits[0]) / 100 if digits else None))
        for item in recognize_number(text, "zh-cn"):
            if any(p.start <= item.start <= p.end for p in percents):
                continue
            try:
                value: float | None = float((item.resolution or {}).get("value"))
            except (TypeError, ValueError):
                value = None
            found.append((item.start, item.end + 1, value))
        return found

    return read


def _jionlp() -> Any:
    try:
        import jionlp
    except Exception:  # it reads and writes files of its own when imported
        return None

    def read(text: str) -> list[tuple[int, int, float | None]]:
        found = []
        for item in jionlp.ner.extract_money(text, with_parsing=True) or []:
            number = (item.get("detail") or {}).get("num")
            try:
                value: float | None = float(number)
            except (TypeError, ValueError):
                value = None
            found.append((*item["offset"], value))
        for item in (
            jionlp.ner.extract_physical_value(text) if hasattr(jionlp.ner, "extract_physical_value") else []
        ):
            found.append((*item["offset"], None))
        return found

    return read


def _cn2an() -> Any:
    try:
        import cn2an
    except ImportError:
        return None
    number = re.compile(r"[\d.]+[十百千万亿]*|[零一二两三四五六七八九十百千万亿]+")

    def read(text: str) -> list[tuple[int, int, float | None]]:
        found = []
        for match in number.finditer(text):
            try:
                value: float | None = float(cn2an.cn2an(match.group(), "smart"))
            except ValueError:
                value = None
            found.append((match.start(), match.end(), value))
        return found

    return read


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--peers", action="store_true", help="general recognisers on the same sentences")
    parser.add_argument("--errors", type=int, metavar="N", help="print up to N errors of each kind")
    args = parser.parse_args()
    if args.errors:
        errors(given=True, number=args.errors)
        return
    source = letters()
    in_use, given = measure(False, source), measure(True, source)
    print(
        f"{len(source)} letters, {in_use['rows figures']} figures, {in_use['rows commitments']} commitments\n"
    )
    print("| measure | in use | labels given |\n| --- | --- | --- |")
    for name, value in in_use.items():
        if not name.startswith("rows"):
            print(f"| {name} | {value:.3f} | {given[name]:.3f} |")
    if args.peers:
        peers(source)


if __name__ == "__main__":
    main()
