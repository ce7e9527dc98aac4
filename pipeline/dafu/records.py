"""The records that stages exchange. All offsets are code points into the letter's text, end-exclusive."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Literal

Label = str
Kind = Literal["header", "title", "salutation", "opening", "heading", "body", "closing", "signature"]
SectionKind = Literal["progress", "plans", "other"]

COMPLETED: Final = "completed"
PLANNED: Final = "planned"
QUANTITATIVE: Final = "quantitative"
OTHER: Final = "other"
LABELS: Final[tuple[Label, ...]] = (COMPLETED, PLANNED, QUANTITATIVE)
#: Order in which a tie for a paragraph's primary label is broken (annotation guide, Paragraphs).
TIE_ORDER: Final[tuple[Label, ...]] = (PLANNED, COMPLETED, QUANTITATIVE)
_OWN_NAMES: Final[Mapping[Label, str]] = {
    COMPLETED: "已办举措",
    PLANNED: "计划举措",
    QUANTITATIVE: "量化表述",
    OTHER: "其他",
}
_names: dict[Label, str] = dict(_OWN_NAMES)
#: What users see of each label. Loading a model of another label set adds its names (:func:`name_labels`).
LABEL_NAMES: Final[Mapping[Label, str]] = MappingProxyType(_names)
SECTION_NAMES: Final[Mapping[str, str]] = {"progress": "进展", "plans": "计划", "other": "其他"}
KIND_NAMES: Final[Mapping[str, str]] = {
    "header": "文头",
    "title": "标题",
    "salutation": "称谓",
    "opening": "开头",
    "heading": "小标题",
    "body": "正文",
    "closing": "结尾",
    "signature": "落款",
}


def name_labels(labels: Sequence[Label], names: Sequence[str] = ()) -> None:
    """Give labels the names that users see; without ``names`` dafu's own, or the label itself."""
    for label, name in zip(labels, names or (_OWN_NAMES.get(label, label) for label in labels), strict=True):
        _names[label] = name


@dataclass(frozen=True, slots=True)
class Meta:
    """What a letter says about itself. Missing fields are ``None``, missing addressees an empty tuple.

    ``date`` is ISO 8601, of the precision that is known: ``2019-05-06``, ``2019-05`` or ``2019``.
    """

    title: str | None = None
    issuer: str | None = None
    addressees: tuple[str, ...] = ()
    proposal_number: str | None = None
    session: str | None = None
    document_number: str | None = None
    date: str | None = None
    category: str | None = None
    index_number: str | None = None
    signatory: str | None = None


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One non-empty line, without the white space around it.

    ``level`` is the depth of a heading (1 for 一、 … 6 for 一是), 0 for what is no heading.
    ``heading`` is the index of the heading paragraph that it stands under, or ``None``.
    """

    start: int
    end: int
    kind: Kind
    section: SectionKind = OTHER
    level: int = 0
    heading: int | None = None


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as the annotation guide cuts it.

    ``section`` is the section in force *at this sentence*, ``source`` what put it in force
    (``heading``, ``lead-in``, ``cue`` or ``none``), ``distance`` the sentences since then, ``marker``
    the depth of the list marker it begins with (0 without).
    """

    start: int
    end: int
    paragraph: int
    section: SectionKind = OTHER
    source: str = "none"
    distance: int = 0
    marker: int = 0


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter cut into paragraphs and sentences. ``text`` is the given text, unchanged."""

    id: str
    text: str
    meta: Meta
    paragraphs: tuple[Paragraph, ...]
    sentences: tuple[Sentence, ...]
    source: str = ""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit that counts as a checkable quantity (annotation guide, ``quantitative``)."""

    start: int
    end: int
    text: str
    number: str
    unit: str
    unit_class: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """Words that a tag rests on. ``source`` is ``cue:ID``, ``quantity:CLASS``, ``heading`` or ``words``."""

    start: int
    end: int
    label: Label
    source: str


