"""How well letters come out of web pages: dafu's reader beside plain trafilatura, layout by layout.

usage: python tests/bench/readers_html.py [--letters N] [--apart] [--alone] [--show LAYOUT]

The pages are the layouts of ``tests/pages.py`` around N letters of the corpus; scored are the characters in their
order and the places between paragraphs (F1). Needs ``pip install dafu[bench]``.
"""

from __future__ import annotations

import argparse
import difflib
import sys
import time
from pathlib import Path
from statistics import fmean

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from pages_apart import APART  # noqa: E402

from dafu.corpus import load_corpus  # noqa: E402
from dafu.errors import InputError  # noqa: E402
from dafu.readers.html import read_html  # noqa: E402
from pages import LAYOUTS, boundary_f1, character_f1, shuffled, title_and_lines  # noqa: E402


def ours(page: str) -> str:
    """dafu's reader."""
    try:
        return read_html(page.encode(), "page.html").text
    except InputError:
        return ""


def theirs(page: str) -> str:
    """trafilatura with its defaults."""
    import trafilatura

    return trafilatura.extract(page, include_comments=False) or ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--letters", type=int, default=30)
    parser.add_argument("--apart", action="store_true", help="on the layouts kept apart (pages_apart.py)")
    parser.add_argument("--alone", action="store_true", help="without trafilatura")
    parser.add_argument("--show", metavar="LAYOUT", help="print what differs in the pages of a layout")
    arguments = parser.parse_args()
    texts = shuffled([item.letter.text for item in load_corpus(ROOT / "corpus")], arguments.letters)
    print(
        "| layout | dafu characters | paragraphs | trafilatura characters | paragraphs |\n| --- | --- | --- | --- | --- |"
    )
    totals: list[list[float]] = []
    seconds = {ours: 0.0} if arguments.alone else {ours: 0.0, theirs: 0.0}
    size = 0
    for name, layout in (APART if arguments.apart else LAYOUTS).items():
        if arguments.show and name != arguments.show:
            continue
        scores: list[list[float]] = []
        for text in texts:
            title, lines, wanted = title_and_lines(text)
            page = layout(title, lines)
            size += len(page.encode())
            row: list[float] = []
            for extract in seconds:
                start = time.perf_counter()
                found = extract(page)
                seconds[extract] += time.perf_counter() - start
                row += [character_f1(found, wanted), boundary_f1(found, wanted)]
                if arguments.show and extract is ours and min(row) < 1:
                    print(
                        "\n".join(
                            difflib.unified_diff(wanted.split("\n"), found.split("\n"), n=0, lineterm="")
                        )
                    )
            scores.append(row)
        means = [fmean(column) for column in zip(*scores, strict=True)]
        totals.append(means)
        print(f"| {name} | " + " | ".join(f"{value:.3f}" for value in means) + " |")
    print("| mean | " + " | ".join(f"{fmean(column):.3f}" for column in zip(*totals, strict=True)) + " |")
    print(
        f"\n{len(texts)} letters a layout; MB/s: "
        + ", ".join(f"{e.__doc__} {size / 1e6 / s:.1f}" for e, s in seconds.items())
    )


if __name__ == "__main__":
    main()
