from __future__ import annotations

from conftest import LETTER
from dafu.crops import crops
from dafu.letter import parse_letter

LETTERS = [
    parse_letter("我局已办结。", id="short"),
    parse_letter(LETTER, id="a"),
    parse_letter(LETTER, id="b"),
]


def test_parts_are_stretches_of_their_letters_with_the_same_sentences() -> None:
    rows = [letter.text[s.start : s.end] for letter in LETTERS for s in letter.sentences]
    found = list(crops(LETTERS, 5))
    assert found
    for number, part, own in found:
        assert number > 0  # a letter of one line has no parts
        assert part.text in LETTERS[number].text
        assert part.text != LETTERS[number].text
        assert [part.text[s.start : s.end] for s in part.sentences] == [rows[row] for row in own]


def test_the_same_letters_give_the_same_parts_and_ids_others() -> None:
    texts = [[part.text for number, part, _ in crops(LETTERS, 4) if number == n] for n in (1, 2)]
    assert texts == [[part.text for number, part, _ in crops(LETTERS, 4) if number == n] for n in (1, 2)]
    assert texts[0] != texts[1]
    assert not list(crops(LETTERS, 0))
