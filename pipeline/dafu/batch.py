"""Corpora: shards, worker processes or a cluster, and going on after a break.

An output that is written in parts (a folder of Parquet files, or one .jsonl, .csv or .parquet) is cut into shards.
A shard is done when its record stands in the work folder; the record is written last, so that a run that is killed
at any moment goes on with the shards that have none. A record is found again by its key, a digest of the shard's
documents, the model, the rules and the form of the output: whatever changed is done anew, the rest is kept.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dafu import __version__
from dafu.choices import weights_digest
from dafu.errors import OutputError
from dafu.executors import Cluster, Executor, InProcess, Workers
from dafu.models import config_digest
from dafu.readers import Item, ReadOptions, list_items
from dafu.records import Problem
from dafu.shards import Shard, cut
from dafu.tables import Level
from dafu.tagger import Tagger
from dafu.worker import LETTER_SECONDS, Answer, Record, Settings, Task
from dafu.writers.base import WholeFile, cannot_write
from dafu.writers.delimited import write_problems
from dafu.writers.parts import FOLDERS, Form, form_of, join, part_path

#: Bytes of text in a shard: some ten seconds of work, so that little is lost when a run is broken off.
SHARD_BYTES = 8_000_000
#: Where answers come back to this process (.xlsx, standard output), tasks are smaller.
_STREAM_BYTES = 400_000
_RECORDS = "_shards"


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How a corpus is tagged. ``jobs`` worker processes (0: in this process), or those of the Dask scheduler at
    ``cluster``; ``seconds`` is the limit for one document, ``shard_bytes`` the text in a shard."""

    level: Level = "sentence"
    only_labels: bool = False
    model: Path | None = None
    jobs: int = 0
    cluster: str | None = None
    seconds: float = LETTER_SECONDS
    shard_bytes: int = SHARD_BYTES
    read: ReadOptions = field(default_factory=ReadOptions)

    def settings(self, tagger: Tagger) -> Settings:
        """What workers need to know: they load the model themselves, and it must be the one at hand."""
        folder = str(self.model.resolve()) if self.model else None
        return Settings(folder, self.only_labels, self.seconds, tagger.model.name)


@dataclass(frozen=True, slots=True)
class Progress:
    """One shard more is done. ``kept`` says that it was found from an earlier run; ``size`` are its bytes."""

    kept: bool
    size: int
    counts: dict[str, int]
    problems: Sequence[Problem]


@dataclass(slots=True)
class Summary:
    """What a run did: counts over all shards, shards done and kept, and what had changed since the last run."""

    counts: dict[str, int] = field(default_factory=dict)
    done: int = 0
    kept: int = 0
    changed: tuple[str, ...] = ()

    def add(self, counts: dict[str, int], kept: bool) -> None:
        """Count one shard."""
        for name, number in counts.items():
            self.counts[name] = self.counts.get(name, 0) + number
        self.done += not kept
        self.kept += kept


def tag_corpus(
    inputs: Sequence[str],
    out: Path,
    tagger: Tagger,
    options: RunOptions,
    tell: Callable[[Progress], None] | None = None,
) -> Summary:
    """Tag all documents of ``inputs`` and write ``out``: a folder of Parquet shards, or one file.

    ``tagger`` is the model of ``options``, already loaded. A run that was broken off is continued, and ends with
    what an undisturbed run writes. The answers and their order do not depend on the number of workers.

    Raises:
        OutputError: the output cannot be written, or another run is writing it.
    """
    form = form_of(out, options.level, options.only_labels)
    if form is None:
        raise OutputError(f"{out}: 这种格式不能分片写出。")
    run = _Run(out, form, tagger, options)
    try:
        return run.execute(inputs, tell or (lambda _: None))
    finally:
        run.unlock()


