from __future__ import annotations

import csv
import json
import os
import random
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from filelock import FileLock

from conftest import LETTER
from dafu.batch import Progress, RunOptions, run, tag_corpus
from dafu.errors import DafuError, ModelError, OutputError
from dafu.executors import Workers
from dafu.readers import Item
from dafu.records import Document, Problem, TaggedLetter
from dafu.tagger import Tagger
from dafu.worker import Answer, Settings, Task, work

DOCUMENTS: list[Item] = [
    *(Document(str(i), f"我局已办结第{i}件。\n{LETTER}", "") for i in range(150)),
    Problem("坏.txt", None, "坏。", "修。"),
    Document("last", LETTER, ""),
]


def answers(items: list[Item], tagger: Tagger, **options: object) -> list[Answer]:
    return [
        answer
        for found, _ in run(items, tagger, RunOptions(**options))  # type: ignore[arg-type]
        for answer in found
    ]


def letters(path: Path, count: int = 60) -> Path:
    with path.open("w", encoding="utf-8") as out:
        for i in range(count):
            text = f"{LETTER}\n第{i}件:我局已修复路灯{i + 2}盏。"
            out.write(json.dumps({"id": f"信{i}", "text": text}, ensure_ascii=False) + "\n")
            if i % 20 == 7:
                out.write("{坏行\n")
    return path


def tree(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_order_is_kept_and_problems_pass_through(tagger: Tagger) -> None:
    found = answers(DOCUMENTS, tagger)
    assert [x.letter.id if isinstance(x, TaggedLetter) else x.source for x in found] == [
        *map(str, range(150)),
        "坏.txt",
        "last",
    ]


@pytest.mark.slow
def test_two_workers_give_what_one_gives(tagger: Tagger, tmp_path: Path) -> None:
    assert answers(DOCUMENTS, tagger, jobs=2) == answers(DOCUMENTS, tagger)
    source = letters(tmp_path / "in.jsonl", 200)
    for jobs in (0, 1, 2):
        tag_corpus([str(source)], tmp_path / f"out{jobs}", tagger, RunOptions(jobs=jobs, shard_bytes=20_000))
    assert tree(tmp_path / "out0") == tree(tmp_path / "out1") == tree(tmp_path / "out2")


def test_a_poison_document_costs_only_itself(tagger: Tagger, monkeypatch: pytest.MonkeyPatch) -> None:
    original = Tagger.tag

    def poisoned(self: Tagger, documents):  # type: ignore[no-untyped-def]
        if any(d.id == "7" for d in documents):
            raise ValueError("poison")
        return original(self, documents)

    monkeypatch.setattr(Tagger, "tag", poisoned)
    found = answers(DOCUMENTS[:20], tagger)
    (problem,) = [x for x in found if isinstance(x, Problem)]
    assert "poison" in problem.reason
    assert len(found) == 20


def test_a_folder_of_shards_holds_every_table(tagger: Tagger, tmp_path: Path) -> None:
    source = letters(tmp_path / "in.jsonl")
    summary = tag_corpus([str(source)], tmp_path / "out", tagger, RunOptions(shard_bytes=10_000))
    out = tmp_path / "out"
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["counts"] == summary.counts
    assert len(manifest["shards"]) == summary.done > 3
    assert summary.counts["letters"] == 60
    assert summary.counts["problems"] == 3
    for name, count in (("letters", 60), ("sentences", summary.counts["sentences"]), ("commitments", None)):
        table = pq.read_table(out / name)
        assert table.num_rows == (count or summary.counts[name])
    ids = pq.read_table(out / "letters", columns=["编号"])["编号"].to_pylist()
    assert ids == [f"信{i}" for i in range(60)]
    with (out / "problems.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row["行号"] for row in csv.DictReader(file)] == ["9", "30", "51"]


@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".parquet"])
def test_one_file_from_shards_is_the_file_without_shards(tagger: Tagger, tmp_path: Path, suffix: str) -> None:
    source = letters(tmp_path / "in.jsonl")
    for name, size in (("whole", 10**9), ("parts", 5_000)):
        for level in ("sentence", "commitments"):
            tag_corpus(
                [str(source)],
                tmp_path / f"{name}-{level}{suffix}",
                tagger,
                RunOptions(shard_bytes=size, level=level),  # type: ignore[arg-type]
            )
    for level in ("sentence", "commitments"):
        whole, parts = (tmp_path / f"{n}-{level}{suffix}" for n in ("whole", "parts"))
        if suffix == ".parquet":
            assert pq.read_table(whole).equals(pq.read_table(parts))
        else:
            assert whole.read_bytes() == parts.read_bytes()
    assert not list(tmp_path.glob(".*"))
    if suffix == ".parquet":
        numbers = pq.read_table(tmp_path / "parts-commitments.parquet")["序号"].to_pylist()
        assert numbers == list(range(1, len(numbers) + 1))


