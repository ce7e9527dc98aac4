"""Where tasks run: in this process, in worker processes, or on a Dask cluster. The only module that imports them.

All three give the same records. A task that ends its worker, or hangs, costs no other: it is tried alone, the
documents at fault are found one by one and become problems, and the rest of it is done.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from dafu.errors import DafuError
from dafu.readers import Item
from dafu.readers.sources import FileItem
from dafu.records import Problem
from dafu.tagger import Tagger
from dafu.worker import Record, Task, probe, work

#: Tasks that wait for each worker, so that none stands idle.
_AHEAD = 2
#: How often running tasks are looked at, in seconds.
_LOOK = 2.0
#: A worker counts as hanging when it showed no life for this many times the limit of one document.
_PATIENCE = 2.5


class Executor(Protocol):
    """Does tasks; records come as they are done, not in order."""

    def run(self, tasks: Iterator[Task]) -> Iterator[tuple[Task, Record]]: ...

    def close(self) -> None: ...


class InProcess:
    """One task after the other, here."""

    def __init__(self, tagger: Tagger) -> None:
        self._tagger = tagger

    def run(self, tasks: Iterator[Task]) -> Iterator[tuple[Task, Record]]:
        """Every task's record, in order."""
        for task in tasks:
            yield task, work(task, self._tagger)

    def close(self) -> None:
        """Nothing to end."""


class Workers:
    """Worker processes on this machine (loky)."""

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs
        self._pool: Any = None

    def run(self, tasks: Iterator[Task]) -> Iterator[tuple[Task, Record]]:
        """Every task's record, as they are done.

        Raises:
            DafuError: an output cannot be written.
        """
        running: dict[Future[Record], Task] = {}
        begun: dict[int, float] = {}
        more = True
        try:
            while True:
                broken = False
                while more and not broken and len(running) < self._jobs * _AHEAD:
                    task = next(tasks, None)
                    if task is None:
                        more = False
                        break
                    try:
                        running[self._submit(work, task)] = task
                    except BrokenProcessPool:  # a worker was lost since the last look
                        broken = True
                        running[Future()] = task
                if not running:
                    return
                done, _ = wait(running, timeout=0 if broken else _LOOK, return_when=FIRST_COMPLETED)
                for future in done:
                    try:
                        record = future.result()
                    except BrokenProcessPool:
                        broken = True
                        continue
                    task = running.pop(future)
                    begun.pop(task.index, None)
                    yield task, record
                if broken or _hangs(running, begun):
                    suspects = sorted(running.values(), key=lambda task: task.index)
                    running.clear()
                    begun.clear()
                    for task in suspects:
                        yield task, self._alone(task)
        finally:
            if running:
                self._kill()

    def _submit(self, function: Callable[[Task], Any], task: Task, workers: int | None = None) -> Future[Any]:
        if self._pool is None:
            from joblib.externals.loky import ProcessPoolExecutor

            self._pool = ProcessPoolExecutor(
                max_workers=workers or self._jobs, initializer=_end_with, initargs=(os.getpid(),)
            )
        future: Future[Any] = self._pool.submit(function, task)
        return future

    def _kill(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, kill_workers=True)
            self._pool = None

    def _survives(self, function: Callable[[Task], Any], task: Task) -> tuple[bool, Any]:
        """The answer of a function that has a worker for itself, unless the worker dies or hangs."""
        if task.beat:
            task.beat.unlink(missing_ok=True)
        future = self._submit(function, task, workers=1)
        begun: dict[int, float] = {}
        while not future.done():
            wait([future], timeout=_LOOK)
            if not future.done() and _hangs({future: task}, begun):
                self._kill()
                return False, None
        try:
            return True, future.result()
        except BrokenProcessPool:
            self._kill()
            return False, None

    def _alone(self, task: Task) -> Record:
        """A task that was running when a worker was lost: again, alone; then without the documents at fault."""
        self._kill()
        try:
            survived, record = self._survives(work, task)
            if not survived:
                items = [self._tried(item, task) for item in task.items]
                survived, record = self._survives(work, replace(task, items=tuple(items)))
            if not survived:
                raise DafuError(
                    f"第 {task.index + 1} 片反复使工作进程退出,可能是内存不足。请减少 --jobs 后再运行同一命令。"
                )
        finally:
            self._kill()
        assert isinstance(record, Record)
        return record

    def _tried(self, item: Item, task: Task) -> Item:
        survived, _ = self._survives(probe, replace(task, items=(item,)))
        return item if survived else _at_fault(item)

    def close(self) -> None:
        """End the workers."""
        if self._pool is not None:
            self._pool.shutdown(wait=True)
            self._pool = None


