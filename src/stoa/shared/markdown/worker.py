"""What runs in the pool's processes. Imports the renderer and nothing of the application; starts in some 0.2 s."""

import signal
import sys

from stoa.shared.errors import TooLarge

from .document import Rendered, RenderOptions
from .render import render

MEMORY = 1024**3
"""Address space of one worker; the heaviest source that is accepted takes 250 MB (measured)."""


def prepare() -> None:
    """Die at once when told to, in spite of a stuck library call, and never take the machine's memory along."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if sys.platform == "linux":
        import resource  # noqa: PLC0415 # there is none on Windows

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    render("# Warm *up*\n\n```python\nx = 1\n```\n")


def work(source: str, options: RenderOptions) -> Rendered:
    try:
        return render(source, options)
    except MemoryError:
        raise TooLarge("The text needs too much memory to be laid out. Split it.") from None