def test_what_was_done_is_kept_and_what_changed_is_done_anew(tagger: Tagger, tmp_path: Path) -> None:
    source = letters(tmp_path / "in.jsonl", 200)
    out, options = tmp_path / "out", RunOptions(shard_bytes=10_000)
    first = tag_corpus([str(source)], out, tagger, options)
    before = tree(out)
    again = tag_corpus([str(source)], out, tagger, options)
    assert (again.done, again.kept, again.counts) == (0, first.done, first.counts)
    assert tree(out) == before
    lines = source.read_text(encoding="utf-8").splitlines()
    lines[40] = lines[40].replace("路灯", "井盖")
    source.write_text("\n".join(lines) + "\n", encoding="utf-8")
    changed = tag_corpus([str(source)], out, tagger, options)
    assert 0 < changed.done < first.done / 2
    fresh = tmp_path / "fresh"
    tag_corpus([str(source)], fresh, tagger, options)
    assert tree(out) == tree(fresh)
    labels_only = RunOptions(shard_bytes=10_000, only_labels=True)
    other = tag_corpus([str(source)], out, Tagger(tagger.model, only_labels=True), labels_only)
    assert other.changed == ("输出设置",)
    assert other.kept == 0


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_a_row_of_other_metadata_is_done_again(tagger: Tagger, tmp_path: Path, suffix: str) -> None:
    source, text = tmp_path / f"in.{suffix}", "去年，我局修复路灯12盏。"

    def dates(year: str, **options: Any) -> tuple[list[str], int]:
        rows = [{"id": "甲", "text": text, "年份": year}, {"id": "乙", "text": text, "年份": None}]
        if suffix == "parquet":
            pq.write_table(pa.Table.from_pylist(rows), source)
        elif suffix == "jsonl":
            source.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
        else:
            with source.open("w", encoding="utf-8", newline="") as file:
                table = csv.DictWriter(file, rows[0])
                table.writeheader()
                table.writerows(rows)
        done = tag_corpus([str(source)], tmp_path / "out", tagger, RunOptions(**options)).done
        return [str(day) for day in pq.read_table(tmp_path / "out" / "figures")["时期起"].to_pylist()], done

    assert dates("2019") == (["2018-01-01", "None"], 1)
    assert dates("2019") == (["2018-01-01", "None"], 0)
    assert dates("2020") == (["2019-01-01", "None"], 1)


def test_a_broken_part_is_done_again(tagger: Tagger, tmp_path: Path) -> None:
    source, out = letters(tmp_path / "in.jsonl"), tmp_path / "out"
    options = RunOptions(shard_bytes=10_000)
    tag_corpus([str(source)], out, tagger, options)
    before = tree(out)
    part, *_ = sorted((out / "sentences").iterdir())
    part.write_bytes(part.read_bytes()[:-7])
    record = sorted((out / "_shards").iterdir())[1]
    record.write_text("{", encoding="utf-8")
    seen: list[Progress] = []
    summary = tag_corpus([str(source)], out, tagger, options, seen.append)
    assert summary.done == 2
    assert [p.kept for p in seen].count(False) == 2
    assert tree(out) == before


def test_outputs_that_cannot_be_written_are_refused(tagger: Tagger, tmp_path: Path) -> None:
    source = letters(tmp_path / "in.jsonl", 3)
    (tmp_path / "file").write_text("x", encoding="utf-8")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "foto.txt").write_text("x", encoding="utf-8")
    for name, message in (("file", "同名文件"), ("mine", "不是空的"), ("none/out", "无法写入")):
        with pytest.raises(OutputError, match=message):
            tag_corpus([str(source)], tmp_path / name, tagger, RunOptions())
    assert (tmp_path / "mine" / "foto.txt").exists()


