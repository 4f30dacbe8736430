"""What an embedded frame shows, as an address that a person can open. Pure."""

import re

_KNOWN = (
    (re.compile(r"(?:youtube(?:-nocookie)?\.com/(?:embed|v)/|youtu\.be/)([\w-]{6,20})"), "https://www.youtube.com/watch?v={}"),
    (re.compile(r"player\.vimeo\.com/video/(\d+)"), "https://vimeo.com/{}"),
    (re.compile(r"open\.spotify\.com/embed/((?:track|album|playlist|episode|show)/\w+)"), "https://open.spotify.com/{}"),
    (re.compile(r"codepen\.io/([\w-]+)/embed/(?:preview/)?(\w+)"), "https://codepen.io/{}/pen/{}"),
)  # fmt: skip


def shown_by(frame: str) -> str:
    """The page behind the address of a frame; the address itself where nothing better is known."""
    address = frame.strip()
    if address.startswith("//"):
        address = f"https:{address}"
    for pattern, page in _KNOWN:
        if found := pattern.search(address):
            return page.format(*found.groups())
    return address
