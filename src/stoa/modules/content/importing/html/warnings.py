"""What could not come along, each told once."""

from bs4.element import Tag

_MOST = 20


class Warnings:
    def __init__(self) -> None:
        self._told: dict[str, None] = {}

    def add(self, warning: str) -> None:
        self._told[warning] = None

    def dropped(self, tag: Tag) -> None:
        if tag.name in {"script", "style", "form", "object", "embed", "applet", "svg", "canvas"}:
            self.add(f"<{tag.name}> was taken out")

    @property
    def told(self) -> tuple[str, ...]:
        """At most 20, and how many more there were."""
        all_of_them = tuple(self._told)
        more = len(all_of_them) - _MOST
        return (*all_of_them[:_MOST], f"and {more} more like these") if more > 0 else all_of_them
