"""Whether the rows of the audit log are one chain. Pure: knows no database."""

from collections.abc import Iterable
from dataclasses import dataclass

BEGINNING = bytes(32)


@dataclass(frozen=True, slots=True)
class Link:
    """What a row says of itself, and `digest`, what its hash would be if nobody had touched it."""

    position: int
    previous_hash: bytes
    hash: bytes
    digest: bytes


@dataclass(frozen=True, slots=True)
class ChainReport:
    """`length` is that of the whole part; `broken_at` is the position of the first fault."""

    length: int
    is_whole: bool = True
    broken_at: int | None = None
    fault: str | None = None


class Chain:
    """Follows a chain link by link, in any number of batches."""

    def __init__(self) -> None:
        self.position = 0
        self._hash = BEGINNING

    def follow(self, links: Iterable[Link]) -> ChainReport | None:
        """The first fault, or None when all links follow each other."""
        for link in links:
            fault = self._fault_of(link)
            if fault:
                return self._broken(fault)
            self.position, self._hash = link.position, link.hash
        return None

    def end(self, head_position: int | None, head_hash: bytes | None) -> ChainReport:
        """The verdict after the last link, given where the database says that the chain ends."""
        if head_position is None:
            return self._broken("the row that says where the log ends is missing")
        if head_position > self.position:
            return self._broken("rows are missing at the end")
        if head_position < self.position:
            return ChainReport(head_position, False, head_position + 1, "rows were put in at the end")
        if head_hash != self._hash:
            return ChainReport(head_position, False, max(1, head_position), "the last row was replaced")
        return ChainReport(self.position)

    def _fault_of(self, link: Link) -> str | None:
        expected = self.position + 1
        if link.position > expected:
            return "a row is missing"
        if link.position < expected:
            return f"a row was put in with the position {link.position}"
        if link.previous_hash != self._hash:
            return "the row does not follow the one before it: one of them was put in, replaced or taken out"
        if link.hash != link.digest:
            return "the row was changed"
        return None

    def _broken(self, fault: str) -> ChainReport:
        return ChainReport(self.position, False, self.position + 1, fault)
