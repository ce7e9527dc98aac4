"""The page of tagged letters: whole, escaped, without scripts, and true to the letter."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lxml import etree

from conftest import LETTER
from dafu.records import LABELS, Document, Place, Problem
from dafu.tagger import Tagger
from dafu.writers import open_writer

EVIL = '<script>alert(1)</script>委员：\n您的"提案"收悉。\n我局已修复<b onclick=x>路灯</b>120盏&amp;。\n下一步，将加强\x00巡查。'


def write(tagger: Tagger, out: Path, documents: list[Document]) -> Any:
    writer = open_writer(str(out), LABELS)
    for tagged in tagger.tag(documents):
        writer.write(tagged)
    writer.problem(Problem("<坏>.pdf", None, "是图片。", "请转文字。"))
    writer.close()
    return etree.fromstring(out.read_bytes(), etree.HTMLParser(encoding="utf-8"))


def test_the_page_holds_the_letter_and_its_tables(tagger: Tagger, tmp_path: Path) -> None:
    root = write(
        tagger, tmp_path / "x.html", [Document("1", LETTER, "x.txt"), Document("2", LETTER, "y.txt")]
    )
    (text, _) = root.xpath("//div[@class='text']")
    for note in text.xpath(".//span[@class='tag']"):
        note.text = ""
    assert ["".join(p.itertext()) for p in text.xpath("p")] == LETTER.split("\n")
    assert len(root.xpath("//article")) == len(root.xpath("//nav//li")) == 2
    assert root.xpath("//h3/text()")[:3] == ["承诺台账", "已办举措", "量化表述"]
    tagged = tagger(LETTER)
    assert len(root.xpath("//article[1]//span[contains(@class, 's c')]")) == sum(
        "completed" in tag.labels for tag in tagged.sentences
    )
    assert root.xpath("//article[1]//span[contains(@class, 'p')]//u[@class='p']")
    ids = set(root.xpath("//@id"))
    assert all(link.removeprefix("#") in ids for link in root.xpath("//a/@href"))


def test_nothing_of_a_letter_becomes_markup(tagger: Tagger, tmp_path: Path) -> None:
    root = write(tagger, tmp_path / "x.html", [Document('"><script>', EVIL, "<img src=x>")])
    assert not root.xpath("//script | //img | //b | //@onclick | //link | //@src")
    assert "alert(1)" in "".join(root.itertext())
    assert root.xpath("//meta[@http-equiv='Content-Security-Policy']")
    assert b"\x00" not in (tmp_path / "x.html").read_bytes()
    assert "<坏>.pdf" in root.xpath("//td/text()")


def test_places_stand_where_the_mouse_finds_them(tagger: Tagger, tmp_path: Path) -> None:
    places = (Place(0, 5, 2, "p 1"), Place(6, 30, 3))
    root = write(
        tagger,
        tmp_path / "x.html",
        [Document("1", "王伟委员：\n您的提案收悉，我局已办结。", "x.pdf", places)],
    )
    assert [title.split(" · ")[1] for title in root.xpath("//div[@class='text']/p/@title")] == [
        "第2页 p 1",
        "第3页",
    ]