@dataclass(frozen=True, slots=True)
class SentenceTag:
    """Labels of one sentence, with a calibrated probability per label of the scheme."""

    labels: tuple[Label, ...]
    scores: Mapping[Label, float]
    evidence: tuple[Evidence, ...] = ()
    needs_review: bool = False


@dataclass(frozen=True, slots=True)
class ParagraphTag:
    """Label set, primary label and scores of one paragraph, by the annotation guide's rule."""

    label: Label
    labels: tuple[Label, ...]
    scores: Mapping[Label, float]


@dataclass(frozen=True, slots=True)
class Figure:
    """A quantity with what it says of what: one row of the table of figures. Conventions: see the README.

    ``sentence`` is an index; ``value``, ``low`` and ``high`` are in the unit's base; ``period_start`` and
    ``period_end`` are ISO 8601 dates.
    """

    sentence: int
    start: int
    end: int
    text: str
    value: float | None
    low: float | None
    high: float | None
    unit: str
    unit_class: str
    approx: str
    change: str
    base: str | None
    indicator: str | None
    scope: str | None
    period: str | None
    period_start: str | None
    period_end: str | None
    target: bool
    label: Label
    probability: float


@dataclass(frozen=True, slots=True)
class Role:
    """A body that takes part in a measure, and how: 牵头, 会同, 配合, …"""

    role: str
    body: str


@dataclass(frozen=True, slots=True)
class Commitment:
    """A planned measure: one row of the ledger. ``targets`` are indices into the letter's figures."""

    sentence: int
    start: int
    end: int
    text: str
    action: str | None
    object: str | None
    body: str | None
    roles: tuple[Role, ...]
    deadline: str | None
    deadline_start: str | None
    deadline_end: str | None
    targets: tuple[int, ...]
    condition: str | None
    heading: str | None
    grade: str
    probability: float
    needs_review: bool


@dataclass(frozen=True, slots=True)
class Measure:
    """A completed measure: one row of the table of what was done. ``figures`` are indices into the letter's
    figures; ``documents`` are the titles 《…》 that it names; ``status`` is ``done`` or ``under_way``."""

    sentence: int
    start: int
    end: int
    text: str
    action: str | None
    object: str | None
    body: str | None
    roles: tuple[Role, ...]
    status: Literal["done", "under_way"]
    date: str | None
    date_start: str | None
    date_end: str | None
    documents: tuple[str, ...]
    figures: tuple[int, ...]
    heading: str | None
    probability: float
    needs_review: bool


@dataclass(frozen=True, slots=True)
class Place:
    """Where the text from ``start`` to ``end`` stands in the document that it was read from.

    ``page`` counts from 1; ``element`` names the paragraph or element in the terms of the format
    (``p 12``, ``table 1 row 3``, ``/html/body/div[2]/p[4]``).
    """

    start: int
    end: int
    page: int | None = None
    element: str | None = None


@dataclass(frozen=True, slots=True)
class TaggedLetter:
    """A letter with a tag for each of its sentences and paragraphs, in the same order."""

    letter: Letter
    sentences: tuple[SentenceTag, ...]
    paragraphs: tuple[ParagraphTag, ...]
    model: str
    figures: tuple[Figure, ...] = ()
    commitments: tuple[Commitment, ...] = ()
    measures: tuple[Measure, ...] = ()
    #: Where the letter's lines stand in the document that they were read from; empty for plain text.
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Extracted:
    """What a reader of a document format finds: the text, one line a paragraph, where each line stands, and
    what the container says of the letter (keys are names of :class:`Meta` fields, values as written)."""

    text: str
    places: tuple[Place, ...] = ()
    meta: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Document:
    """A text to tag, as a reader gives it."""

    id: str
    text: str
    source: str
    places: tuple[Place, ...] = ()
    #: What the container says of the letter, by the names of :class:`Meta`; completes what the text itself says.
    meta: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that could not be read or tagged, with its reason and remedy in the user's words."""

    source: str
    line: int | None
    reason: str
    remedy: str
