"""What a worker does: read, tag and write one shard, and lose no document to another's fault."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dafu.errors import ModelError
from dafu.limits import TooSlow, limited
from dafu.readers import Item, load_item
from dafu.records import Document, Problem, TaggedLetter
from dafu.tagger import Tagger
from dafu.writers.parts import Form, PartWriter

#: Letters and characters that are tagged together.
_BATCH_LETTERS = 64
_BATCH_CHARACTERS = 150_000
#: A text beyond this length is no letter; features of one text are held in memory together (about 500 MB).
MAX_CHARACTERS = 1_000_000
#: Seconds that a document may take.
LETTER_SECONDS = 120.0

Answer = TaggedLetter | Problem


@dataclass(frozen=True, slots=True)
class Settings:
    """How documents are tagged: the model's folder (``None``: the shipped one), labels alone or the tables
    too, how many seconds a document may take, and the name that the model must have (empty: any)."""

    model: str | None = None
    only_labels: bool = False
    seconds: float = LETTER_SECONDS
    name: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """Items to be tagged in one go. Where ``form`` is given the answers are written to part files ``name`` in
    ``folder`` and counted, else they are returned."""

    index: int
    items: tuple[Item, ...]
    settings: Settings
    form: Form | None = None
    folder: str = ""
    name: str = ""
    key: str = ""
    size: int = 0

    @property
    def beat(self) -> Path | None:
        """The file that a worker touches as it goes on, by which one that hangs is told from one that works."""
        return Path(self.folder) / "_shards" / f"{self.index}.beat" if self.folder else None


@dataclass(slots=True)
class Record:
    """What became of a shard: its counts, its part files with their sizes, its problems. ``answers`` are the
    letters and problems themselves where nothing was written."""

    key: str
    name: str
    counts: dict[str, int] = field(default_factory=dict)
    files: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)


_lock = threading.Lock()
_taggers: dict[Settings, Tagger] = {}


def tagger_for(settings: Settings) -> Tagger:
    """The tagger of this process, loaded once.

    Raises:
        ModelError: the model is not the one that the run began with.
    """
    with _lock:
        if settings not in _taggers:
            from dafu.models import load_model

            _taggers.clear()
            model = load_model(Path(settings.model) if settings.model else None)
            if settings.name and model.name != settings.name:
                raise ModelError(
                    f"{settings.model}: the model changed while the run was under way / 运行中模型被改动:"
                    f"开始时是 {settings.name},现在是 {model.name}。请再运行同一命令。"
                )
            _taggers[settings] = Tagger(model, only_labels=settings.only_labels)
        return _taggers[settings]


def work(task: Task, tagger: Tagger | None = None) -> Record:
    """Do a task.

    Raises:
        OutputError: a part file cannot be written.
    """
    tagger = tagger or tagger_for(task.settings)
    record = Record(task.key, task.name)
    answers = _answers(task, tagger)
    if task.form is None:
        record.answers = list(answers)
        return record
    labels = tagger.model.labels
    counts = dict.fromkeys(
        ("letters", "sentences", *labels, "figures", "commitments", "measures", "problems"), 0
    )
    with PartWriter(task.form, Path(task.folder), task.name, labels) as parts:
        for answer in answers:
            if isinstance(answer, Problem):
                counts["problems"] += 1
                record.problems.append(answer)
                continue
            parts.write(answer)
            counts["letters"] += 1
            counts["sentences"] += len(answer.sentences)
            for tag in answer.sentences:
                for label in tag.labels:
                    counts[label] += 1
            counts["figures"] += len(answer.figures)
            counts["commitments"] += len(answer.commitments)
            counts["measures"] += len(answer.measures)
        record.files = parts.close()
    record.counts = counts
    return record


def probe(task: Task) -> None:
    """Tag and write nothing: whether a task's documents can be worked on at all."""
    for _ in _answers(task, tagger_for(task.settings)):
        pass


def _answers(task: Task, tagger: Tagger) -> Iterator[Answer]:
    batch: list[Document | Problem] = []
    characters = 0
    for item in task.items:
        document = _load(item, task.settings.seconds)
        batch.append(document)
        characters += len(document.text) if isinstance(document, Document) else 0
        if len(batch) >= _BATCH_LETTERS or characters >= _BATCH_CHARACTERS:
            yield from _tagged(batch, tagger, task)
            batch, characters = [], 0
    if batch:
        yield from _tagged(batch, tagger, task)


def _load(item: Item, seconds: float) -> Document | Problem:
    try:
        with limited(seconds):
            document = load_item(item)
    except TooSlow:
        return _too_slow(item.source, seconds)
    except Exception as error:
        return _fault(item.source, error)
    if isinstance(document, Document) and len(document.text) > MAX_CHARACTERS:
        return Problem(
            document.source,
            None,
            f"“{document.id}”有 {len(document.text)} 字,超过一封信的上限 {MAX_CHARACTERS} 字。",
            "请拆分后再处理。",
        )
    return document


def _tagged(batch: Sequence[Document | Problem], tagger: Tagger, task: Task) -> Iterator[Answer]:
    if task.beat:
        task.beat.touch()
    documents = [item for item in batch if isinstance(item, Document)]
    try:
        with limited(task.settings.seconds):
            tagged: Iterator[Answer] = iter(tagger.tag(documents))
    except Exception:  # one document must not cost the others: find it by tagging them one by one
        tagged = iter([_tag_one(document, tagger, task) for document in documents])
    for item in batch:
        yield next(tagged) if isinstance(item, Document) else item


def _tag_one(document: Document, tagger: Tagger, task: Task) -> Answer:
    if task.beat:
        task.beat.touch()
    try:
        with limited(task.settings.seconds):
            return tagger.tag([document])[0]
    except TooSlow:
        return _too_slow(document.source, task.settings.seconds)
    except Exception as error:
        return _fault(document.source, error)


def _fault(source: str, error: Exception) -> Problem:
    reason = f"处理时出错({type(error).__name__}: {str(error)[:120]})。"
    return Problem(source, None, reason, "请把这份文件附在问题报告中;其余文件不受影响。")


def _too_slow(source: str, seconds: float) -> Problem:
    return Problem(
        source, None, f"处理超过 {seconds:g} 秒,已放弃。", "请检查文件是否异常,或用 --seconds 放宽时限。"
    )