class _Run:
    """One run over one output."""

    def __init__(self, out: Path, form: Form, tagger: Tagger, options: RunOptions) -> None:
        self.out, self.form, self.tagger, self.options = out, form, tagger, options
        self.in_parts = not out.suffix
        self.folder = out if self.in_parts else out.with_name(f".{out.name}.work")
        self.records = self.folder / _RECORDS
        self.settings = options.settings(tagger)
        self.circumstances = {
            "dafu": __version__,
            "model": tagger.model.name,
            "rules": config_digest(),
            "tables": weights_digest(),
            "output": hashlib.sha256(repr(form).encode()).hexdigest()[:12] + f"-{options.only_labels}",
        }
        self.prefix = hashlib.blake2b(repr(self.circumstances).encode(), digest_size=16).hexdigest()
        self._prepare()

    def _prepare(self) -> None:
        try:
            if self.in_parts and self.out.exists() and not self.out.is_dir():
                raise OutputError(f"{self.out}: 已有同名文件,请换一个目录名。")
            if self.in_parts and self.out.is_dir() and not self.records.is_dir() and any(self.out.iterdir()):
                raise OutputError(f"{self.out}: 目录不是空的,也不是 dafu 的输出,请换一个目录名。")
            self.folder.mkdir(exist_ok=True)
            self.records.mkdir(exist_ok=True)
        except OSError as error:
            raise OutputError(
                f"{self.out}: 无法写入({error.strerror})。请检查目录是否存在、是否只读与磁盘空间。"
            ) from error
        self._lock()
        for leftover in (*self.folder.glob("*/.*.part"), *self.records.glob("*.beat")):
            leftover.unlink(missing_ok=True)

    def _lock(self) -> None:
        """Two runs must not write one output. The system lets go of the lock when its process ends, however it ends."""
        from filelock import FileLock, Timeout

        self.lock = FileLock(self.folder / "_lock", timeout=0)
        try:
            self.lock.acquire()
        except Timeout:
            raise OutputError(f"{self.out}: 另一个 dafu 正在写这个输出,请等它结束。") from None
        except OSError as error:
            raise cannot_write(self.out, error) from error

    def unlock(self) -> None:
        """Let others write."""
        self.lock.release()
        with contextlib.suppress(OSError):
            Path(self.lock.lock_file).unlink(missing_ok=True)

    def execute(self, inputs: Sequence[str], tell: Callable[[Progress], None]) -> Summary:
        """Do what has not been done, and put the output together."""
        summary = Summary(changed=self._changes())
        manifest = self.folder / "manifest.json"
        manifest.unlink(missing_ok=True)
        found = {record["key"]: name for name, record in self._kept()}
        done: dict[int, dict[str, Any]] = {}
        shards = cut(list_items(inputs, self.options.read), self.options.shard_bytes)

        def tasks() -> Iterator[Task]:
            for shard in shards:
                key = hashlib.blake2b(f"{self.prefix}{shard.key}".encode(), digest_size=8).hexdigest()
                name = f"part-{shard.index:06d}-{key}"
                record = self._again(found.pop(key, None), name)
                if record is not None:
                    done[shard.index] = _short(record)
                    problems = [Problem(*p) for p in record["problems"]]
                    summary.add(record["counts"], kept=True)
                    tell(Progress(True, shard.size, record["counts"], problems))
                    continue
                yield self._task(shard, name, key)

        executor = self._executor()
        try:
            for task, answer in executor.run(tasks()):
                record = self._write_record(answer)
                done[task.index] = _short(record)
                summary.add(answer.counts, kept=False)
                tell(Progress(False, task.size, answer.counts, answer.problems))
        except OSError as error:
            raise OutputError(
                f"{self.out}: 无法写入({error.strerror})。已完成的部分都保留着;清出磁盘空间后再运行同一命令即可继续。"
            ) from error
        finally:
            executor.close()
        self._finish([done[index] for index in sorted(done)], summary)
        return summary

    def _executor(self) -> Executor:
        if self.options.cluster:
            return Cluster(self.options.cluster)
        if self.options.jobs:
            return Workers(self.options.jobs)
        return InProcess(self.tagger)

    def _task(self, shard: Shard, name: str, key: str) -> Task:
        return Task(
            shard.index,
            shard.items,
            self.settings,
            self.form,
            str(self.folder.resolve()),
            name,
            key,
            shard.size,
        )

    def _changes(self) -> tuple[str, ...]:
        """What differs from the run before, in the user's words; kept for the next."""
        path = self.folder / "_run.json"
        names = {
            "dafu": "dafu 版本",
            "model": "模型",
            "rules": "规则文件",
            "tables": "表格权重",
            "output": "输出设置",
        }
        try:
            before = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            before = None
        _write_json(path, self.circumstances)
        if not isinstance(before, dict):
            return ()
        return tuple(n for key, n in names.items() if before.get(key) != self.circumstances[key])

    def _kept(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """The records of earlier runs whose part files are there, whole."""
        for path in sorted(self.records.glob("*.json")):
            try:
                record = json.loads(path.read_text(encoding="utf-8"))
                sizes = {
                    table: part_path(self.form, self.folder, table, record["name"]).stat().st_size
                    for table, _ in self.form.tables
                }
                if sizes == record["files"]:
                    yield path.stem, record
            except (OSError, ValueError, KeyError, TypeError):
                continue

    def _again(self, old: str | None, name: str) -> dict[str, Any] | None:
        """The record of a shard done earlier, under the name that its place now gives it."""
        if old is None:
            return None
        record: dict[str, Any] = json.loads((self.records / f"{old}.json").read_text(encoding="utf-8"))
        if old != name:
            for table, _ in self.form.tables:
                part_path(self.form, self.folder, table, old).replace(
                    part_path(self.form, self.folder, table, name)
                )
            record["name"] = name
            _write_json(self.records / f"{name}.json", record)
            (self.records / f"{old}.json").unlink()
        return record

    def _write_record(self, record: Record) -> dict[str, Any]:
        row = {
            "key": record.key,
            "name": record.name,
            "counts": record.counts,
            "files": record.files,
            "problems": [[p.source, p.line, p.reason, p.remedy] for p in record.problems],
        }
        _write_json(self.records / f"{record.name}.json", row)
        return row

    def _finish(self, done: Sequence[dict[str, Any]], summary: Summary) -> None:
        """The output from its parts; what belongs to no shard any more is removed."""
        names = [record["name"] for record in done]
        self._tidy(set(names))
        problems = self._problems(names)
        if self.in_parts:
            write_problems(problems, self.out / "problems.csv")
            _write_json(
                self.folder / "manifest.json",
                {
                    "format_version": 1,
                    **self.circumstances,
                    "tables": [table for table, _ in self.form.tables],
                    "counts": summary.counts,
                    "shards": list(done),
                },
            )
            return
        ((table, _),) = self.form.tables
        parts = [part_path(self.form, self.folder, table, name) for name in names]
        join(self.form, parts, self.out, self.tagger.model.labels)
        write_problems(problems, self.out.with_suffix(".problems.csv"))
        self.unlock()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _tidy(self, current: set[str]) -> None:
        """Remove what belongs to no shard, also tables that this run does not write; nothing but dafu's own."""
        written = {table for table, _ in self.form.tables}
        for table in {*FOLDERS, *written, _RECORDS}:
            for path in (self.folder / table).glob("*"):
                if path.stem not in current or table not in {*written, _RECORDS}:
                    path.unlink(missing_ok=True)
            if table not in {*written, _RECORDS} and (self.folder / table).is_dir():
                (self.folder / table).rmdir()

    def _problems(self, names: Sequence[str]) -> Iterator[Problem]:
        for name in names:
            record = json.loads((self.records / f"{name}.json").read_text(encoding="utf-8"))
            yield from (Problem(*row) for row in record["problems"])


def _short(record: dict[str, Any]) -> dict[str, Any]:
    """What the manifest keeps of a record: a corpus of millions of problems must not be held in memory."""
    return {"name": record["name"], "counts": record["counts"], "files": record["files"]}


def _write_json(path: Path, content: Any) -> None:
    """Whole or not at all."""
    whole = WholeFile(path)
    whole.aside.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    whole.commit()


def run(
    items: Iterable[Item], tagger: Tagger, options: RunOptions | None = None
) -> Iterator[tuple[list[Answer], int]]:
    """Tag items and give the answers here, in order, task by task with the bytes of each task.

    For outputs that are made in one piece (.xlsx, standard output). Problems stand in their place. A document
    that makes the tagger fail, hang or die becomes a problem and costs no other document.
    """
    options = options or RunOptions()
    settings = options.settings(tagger)
    executor: Executor = Workers(options.jobs) if options.jobs else InProcess(tagger)
    with tempfile.TemporaryDirectory(prefix="dafu-") as folder:
        (Path(folder) / _RECORDS).mkdir()
        tasks = (
            Task(shard.index, shard.items, settings, folder=folder, size=shard.size)
            for shard in cut(items, _STREAM_BYTES)
        )
        waiting: dict[int, tuple[Task, Record]] = {}
        following = 0
        try:
            for task, record in executor.run(tasks):
                waiting[task.index] = task, record
                while following in waiting:
                    task, record = waiting.pop(following)
                    following += 1
                    yield record.answers, task.size
        finally:
            executor.close()
