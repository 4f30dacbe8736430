"""Ctrl-C, SIGTERM and SIGHUP as things noted, not as exceptions in the middle of whatever runs."""

import os
import select
import signal
from types import FrameType
from typing import Any, Self

_STOP = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopAsked(Exception):
    """Somebody asked us to stop; raised only where we wait."""


class Signals:
    """Notes signals while it is entered, in the main thread. Waiting ends early when one comes or a child ends."""

    def __init__(self) -> None:
        self._noted = 0
        self._seen = 0
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        self._woken, wake = os.pipe()
        self._wake = wake
        os.set_blocking(self._woken, False)
        os.set_blocking(wake, False)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        for number in _STOP:
            if number is not signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:  # as nohup sets it
                self._before[number] = signal.signal(number, self._note)
        self._before[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, _ignore)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(-1)
        os.close(self._woken)
        os.close(self._wake)

    def wait(self, seconds: float) -> None:
        if select.select([self._woken], [], [], seconds)[0]:
            os.read(self._woken, 512)

    def pause(self, seconds: float) -> None:
        """Wait, and raise StopAsked if somebody asked us to stop."""
        self.wait(seconds)
        if self._noted > self._seen:
            self._seen = self._noted
            raise StopAsked

    def hurry(self) -> bool:
        """Whether somebody asked again since the last time this was asked."""
        again, self._seen = self._noted > self._seen, self._noted
        return again

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        self._noted += 1


def _ignore(_number: int, _frame: FrameType | None) -> None:
    """Only its wake-up counts."""
