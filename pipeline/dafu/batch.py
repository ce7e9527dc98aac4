"""Many documents through workers, in order, with bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from dafu.records import Document, Problem, TaggedLetter
from dafu.tagger import Tagger

#: Documents and characters that travel to a worker together.
_CHUNK_DOCUMENTS = 64
_CHUNK_CHARACTERS = 400_000

Item = TaggedLetter | Problem
_tagger: Tagger | None = None
_tagger_of: str | None = None


def run(
    documents: Iterable[Document | Problem],
    tagger: Tagger,
    *,
    jobs: int = 1,
    model: Path | None = None,
    advance: Callable[[int], None] | None = None,
) -> Iterator[Item]:
    """Tag documents in order; problems pass through in their place.

    With ``jobs`` above 1 the chunks go to worker processes, which load the model from ``model`` (the shipped
    one by default). The answers are those of one worker, in the same order. A document that makes the tagger
    fail becomes a problem and costs no other document. ``advance`` is told the number of documents done.
    """
    chunks = _chunks(documents)
    if jobs <= 1:
        for chunk in chunks:
            yield from _done(_tag_chunk(chunk, tagger), advance)
        return
    from joblib import Parallel, delayed

    folder = str(model) if model else None
    parallel = Parallel(n_jobs=jobs, return_as="generator", pre_dispatch="2*n_jobs", batch_size=1)
    for result in parallel(delayed(_in_worker)(chunk, folder) for chunk in chunks):
        yield from _done(result, advance)


def _done(items: list[Item], advance: Callable[[int], None] | None) -> Iterator[Item]:
    yield from items
    if advance:
        advance(len(items))


def _chunks(documents: Iterable[Document | Problem]) -> Iterator[list[Document | Problem]]:
    chunk: list[Document | Problem] = []
    size = 0
    for document in documents:
        chunk.append(document)
        size += len(document.text) if isinstance(document, Document) else 0
        if len(chunk) >= _CHUNK_DOCUMENTS or size >= _CHUNK_CHARACTERS:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _in_worker(chunk: list[Document | Problem], folder: str | None) -> list[Item]:
    global _tagger, _tagger_of
    if _tagger is None or _tagger_of != folder:
        from dafu import load

        _tagger, _tagger_of = load(folder), folder
    return _tag_chunk(chunk, _tagger)


def _tag_chunk(chunk: list[Document | Problem], tagger: Tagger) -> list[Item]:
    texts = [item for item in chunk if isinstance(item, Document)]
    try:
        tagged: Iterator[Item] = iter(tagger.tag(texts))
    except Exception:  # one document must not cost the others: find it by tagging them one by one
        tagged = iter([_tag_one(document, tagger) for document in texts])
    return [next(tagged) if isinstance(item, Document) else item for item in chunk]


def _tag_one(document: Document, tagger: Tagger) -> Item:
    try:
        return tagger.tag([document])[0]
    except Exception as error:
        reason = f"标注时出错({type(error).__name__}: {str(error)[:120]})。"
        return Problem(document.source, None, reason, "请把这份文件附在问题报告中;其余文件不受影响。")
