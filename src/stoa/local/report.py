"""Calm, aligned lines for the terminal. A terminal that has gone away is no reason to fall over."""

import os
import sys
import time
from contextlib import suppress
from pathlib import Path

_LABEL_WIDTH = 14


def say(label: str, text: str) -> None:
    """One line: what it is about, and what is the matter."""
    tell(f"{label:<{_LABEL_WIDTH}} {text}")


def tell(text: str) -> None:
    with suppress(OSError, ValueError):
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()


def seconds_since(start: float) -> str:
    return f"{time.monotonic() - start:.1f} s"


def started_at() -> float:
    """When this process began, on the monotonic clock: what a person with a watch would say.
    Where the system does not tell, now.
    """
    with suppress(OSError, ValueError, AttributeError):
        ticks = float(Path("/proc/self/stat").read_text(encoding="ascii").rpartition(")")[2].split()[19])
        age = time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")
        return time.monotonic() - age
    return time.monotonic()
