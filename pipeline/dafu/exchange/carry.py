"""What an export carries along in a format that has no place for it, and how it is found again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from dafu.exchange.base import CARRIED, Unit

_UNITS: Mapping[str, Unit] = {
    "sentence": "sentence",
    "paragraph": "paragraph",
    "letter": "letter",
    "句子": "sentence",
    "段落": "paragraph",
    "信件": "letter",
}
UNIT_NAMES: Mapping[Unit, str] = {"sentence": "句子", "paragraph": "段落", "letter": "信件"}


def pack(carried: Mapping[str, Any]) -> str:
    """As one string of JSON: tools keep a string as it is, and flatten what is nested."""
    return json.dumps(carried, ensure_ascii=False, separators=(",", ":"))


def unpack(*places: object) -> dict[str, Any] | None:
    """What was carried, from the first of several places (mappings that may hold it) that has it."""
    for place in places:
        if not isinstance(place, Mapping) or CARRIED not in place:
            continue
        value = place[CARRIED]
        if isinstance(value, str):
            try:
                value = json.loads(value)
            except ValueError:
                continue
        if isinstance(value, dict):
            return value
    return None


def place_of(carried: Mapping[str, Any] | None, id: str | None) -> dict[str, Any]:
    """The fields of a :class:`~dafu.exchange.base.Piece` that say where it belongs; ``id`` is what the tool says."""
    if carried is None:
        return {"id": id}
    start, end = carried.get("start"), carried.get("end")
    annotator = carried.get("annotator")
    return {
        "id": str(carried["id"]) if "id" in carried else id,
        "annotator": str(annotator) if annotator else None,
        "start": start if isinstance(start, int) else None,
        "end": end if isinstance(end, int) else None,
        "unit": _UNITS.get(str(carried.get("unit"))),
        "carried": carried,
    }


def unit_of(name: str) -> Unit | None:
    """The unit of its name in a table."""
    return _UNITS.get(name.strip())


ID_KEYS = ("id", "letter_id", "doc_id", "编号", "信件编号", "案号", "提案号")
TEXT_KEYS = ("text", "正文", "原文", "段落", "句子", "内容", "文本", "content", "TEXT")


def letter_id(*places: object) -> str | None:
    """The letter's id where a tool keeps what its user gave with the text; a tool's own running number is none."""
    for place in places:
        if isinstance(place, Mapping):
            for key in ID_KEYS:
                if place.get(key) not in (None, ""):
                    return str(place[key])
    return None


def issuer_of(*places: object) -> dict[str, Any]:
    """Issuing body and date, where a tool keeps what its user gave with the text."""
    found: dict[str, Any] = {}
    for place in places:
        if isinstance(place, Mapping):
            for name, keys in (("issuer", ("issuer", "发文机关", "承办单位")), ("date", ("date", "日期"))):
                for key in keys:
                    if place.get(key) and name not in found:
                        found[name] = str(place[key])
    return found
