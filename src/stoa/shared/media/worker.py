"""What runs in the processes that decode pictures. Imports Pillow and nothing of the application."""

import signal
import sys
import warnings

from stoa.shared.errors import TooLarge

from .encoding import encode_square
from .images import EncodedImage
from .keeping import encode_or_take_back

MEMORY = 1024**3
"""Address space of one process; 24 million pixels with alpha and all their forms take 480 MB of it (measured)."""


def prepare() -> None:
    """Die at once when told to, in spite of a stuck library call, and never take the machine's memory along."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    warnings.simplefilter("ignore")  # what Pillow has to say of odd files reaches nobody from here
    if sys.platform == "linux":
        import resource  # noqa: PLC0415 # there is none on Windows

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def work(content: bytes, was: str | None) -> EncodedImage:
    try:
        return encode_or_take_back(content, was)
    except MemoryError:
        raise _too_much() from None


def work_square(content: bytes, side: int) -> EncodedImage:
    try:
        return encode_square(content, side)
    except MemoryError:
        raise _too_much() from None


def _too_much() -> TooLarge:
    return TooLarge("The image needs too much memory to be decoded: make it smaller.")
