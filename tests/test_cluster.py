"""A run on a real Dask scheduler with two worker processes, one of which is killed."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dafu.batch import Progress, RunOptions, tag_corpus
from dafu.errors import DafuError
from dafu.executors import Cluster
from dafu.tagger import Tagger
from test_batch import Deadly, letters, tree

ROOT = Path(__file__).resolve().parent.parent

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore"),  # Dask warns of its own diagnostics and of ports in use
]


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as local:
        yield local


def test_a_cluster_gives_what_one_process_gives_though_a_worker_is_killed(
    cluster: Any, tagger: Tagger, tmp_path: Path
) -> None:
    source = letters(tmp_path / "in.jsonl", 400)
    tag_corpus([str(source)], tmp_path / "here", tagger, RunOptions(shard_bytes=40_000))
    victim = next(iter(cluster.workers.values())).pid
    seen: list[Progress] = []

    def kill_one(progress: Progress) -> None:
        seen.append(progress)
        if len(seen) == 3:
            os.kill(victim, signal.SIGKILL)

    options = RunOptions(shard_bytes=40_000, cluster=cluster.scheduler_address)
    summary = tag_corpus([str(source)], tmp_path / "there", tagger, options, kill_one)
    assert summary.done == len(seen) > 10
    assert tree(tmp_path / "there") == tree(tmp_path / "here")


def test_a_document_that_ends_every_worker_becomes_a_problem(cluster: Any, tmp_path: Path) -> None:
    from dafu.records import Document, Problem
    from dafu.worker import Settings, Task

    items = (
        Document("a", "我局已办结。", "甲"),
        Deadly("毒.pdf", "毒", "dies"),
        Document("b", "我局已办结。", "乙"),
    )
    executor = Cluster(cluster.scheduler_address)
    try:
        ((_, record),) = executor.run(iter([Task(0, items, Settings(), key="x")]))  # type: ignore[arg-type]
    finally:
        executor.close()
    first, told, last = record.answers
    assert isinstance(told, Problem)
    assert told.source == "毒.pdf"
    assert not isinstance(first, Problem)
    assert not isinstance(last, Problem)


def test_a_document_that_takes_too_long_is_left(cluster: Any) -> None:
    from dafu.records import Document, Problem
    from dafu.worker import Settings, Task

    items = (Deadly("慢.txt", "慢", "spins"), Document("b", "我局已办结。", "乙"))
    executor = Cluster(cluster.scheduler_address)
    try:
        ((_, record),) = executor.run(iter([Task(0, items, Settings(seconds=0.5), key="z")]))  # type: ignore[arg-type]
    finally:
        executor.close()
    told, letter = record.answers
    assert isinstance(told, Problem)
    assert "秒" in told.reason
    assert not isinstance(letter, Problem)


def test_relative_paths_are_those_of_the_command(
    cluster: Any, tagger: Tagger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The workers were started in another folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    for name in "甲乙丙":
        (tmp_path / "in" / f"{name}.txt").write_text(f"{name}局已印发通知。\n", encoding="utf-8")
    shutil.copytree(ROOT / "models" / "default", "default")
    tag_corpus(["in"], Path("here.jsonl"), tagger, RunOptions())
    options = RunOptions(cluster=cluster.scheduler_address, model=Path("default"))
    summary = tag_corpus(["in"], Path("there.jsonl"), tagger, options)
    assert summary.counts["problems"] == 0
    assert Path("there.jsonl").read_bytes() == Path("here.jsonl").read_bytes()


def test_no_scheduler_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    distributed = pytest.importorskip("distributed")

    def refused(*_: object, **__: object) -> None:
        raise OSError("Timed out trying to connect")

    monkeypatch.setattr(distributed, "Client", refused)
    with pytest.raises(DafuError, match="连不上调度器"):
        Cluster("tcp://127.0.0.1:1")
