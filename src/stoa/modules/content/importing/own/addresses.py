"""Addresses of pictures in the texts of an export. Pure."""

from stoa.shared.media.names import addresses_in

_MOST = 5000


def picture_addresses(body: str, cover: str | None) -> list[str]:
    """Those of our own pictures that the text or the cover shows, each once."""
    return list(dict.fromkeys((*addresses_in(body), *addresses_in(cover or ""))))[:_MOST]
