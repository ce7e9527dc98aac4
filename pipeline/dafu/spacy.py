"""The spaCy face: ``spacy.blank("zh").add_pipe("dafu")``. Calls the core and adds no logic."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc, DocBin, Span, SpanGroup
from spacy.util import minibatch, registry
from spacy.vocab import Vocab

from dafu import load
from dafu.records import Document, TaggedLetter
from dafu.words import tokenizer
from dafu.writers import letter_row

SPANS = "dafu"


class DafuTokenizer:
    """Tokens as dafu's words, white space kept, so that a ``Doc``'s text is the given text."""

    def __init__(self, vocab: Any) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        words: list[str] = []
        spaces: list[bool] = []
        for word in tokenizer()(text):
            if word == " " and words and not spaces[-1] and not words[-1].isspace():
                spaces[-1] = True
            else:
                words.append(word)
                spaces.append(False)
        return Doc(self.vocab, words=words, spaces=spaces)

    def to_bytes(self, **_: object) -> bytes:
        """Nothing to keep: the dictionary comes with dafu."""
        return b""

    def from_bytes(self, _: bytes, **__: object) -> DafuTokenizer:
        """Nothing to restore."""
        return self

    def to_disk(self, _: str | Path, **__: object) -> None:
        """Nothing to keep."""

    def from_disk(self, _: str | Path, **__: object) -> DafuTokenizer:
        """Nothing to restore."""
        return self


@registry.tokenizers("dafu.Tokenizer.v1")  # type: ignore[untyped-decorator]
def create_tokenizer() -> Any:
    """The tokenizer factory, for ``nlp.tokenizer`` in spaCy configs."""

    def create(nlp: Language) -> DafuTokenizer:
        return DafuTokenizer(nlp.vocab)

    return create


class DafuComponent:
    """Tags letters: ``doc.spans["dafu"]``, ``doc.cats`` and ``doc._.letter``.

    A span's label is its sentence's label; a sentence with several labels has several spans. ``doc.cats``
    holds the share of characters that each label covers; ``doc._.letter`` is the JSON object of the letter.
    """

    def __init__(self, nlp: Language, name: str, model: str | None) -> None:
        self.name = name
        self.model = model
        self.tagger = load(model)
        nlp.tokenizer = DafuTokenizer(nlp.vocab)
        _extensions()

    def predict(self, docs: Iterable[Doc]) -> list[TaggedLetter]:
        """Looks at documents and leaves them alone."""
        return self.tagger.tag([Document(str(i), doc.text, "") for i, doc in enumerate(docs)])

    def set_annotations(self, docs: Iterable[Doc], letters: Iterable[TaggedLetter]) -> None:
        """Writes what :meth:`predict` found."""
        for doc, tagged in zip(docs, letters, strict=True):
            spans: list[Span] = []
            covered = dict.fromkeys(self.tagger.model.labels, 0)
            for sentence, tag in zip(tagged.letter.sentences, tagged.sentences, strict=True):
                for label in tag.labels:
                    span = doc.char_span(sentence.start, sentence.end, label=label, alignment_mode="expand")
                    if span is not None:
                        spans.append(span)
                    covered[label] += sentence.end - sentence.start
            doc.spans[SPANS] = SpanGroup(doc, name=SPANS, spans=spans)
            doc.cats.update({label: count / max(1, len(doc.text)) for label, count in covered.items()})
            doc._.letter = letter_row(tagged)

    def __call__(self, doc: Doc) -> Doc:
        self.set_annotations([doc], self.predict([doc]))
        return doc

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 64) -> Iterator[Doc]:
        """Tags documents in batches."""
        for docs in minibatch(stream, size=batch_size):  # type: ignore[no-untyped-call]
            self.set_annotations(docs, self.predict(docs))
            yield from docs

    def to_disk(self, _: str | Path, **__: object) -> None:
        """Nothing of its own: the model folder is named in the pipeline's config."""

    def from_disk(self, _: str | Path, **__: object) -> DafuComponent:
        """Nothing to restore."""
        return self


def _extensions() -> None:
    if not Doc.has_extension("letter"):
        Doc.set_extension("letter", default=None)


def make_component(nlp: Language, name: str, model: str | None = None) -> DafuComponent:
    """The component factory behind ``nlp.add_pipe("dafu", config={"model": FOLDER})``."""
    return DafuComponent(nlp, name, model)


Language.factory(
    "dafu",
    default_config={"model": None},
    func=make_component,
    assigns=["doc.spans", "doc.cats", "doc._.letter"],
)


@dataclass(frozen=True, slots=True)
class BinDocument:
    """A document of a ``DocBin``, without spaCy: ``spans`` are (start, end, label) of all span groups, in characters.

    ``grouped`` says whether there is any span group; without one, entities stand in for it.
    """

    text: str
    spans: tuple[tuple[int, int, str], ...]
    cats: Mapping[str, float]
    user_data: Mapping[str, Any]
    grouped: bool


def docbin_documents(data: bytes) -> Iterator[BinDocument]:
    """The documents of a ``.spacy`` file. Nothing in it is executed: it holds numbers and strings."""
    for doc in DocBin().from_bytes(data).get_docs(Vocab()):
        groups = [span for group in doc.spans.values() for span in group]
        yield BinDocument(
            doc.text,
            tuple((span.start_char, span.end_char, span.label_) for span in groups or doc.ents),
            dict(doc.cats),
            {key: value for key, value in doc.user_data.items() if isinstance(key, str)},
            bool(doc.spans),
        )


def docbin_bytes(
    documents: Iterable[tuple[str, Iterable[tuple[int, int, str]], Mapping[str, Any]]],
) -> bytes:
    """A ``.spacy`` file of (text, labelled spans in characters, user data)."""
    bin = DocBin(store_user_data=True)
    tokens = DafuTokenizer(Vocab())
    for text, spans, user_data in documents:
        doc = tokens(text)
        found = [
            doc.char_span(start, end, label=label, alignment_mode="expand") for start, end, label in spans
        ]
        doc.spans[SPANS] = SpanGroup(doc, name=SPANS, spans=[span for span in found if span is not None])
        doc.user_data.update(user_data)
        bin.add(doc)
    return bytes(bin.to_bytes())
