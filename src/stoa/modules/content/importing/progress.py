"""Tells how far an import is. The terminal's bar is the command's; here is only what is told, and silence."""

from typing import Protocol


class Progress(Protocol):
    def begin(self, phase: str, total: int) -> None:
        """A phase of so many steps begins."""

    def step(self) -> None:
        """One step is done."""


class Silence:
    def begin(self, phase: str, total: int) -> None:
        """Say nothing."""

    def step(self) -> None:
        """Say nothing."""
