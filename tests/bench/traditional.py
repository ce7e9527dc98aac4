"""Traditional characters: make the table that folding reads, and measure how far it carries.

usage: python tests/bench/traditional.py [--write] [--letters N]

``--write`` makes ``configs/traditional.txt`` anew from OpenCC's ``TSCharacters.txt`` (Apache-2.0), as the package
``opencc-python-reimplemented`` carries it. Without it, N letters of the corpus are converted to traditional
characters with OpenCC (three standards: OpenCC's own, Taiwan, Hong Kong) and tagged; printed is how many sentences
get the labels of the simplified letter. Needs ``pip install dafu[bench]``.
"""

from __future__ import annotations

import argparse
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "configs" / "traditional.txt"
#: Traditional or variant forms that the list of standard characters of 2013 (通用规范汉字表) admits for names.
ADMITTED = "昇邨甦珮喆堃淼祇勣迺澂闇筦苧剋藉瞭鍾"
HEADER = """\
# Traditional characters and their simplified forms, one to one, for folding.
# Made by tests/bench/traditional.py from OpenCC's TSCharacters.txt (https://github.com/BYVoid/OpenCC, Apache-2.0).
# [only] no simplified text has these; [also] these occur in simplified texts too (乾隆, 淡於), and are folded only
# in a text that is traditional by its other characters.
"""


def write_table() -> None:
    """Cut OpenCC's table to pairs of one character in the basic plane, by whether GB 2312 has the first."""
    import opencc

    source = Path(opencc.__file__).parent / "dictionary" / "TSCharacters.txt"
    groups: dict[str, list[str]] = {"only": [], "also": []}
    for line in source.read_text(encoding="utf-8").splitlines():
        traditional, _, simplified = line.partition("\t")
        first = simplified.split(" ")[0]
        if (
            first != traditional
            and len(first) == len(traditional) == 1
            and max(traditional, first) <= "\uffff"
        ):
            groups["also" if _in_simplified_use(traditional) else "only"].append(traditional + first)
    lines = [HEADER]
    for name, pairs in groups.items():
        lines.append(f"[{name}]\n")
        lines += [" ".join(pairs[i : i + 30]) + "\n" for i in range(0, len(pairs), 30)]
    TABLE.write_text("".join(lines), encoding="utf-8")


def _in_simplified_use(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return character in ADMITTED
    return True


def measure(letters: int) -> None:
    """Print the agreement of labels, the letters' fields left aside."""
    from opencc import OpenCC

    import dafu
    from dafu.corpus import load_corpus

    tagger = dafu.load()
    held = [item.letter for item in load_corpus(ROOT / "corpus")]
    chosen = held[:: max(1, len(held) // letters)][:letters]
    plain = list(tagger.pipe([letter.text for letter in chosen]))
    print(f"{len(chosen)} letters, {sum(len(tagged.sentences) for tagged in plain)} sentences")
    for standard in ("s2t", "s2tw", "s2hk"):
        converter = OpenCC(standard)
        converted = list(tagger.pipe([converter.convert(letter.text) for letter in chosen]))
        same = total = cuts = 0
        for one, two in zip(plain, converted, strict=True):
            if [(s.start, s.end) for s in one.letter.sentences] != [
                (s.start, s.end) for s in two.letter.sentences
            ]:
                cuts += 1
                total += len(one.sentences)
                continue
            total += len(one.sentences)
            same += sum(a.labels == b.labels for a, b in zip(one.sentences, two.sentences, strict=True))
        print(f"{standard}: same labels {same / total:.4f}; letters cut otherwise {cuts}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--letters", type=int, default=100)
    arguments = parser.parse_args()
    if arguments.write:
        write_table()
    else:
        measure(arguments.letters)
