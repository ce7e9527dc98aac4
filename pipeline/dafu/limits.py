"""A time limit for a block of code, in any thread."""

from __future__ import annotations

import ctypes
import signal
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from types import FrameType
from typing import Any


class TooSlow(Exception):
    """A block took longer than it may."""


def limited(seconds: float) -> AbstractContextManager[None]:
    """Break off a block that takes longer than ``seconds``; it is never broken off once it has ended.

    By a signal where there are signals and this is the main thread, else from a second thread (the worker threads
    of a Dask cluster; Windows). The second way waits for the next step of Python: a single call into C (a regular
    expression, a parser of documents) ends first.

    Raises:
        TooSlow: the block took longer.
    """
    main = threading.current_thread() is threading.main_thread()
    return _by_signal(seconds) if main and hasattr(signal, "setitimer") else _by_thread(seconds)


@contextmanager
def _by_signal(seconds: float) -> Iterator[None]:
    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise TooSlow

    before: Any = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def _by_thread(seconds: float) -> Iterator[None]:
    thread = ctypes.c_ulong(threading.get_ident())
    #: Whoever takes the token decides: the timer that it strikes, the block that it has ended. ``pop`` is atomic.
    token = [True]

    def strike() -> None:
        try:
            token.pop()
        except IndexError:
            return
        ctypes.pythonapi.PyThreadState_SetAsyncExc(thread, ctypes.py_object(TooSlow))

    timer = threading.Timer(seconds, strike)
    timer.daemon = True
    try:
        timer.start()
        yield
    finally:
        timer.cancel()
        try:
            token.pop()
        except IndexError:  # the timer has struck or is about to: let that be over before the block is
            timer.join()
            ctypes.pythonapi.PyThreadState_SetAsyncExc(thread, None)
