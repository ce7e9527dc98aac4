"""A time limit holds in every thread, and nothing is struck after its block."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from dafu.limits import TooSlow, limited


def in_thread(function: Callable[[], object]) -> object:
    """What a function gives in a thread of its own, or the exception that it raises."""
    found: list[object] = []

    def call() -> None:
        try:
            found.append(function())
        except BaseException as error:
            found.append(error)

    thread = threading.Thread(target=call)
    thread.start()
    thread.join()
    (answer,) = found
    return answer


def endless() -> str:
    with limited(0.05):
        while True:
            pass


def test_endless_work_is_broken_off_in_the_main_thread() -> None:
    with pytest.raises(TooSlow):
        endless()


def test_endless_work_is_broken_off_in_another_thread() -> None:
    assert isinstance(in_thread(endless), TooSlow)


def test_short_work_is_let_alone() -> None:
    def short() -> str:
        with limited(60):
            return "done"

    assert in_thread(short) == "done"


def test_an_error_of_the_block_comes_through() -> None:
    def wrong() -> None:
        with limited(60):
            raise ValueError("wrong")

    assert isinstance(in_thread(wrong), ValueError)


def test_a_block_that_swallows_the_exception_ends_as_it_likes() -> None:
    def stubborn() -> str:
        with limited(0.02):
            try:
                while True:
                    pass
            except Exception:
                return "swallowed"

    assert in_thread(stubborn) == "swallowed"


def test_nothing_is_struck_once_the_block_has_ended() -> None:
    """Blocks that end just when their time is up: each either ends or is broken off, what follows never is."""

    def race() -> int:
        ended = broken = 0
        for turn in range(300):
            limit = 0.0005
            until = time.perf_counter() + limit + (turn % 20 - 10) * 2e-5
            try:
                with limited(limit):
                    while time.perf_counter() < until:
                        pass
                ended += 1
            except TooSlow:
                broken += 1
            for _ in range(50):  # an exception that came late would strike here, outside of the try
                pass
        return ended + broken

    assert in_thread(race) == 300
