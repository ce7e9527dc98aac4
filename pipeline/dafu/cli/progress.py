"""What a run tells on standard error: a bar, problems as they come, a summary; or all as JSON lines."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from dafu.cli import say
from dafu.records import LABEL_NAMES, Problem

if TYPE_CHECKING:
    from dafu.batch import Progress


def problem_line(problem: Problem) -> str:
    """One problem: file, line, reason, remedy."""
    place = f"{problem.source}:{problem.line}" if problem.line else problem.source
    return f"{place}: {problem.reason}{problem.remedy}"


class Log:
    """Follows one run."""

    def __init__(self, *, quiet: bool = False, as_json: bool = False) -> None:
        self._quiet, self._json = quiet, as_json
        self._bar: Any = None
        self._letters = self._problems = self._bytes = 0
        self._total: int | None = None
        self._start = time.monotonic()

    def begin(self, total: int | None) -> None:
        """A run over ``total`` bytes begins."""
        self._total = total
        if not self._quiet and not self._json:
            from tqdm import tqdm

            self._bar = tqdm(
                total=total,
                unit="B",
                unit_scale=True,
                disable=not sys.stderr.isatty(),
                file=sys.stderr,
                bar_format="{percentage:3.0f}%|{bar}| {n_fmt}/{total_fmt} [{elapsed}<{remaining}, {rate_fmt}{postfix}]",
            )

    def progress(self, progress: Progress) -> None:
        """A shard more."""
        letters = self._letters + progress.counts.get("letters", 0)
        self._advance(progress.size, letters, progress.problems, kept=progress.kept)

    def step(self, size: int, counts: Mapping[str, int], problems: Sequence[Problem]) -> None:
        """Some letters more; ``counts`` are those of the run so far."""
        self._advance(size, counts["letters"], problems)

    def _advance(self, size: int, letters: int, problems: Sequence[Problem], kept: bool = False) -> None:
        self._letters = letters
        self._problems += len(problems)
        self._bytes += size
        for problem in problems:
            self._tell(problem)
        if self._json:
            self._event(
                "progress",
                letters=letters,
                problems=self._problems,
                bytes=self._bytes,
                total_bytes=self._total,
                seconds=round(time.monotonic() - self._start, 1),
                kept=kept,
            )
        elif self._bar is not None:
            self._bar.set_postfix_str(
                say(f"{letters} 封,问题 {self._problems}", f"{letters} letters, {self._problems} problems"),
                refresh=False,
            )
            self._bar.update(min(size, max(0, (self._total or size) - self._bar.n)) if self._total else size)

    def _tell(self, problem: Problem) -> None:
        if self._json:
            self._event(
                "problem",
                source=problem.source,
                line=problem.line,
                reason=problem.reason,
                remedy=problem.remedy,
            )
        elif self._bar is not None and not self._bar.disable:
            self._bar.write(problem_line(problem), file=sys.stderr)
        elif not self._quiet:
            click.echo(problem_line(problem), err=True)

    def end(self, out: str, counts: Mapping[str, int], kept: int = 0, changed: Sequence[str] = ()) -> None:
        """The summary."""
        self.close()
        if self._json:
            self._event("summary", out=out, kept_shards=kept, changed=list(changed), **counts)
            return
        if self._quiet:
            return
        if changed:
            click.echo(
                say(
                    f"与上次相比已变:{'、'.join(changed)};有关部分已重做",
                    "changed since the last run, done anew: ",
                )
                + ("" if say("1", "") else ", ".join(changed)),
                err=True,
            )
        if kept:
            click.echo(
                say(f"沿用上次已完成的 {kept} 个分片", f"{kept} shards kept from the run before"), err=True
            )
        letters, sentences = counts.get("letters", 0), counts.get("sentences", 0)
        labels = [f"{name} {counts[label]}" for label, name in LABEL_NAMES.items() if counts.get(label)]
        promises = counts.get("commitments", 0)
        problems = counts.get("problems", 0)
        target = "" if out == "-" else f" -> {out}"
        click.echo(
            say(
                f"已标注 {letters} 封、{sentences} 句({'、'.join([*labels, f'承诺 {promises}'])});问题 {problems} 处{target}",
                f"tagged {letters} letters, {sentences} sentences ({', '.join([*labels, f'承诺 {promises}'])}); "
                f"{problems} problems{target}",
            ),
            err=True,
        )

    def _event(self, event: str, **values: Any) -> None:
        click.echo(json.dumps({"event": event, **values}, ensure_ascii=False), err=True)

    def close(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None