def test_two_runs_do_not_write_one_output(tagger: Tagger, tmp_path: Path) -> None:
    source, out = letters(tmp_path / "in.jsonl", 3), tmp_path / "out"
    tag_corpus([str(source)], out, tagger, RunOptions())
    with FileLock(out / "_lock"), pytest.raises(OutputError, match="另一个 dafu"):
        tag_corpus([str(source)], out, tagger, RunOptions())
    (out / "_lock").touch()  # of a run that was killed
    assert tag_corpus([str(source)], out, tagger, RunOptions()).kept == 1


def test_tables_that_are_no_longer_written_go_and_what_is_not_dafus_stays(
    tagger: Tagger, tmp_path: Path
) -> None:
    source, out = letters(tmp_path / "in.jsonl", 3), tmp_path / "out"
    tag_corpus([str(source)], out, tagger, RunOptions())
    (out / "mine").mkdir()
    (out / "mine" / "part-1.csv").write_text("x", encoding="utf-8")
    tag_corpus([str(source)], out, Tagger(tagger.model, only_labels=True), RunOptions(only_labels=True))
    assert sorted(p.name for p in out.iterdir() if p.is_dir()) == [
        "_shards",
        "letters",
        "mine",
        "paragraphs",
        "sentences",
    ]
    assert list((out / "mine").iterdir())


@pytest.mark.slow
def test_a_worker_lost_before_the_next_task_costs_nothing(
    tagger: Tagger, monkeypatch: pytest.MonkeyPatch
) -> None:
    original, calls = Workers._submit, []

    def broken_once(self: Workers, *args, **kwargs):  # type: ignore[no-untyped-def]
        calls.append(args)
        if len(calls) == 2:
            raise BrokenProcessPool
        return original(self, *args, **kwargs)

    monkeypatch.setattr(Workers, "_submit", broken_once)
    monkeypatch.setattr("dafu.batch._STREAM_BYTES", 40_000)
    assert answers(DOCUMENTS, tagger, jobs=2) == answers(DOCUMENTS, tagger)
    assert len(calls) > 3


def test_a_model_that_changes_under_a_run_is_refused(tagger: Tagger) -> None:
    task = Task(0, (DOCUMENTS[0],), Settings(name="other@0"))
    with pytest.raises(ModelError, match="model changed"):
        work(task)


