"""Throughput and memory of tagging a corpus, beside what people use today. One command, one table.

usage: python tests/bench/speed.py [--texts FILE.jsonl ...] [--mb 50] [--rounds 3] [--curve]

Every contender is a process of its own that reads the same JSON lines and writes its answers; what is timed is the
whole process, import and start included. The texts (by default the corpus) are repeated, with new ids, to ``--mb``
megabytes of text. Contenders take turns; medians over the rounds. Peak memory is that of the largest process.
``--curve`` shows cost and memory of ``dafu tag`` over input sizes instead.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

_RJIEBA = """
import json, sys, rjieba
engine = rjieba.Jieba()
words = 0
for line in open(sys.argv[1], encoding="utf-8"):
    words += len(engine.cut(json.loads(line)["text"], False))
"""
_TRAIN = """
import sys, joblib, logging
from pathlib import Path
import jieba
jieba.setLogLevel(logging.WARNING)
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from dafu.classifier import label_matrix
from dafu.corpus import load_corpus
from dafu.records import LABELS
letters = [x for x in load_corpus(Path(sys.argv[1])) if x.split != "heldout"]
texts = [" ".join(jieba.cut(x.letter.text[s.start:s.end])) for x in letters for s in x.letter.sentences]
y = label_matrix([own for x in letters for own in x.labels], LABELS)
model = make_pipeline(
    TfidfVectorizer(token_pattern=r"(?u)\\S+", ngram_range=(1, 2), min_df=2),
    OneVsRestClassifier(LogisticRegression(C=4, max_iter=1000)),
)
joblib.dump(model.fit(texts, y), sys.argv[2])
"""
_TFIDF = """
import csv, json, logging, re, sys
import jieba, joblib
jieba.setLogLevel(logging.WARNING)
model = joblib.load(sys.argv[2])
with open(sys.argv[3], "w", encoding="utf-8", newline="") as out:
    writer = csv.writer(out)
    for line in open(sys.argv[1], encoding="utf-8"):
        row = json.loads(line)
        sentences = [s for s in re.split(r"(?<=[。！？；\\n])", row["text"]) if s.strip()]
        if not sentences:
            continue
        said = model.predict([" ".join(jieba.cut(s)) for s in sentences])
        writer.writerows((row["id"], s, *labels) for s, labels in zip(sentences, said))
"""


def write_input(sources: Sequence[Path], path: Path, megabytes: float) -> float:
    """Rows of the sources, repeated with new ids, until there are ``megabytes`` of text; the megabytes written."""
    rows = [json.loads(line) for source in sources for line in source.open(encoding="utf-8") if line.strip()]
    size = 0
    with path.open("w", encoding="utf-8") as out:
        turn = 0
        while size < megabytes * 1e6:
            for row in rows:
                if size >= megabytes * 1e6:
                    break
                out.write(
                    json.dumps({"id": f"{turn}-{row['id']}", "text": row["text"]}, ensure_ascii=False) + "\n"
                )
                size += len(row["text"].encode())
            turn += 1
    return size / 1e6


def run(command: Sequence[str], environment: dict[str, str]) -> tuple[float, float]:
    """Seconds and peak megabytes of a process and its children (the largest of them)."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    peak = 0.0
    while process.poll() is None:
        peak = max([peak, *(_resident(pid) for pid in [process.pid, *_children(process.pid)])])
        time.sleep(0.05)
    if process.returncode not in (0, 1):
        raise SystemExit(f"{command[:4]} failed with {process.returncode}")
    return time.perf_counter() - started, peak


def _children(pid: int) -> list[int]:
    try:
        return [int(p) for p in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _resident(pid: int) -> float:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    except (OSError, IndexError):
        return 0.0


def contenders(folder: Path, source: Path) -> dict[str, list[str]]:
    """Commands by name."""
    python = sys.executable
    dafu = [python, "-m", "dafu", "tag", str(source), "--quiet"]
    model = folder / "tfidf.joblib"
    subprocess.run([python, "-c", _TRAIN, str(ROOT / "corpus"), str(model)], check=True)
    return {
        "dafu, everything, 1 worker": [*dafu, "--jobs", "1", "-o", str(folder / "one")],
        "dafu, everything, 2 workers": [*dafu, "--jobs", "2", "-o", str(folder / "two")],
        "dafu --only labels, 1 worker": [
            *dafu,
            "--jobs",
            "1",
            "--only",
            "labels",
            "-o",
            str(folder / "labels"),
        ],
        "jieba + TF-IDF + LR (labels)": [
            python,
            "-c",
            _TFIDF,
            str(source),
            str(model),
            str(folder / "t.csv"),
        ],
        "rjieba, cutting alone": [python, "-c", _RJIEBA, str(source)],
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--texts", nargs="*", type=Path, default=sorted((ROOT / "corpus").glob("*.jsonl")))
    parser.add_argument("--mb", type=float, default=50)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--curve", action="store_true")
    args = parser.parse_args()
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    with tempfile.TemporaryDirectory() as name:
        folder, source = Path(name), Path(name) / "in.jsonl"
        if args.curve:
            print("| MB | seconds | MB/s | peak MB of a process |\n| --- | --- | --- | --- |")
            for megabytes in (1, 4, 16, 64, 256, 1024):
                if megabytes > args.mb:
                    break
                size = write_input(args.texts, source, megabytes)
                command = [
                    sys.executable,
                    "-m",
                    "dafu",
                    "tag",
                    str(source),
                    "--quiet",
                    "-o",
                    str(folder / f"o{megabytes}"),
                ]
                seconds, peak = run(command, environment)
                print(f"| {size:.0f} | {seconds:.1f} | {size / seconds:.2f} | {peak:.0f} |", flush=True)
            return
        size = write_input(args.texts, source, args.mb)
        commands = contenders(folder, source)
        results: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
        for _ in range(args.rounds):
            for contender, command in commands.items():
                subprocess.run(
                    ["rm", "-rf", *(str(folder / x) for x in ("one", "two", "labels"))], check=True
                )
                results[contender].append(run(command, environment))
        base = statistics.median(seconds for seconds, _ in results["jieba + TF-IDF + LR (labels)"])
        print(f"{size:.0f} MB of text, {args.rounds} rounds, medians\n")
        print("| | MB/s | times TF-IDF | peak MB of a process |\n| --- | --- | --- | --- |")
        for contender, measured in results.items():
            seconds = statistics.median(s for s, _ in measured)
            peak = max(p for _, p in measured)
            print(f"| {contender} | {size / seconds:.2f} | {base / seconds:.1f} | {peak:.0f} |")


if __name__ == "__main__":
    main()
