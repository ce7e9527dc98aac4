"""Quality floors that only rise. Run ``python tests/gate/gate.py --update`` after the model or the data changed.

Measured: F1 of each label for sentences, macro-F1, exact label sets, paragraphs' primary label and calibration on
the corpus' held-out bodies, on which nothing is trained; per kind the share of contrast pairs (``contrast.jsonl``) of which
both halves are right; and the tables of figures and commitments (``corpus/ledger/``). ``floors.json`` keeps the floors, a little below what was
measured so that another processor's rounding does not fail them, and the digest of the data they were measured
on. A floor is lowered only with ``--lower "reason"``, which is kept in the file.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import dafu
from dafu.corpus import load_corpus
from dafu.evaluation import as_dict, score, tag_labelled
from dafu.records import Document
from dafu.tagger import Tagger

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "tests" / "bench"))
import ledger  # type: ignore[import-not-found]  # noqa: E402

FLOORS = HERE / "floors.json"
CONTRAST = HERE / "contrast.jsonl"
#: How far below the measured value a floor lies.
_SLACK = 0.004


def data_digest() -> str:
    """SHA-256 of the held-out letters, the labelled tables and the contrast pairs."""
    digest = hashlib.sha256()
    for file in [
        *sorted((ROOT / "corpus").glob("*.jsonl")),
        *sorted((ROOT / "corpus" / "ledger").glob("*.jsonl")),
        CONTRAST,
    ]:
        for line in file.read_bytes().splitlines():
            if file.parent.name != "corpus" or b'"split":"heldout"' in line:
                digest.update(line)
    return digest.hexdigest()


def contrast_pairs() -> list[dict[str, Any]]:
    return [json.loads(line) for line in CONTRAST.read_text(encoding="utf-8").splitlines() if line.strip()]


def pair_results(tagger: Tagger, pairs: list[dict[str, Any]]) -> list[tuple[dict[str, Any], bool]]:
    """Each pair, and whether both of its target sentences have exactly their labels."""
    documents = [Document(f"{p['id']}{half}", p[half]["text"], "") for p in pairs for half in "ab"]
    right: list[bool] = []
    for tagged, half in zip(tagger.pipe(documents), [p[h] for p in pairs for h in "ab"], strict=True):
        start = half["text"].index(half["sentence"])
        end = start + len(half["sentence"])
        said = next(
            tag.labels
            for s, tag in zip(tagged.letter.sentences, tagged.sentences, strict=True)
            if s.start < end and start < s.end
        )
        right.append(set(said) == set(half["labels"]))
    return [(pair, right[2 * i] and right[2 * i + 1]) for i, pair in enumerate(pairs)]


def measure() -> dict[str, float]:
    """Every guarded measure by name; higher is better."""
    tagger = dafu.load()
    heldout = [x for x in load_corpus(ROOT / "corpus") if x.split == "heldout"]
    report = as_dict(score(tag_labelled(tagger, heldout)))
    values = {f"heldout sentence {name} F1": v["f1"] for name, v in report["labels"].items()}
    values["heldout sentence macro-F1"] = report["macro_f1"]
    values["heldout exact label sets"] = report["exact"]
    values["heldout paragraph primary"] = report["paragraph_primary"]
    values["heldout calibration (1 - ECE)"] = 1 - report["calibration_error"]
    kinds: defaultdict[str, list[bool]] = defaultdict(list)
    for pair, right in pair_results(tagger, contrast_pairs()):
        kinds["all"].append(right)
        kinds[pair["kind"]].append(right)
    values |= {f"contrast {kind}": sum(found) / len(found) for kind, found in kinds.items()}
    tables = ledger.measure(given=False)
    values |= {f"ledger {name}": tables[name] for name in tables if not name.startswith("rows")}
    return {name: round(value, 4) for name, value in values.items()}


def read_floors() -> dict[str, Any]:
    floors: dict[str, Any] = json.loads(FLOORS.read_text(encoding="utf-8"))
    return floors


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--update", action="store_true", help="raise the floors to what is measured now")
    parser.add_argument("--lower", metavar="REASON", help="lower floors too, and keep the reason")
    args = parser.parse_args()
    measured = measure()
    old = read_floors() if FLOORS.exists() else {"floors": {}, "lowered": []}
    for name, value in measured.items():
        print(f"{name:44} {value:.4f}  floor {old['floors'].get(name, 0):.4f}")
    below = [name for name, floor in old["floors"].items() if measured.get(name, 0.0) < floor]
    if not (args.update or args.lower):
        return 1 if below else 0
    if below and not args.lower:
        print("not updated: these fell below their floors: " + "; ".join(below), file=sys.stderr)
        return 1
    floors = {n: round(max(0.0, v - _SLACK), 4) for n, v in measured.items()}
    if not args.lower:
        floors = {n: max(v, old["floors"].get(n, 0.0)) for n, v in floors.items()}
    lowered = [*old["lowered"], *([{"reason": args.lower, "measures": below}] if below else [])]
    content = {"data": data_digest(), "floors": floors, "lowered": lowered}
    FLOORS.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