def test_a_full_disk_ends_the_run_and_keeps_what_was_done(
    tagger: Tagger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, out = letters(tmp_path / "in.jsonl"), tmp_path / "out"
    options = RunOptions(shard_bytes=10_000)
    original = pq.ParquetWriter.write_table
    calls = 0

    def full(self, *args, **kwargs):  # type: ignore[no-untyped-def]
        nonlocal calls
        calls += 1
        if calls == 15:
            raise OSError(28, "No space left on device")
        return original(self, *args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(pq.ParquetWriter, "write_table", full)
        with pytest.raises(OutputError, match="无法写入"):
            tag_corpus([str(source)], out, tagger, options)
    assert not (out / "manifest.json").exists()
    summary = tag_corpus([str(source)], out, tagger, options)
    assert summary.kept > 0
    tag_corpus([str(source)], tmp_path / "fresh", tagger, options)
    assert tree(out) == tree(tmp_path / "fresh")


def test_overlong_texts_are_told(tagger: Tagger) -> None:
    (problem,) = answers([Document("长", "我局已办结。" * 200_000, "长.txt")], tagger)
    assert isinstance(problem, Problem)
    assert "拆分" in problem.remedy


@dataclass(frozen=True)
class Deadly:
    """A document that ends the process that reads it, or never lets go of it."""

    source: str
    id: str
    way: str
    data: bytes = b""

    @property
    def size(self) -> int:
        return 1

    def read(self) -> bytes:
        if self.way == "dies":
            os.kill(os.getpid(), signal.SIGKILL)
        if self.way == "deaf":
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
        while self.way == "spins":
            pass
        time.sleep(600)
        return b""


def test_a_document_that_takes_too_long_is_left(tagger: Tagger, tmp_path: Path) -> None:
    task = Task(0, (Deadly("慢", "慢", "slow"), DOCUMENTS[0]), Settings(seconds=0.3))  # type: ignore[arg-type]
    problem, letter = work(task, tagger).answers
    assert isinstance(problem, Problem)
    assert "秒" in problem.reason
    assert isinstance(letter, TaggedLetter)


def test_the_limit_of_time_holds_in_a_worker_thread(tagger: Tagger) -> None:
    """Threads of a Dask worker get no signals."""
    task = Task(0, (Deadly("慢", "慢", "spins"), DOCUMENTS[0]), Settings(seconds=0.3))  # type: ignore[arg-type]
    with ThreadPoolExecutor(1) as pool:
        problem, letter = pool.submit(work, task, tagger).result().answers
    assert isinstance(problem, Problem)
    assert "秒" in problem.reason
    assert isinstance(letter, TaggedLetter)


@pytest.mark.slow
@pytest.mark.parametrize("way", ["dies", "deaf"])
def test_a_worker_that_dies_or_hangs_costs_one_document(tagger: Tagger, way: str) -> None:
    items = [*DOCUMENTS[:60], Deadly("毒.pdf", "毒", way), *DOCUMENTS[60:]]
    found = answers(items, tagger, jobs=2, seconds=1.5)  # type: ignore[arg-type]
    assert len(found) == len(items)
    told = found[60]
    assert isinstance(told, Problem)
    assert (told.source, "中止" in told.reason) == ("毒.pdf", True)
    assert [*found[:60], *found[61:]] == answers(DOCUMENTS, tagger)


def test_a_task_that_ends_every_worker_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    workers = Workers(1)
    monkeypatch.setattr(Workers, "_survives", lambda *_: (False, None))
    with pytest.raises(DafuError, match="内存"):
        workers._alone(Task(0, (DOCUMENTS[0],), Settings()))


def _workers(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [int(p) for p in children if b"LokyProcess" in Path(f"/proc/{p}/cmdline").read_bytes()]
    except OSError:
        return []


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc to find the workers")
@pytest.mark.parametrize("out", ["out", "out.jsonl"])
def test_a_run_killed_at_random_ends_as_an_undisturbed_one(tmp_path: Path, tagger: Tagger, out: str) -> None:
    source = letters(tmp_path / "in.jsonl", 900)
    size = 60_000
    undisturbed = tmp_path / "undisturbed" / out
    undisturbed.parent.mkdir()
    tag_corpus([str(source)], undisturbed, tagger, RunOptions(shard_bytes=size))
    disturbed = tmp_path / "disturbed" / out
    disturbed.parent.mkdir()
    command = [
        sys.executable, "-m", "dafu", "tag", str(source), "-o", str(disturbed), "--jobs", "2",
        "--shard-mb", str(size / 1_000_000), "--quiet",
    ]  # fmt: skip
    chance = random.Random(out)
    killed = 0
    log = tmp_path / "log"
    for last in (False, False, False, False, True):
        with log.open("w") as told:
            process = subprocess.Popen(command, stderr=told)
        time.sleep(chance.uniform(1, 4))
        workers = _workers(process.pid)
        if workers and (last or chance.random() < 0.5):
            os.kill(chance.choice(workers), signal.SIGKILL)
            time.sleep(chance.uniform(0, 1))
        if not last and process.poll() is None:
            process.kill()
            killed += 1
        process.wait(300)
    assert process.returncode == 1, log.read_text(encoding="utf-8")  # the broken lines are told
    assert killed >= 2
    time.sleep(3)  # a worker of a killed run may finish its last part; it then sees that it is alone
    assert tree(disturbed.parent) == tree(undisturbed.parent)


@pytest.mark.skipif(os.name != "posix", reason="elsewhere a launcher may stand between a worker and its run")
def test_a_worker_whose_run_was_killed_while_it_started_ends() -> None:
    program = "import time; from dafu.executors import _end_with; _end_with(2**31 - 1); time.sleep(300)"
    assert subprocess.run([sys.executable, "-c", program], timeout=60).returncode == 1