def _end_with(parent: int) -> None:
    """Let this worker end when its parent is gone: a killed run must not leave workers behind."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_LOOK)
        os._exit(1)

    if os.getppid() == parent:
        threading.Thread(target=watch, daemon=True).start()
    elif (
        os.name == "posix"
    ):  # elsewhere a launcher may stand between; here the run was killed while its worker started
        os._exit(1)


def _hangs(running: dict[Future[Any], Task], begun: dict[int, float]) -> bool:
    """Whether a running task has shown no sign of life for too long (see :attr:`Task.beat`)."""
    now = time.time()
    for future, task in running.items():
        if not future.running() or future.done():
            continue
        last = begun.setdefault(task.index, now)
        if task.beat:
            with contextlib.suppress(OSError):
                last = max(last, task.beat.stat().st_mtime)
        if now - last > _PATIENCE * task.settings.seconds:
            return True
    return False


def _at_fault(item: Item) -> Problem:
    return Problem(
        item.source,
        None,
        "处理这份文件时工作进程中止或不再响应,已跳过。",
        "文件可能损坏或过大;请单独检查,并把它附在问题报告中。",
    )


def _from_here(task: Task) -> Task:
    """A task whose relative paths mean the same wherever its worker was started."""
    here = str(Path.cwd())
    return replace(
        task,
        items=tuple(replace(item, base=here) if isinstance(item, FileItem) else item for item in task.items),
    )


class Cluster:
    """Workers of a Dask cluster, which reach the same folders as this machine."""

    def __init__(self, address: str) -> None:
        try:
            from distributed import Client
        except ImportError as error:
            raise DafuError("缺少 Dask。请安装:pip install distributed") from error
        try:
            self._client: Any = Client(address, timeout="20s", set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            raise DafuError(
                f"{address}: 连不上调度器({error})。请检查地址,并确认 dask scheduler 已启动。"
            ) from error

    def run(self, tasks: Iterator[Task]) -> Iterator[tuple[Task, Record]]:
        """Every task's record, as they are done.

        Raises:
            DafuError: there is no worker, or an output cannot be written.
        """
        from distributed import as_completed
        from distributed.scheduler import KilledWorker

        if not self._client.nthreads():
            raise DafuError("集群中没有工作进程。请先启动 dask worker。")
        running: dict[Any, Task] = {}
        with self._client.as_current():
            stream = as_completed()
        more = True
        while True:
            width = max(1, sum(self._client.nthreads().values())) * _AHEAD
            while more and len(running) < width:
                task = next(tasks, None)
                if task is None:
                    more = False
                    break
                task = _from_here(task)
                future = self._client.submit(work, task, pure=False, key=f"dafu-{task.key}-{task.index}")
                running[future] = task
                stream.add(future)
            if not running:
                return
            future = next(stream)
            task = running.pop(future)
            try:
                record = future.result()
            except KilledWorker:
                record = self._without_those_at_fault(task)
            yield task, record

    def _without_those_at_fault(self, task: Task) -> Record:
        from distributed.scheduler import KilledWorker

        items: list[Item] = []
        for item in task.items:
            try:
                self._client.submit(probe, replace(task, items=(item,)), pure=False).result()
                items.append(item)
            except KilledWorker:
                items.append(_at_fault(item))
        record = self._client.submit(work, replace(task, items=tuple(items)), pure=False).result()
        assert isinstance(record, Record)
        return record

    def close(self) -> None:
        """Leave the cluster; its workers stay."""
        self._client.close()
