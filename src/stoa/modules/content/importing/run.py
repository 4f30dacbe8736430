"""One run of an import: its batches, and what is done when a batch cannot be written."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.shared.clock import Clock
from stoa.shared.database import Database, sqlstate
from stoa.shared.errors import StoaError, Unavailable

from .choices import Choices
from .foreword import Known
from .items import Outline, Row
from .ledger import Ledger
from .preparing import Entry, Preparer
from .progress import Progress
from .repository import ImportRepository, Record
from .writing import Writer

_MOST_ITEMS = 50
_MOST_BYTES = 1_000_000
_KEYS_AT_ONCE = 2000
_FAULTS_OF_ITEMS = {"22", "23", "54"}  # PostgreSQL's classes: bad data, broken constraint, limit of the program


class ImportRun:
    """Imports outlines in order, each batch with its rows in one transaction. `check` raises when it is to end."""

    def __init__(
        self,
        database: Database,
        preparer: Preparer,
        choices: Choices,
        ledger: Ledger,
        known: Known,
        *,
        slugs: Mapping[str, str],
        clock: Clock,
        check: Callable[[], None],
    ) -> None:
        self._database = database
        self._preparer = preparer
        self._choices = choices
        self._ledger = ledger
        self._known = known
        self._slugs = slugs
        self._clock = clock
        self._check = check

    async def go(self, outlines: Sequence[Outline], progress: Progress, *, told: Collection[str] = ()) -> None:
        """Import all batches; what is among the `told` keys has its row from an earlier try."""
        progress.begin("importing", len(outlines))
        for group in _batches(outlines):
            self._check()
            wanted = [outline for outline in group if outline.key not in told]
            if wanted:
                await self._import(wanted)
            for _ in group:
                progress.step()

    async def _import(self, group: Sequence[Outline]) -> None:
        records = await self._records([one.key for one in group])
        entries = await self._preparer.read(group, records)
        keys = [comment.record_key for entry in entries for comment in entry.comments]
        await self._preparer.render(entries, await self._records(keys))
        await self._write(entries)

    async def _records(self, keys: Sequence[str]) -> dict[str, Record]:
        async def read(session: AsyncSession) -> dict[str, Record]:
            found: dict[str, Record] = {}
            for start in range(0, len(keys), _KEYS_AT_ONCE):
                part = keys[start : start + _KEYS_AT_ONCE]
                found |= await ImportRepository(session).records(self._choices.source, part)
            return found

        return await self._database.transact(read)

    async def _write(self, entries: Sequence[Entry]) -> None:
        """Write a batch; when an item of it spoils it, write each alone, so that the others get through."""
        try:
            rows = await self._transact(entries)
        except (StoaError, DBAPIError) as error:
            if not _is_fault_of_item(error):
                raise
            if len(entries) > 1:
                for entry in entries:
                    await self._write([entry])
                return
            await self._give_up(entries[0], _reason(error))
            return
        self._ledger.note(rows)

    async def _give_up(self, entry: Entry, reason: str) -> None:
        entry.fail(reason)
        for comment in entry.comments:
            comment.fault = "its article could not be written with it"
        await self._ledger.tell(await self._transact([entry], keeps=False))

    async def _transact(self, entries: Sequence[Entry], *, keeps: bool = True) -> list[Row]:
        async def write(session: AsyncSession) -> list[Row]:
            writer = Writer(
                session, self._choices, self._known,
                job_id=self._ledger.job_id, slugs=self._slugs, now=self._clock(),
            )  # fmt: skip
            rows = await writer.write(entries)
            if keeps:
                await self._ledger.keep(session, rows)
            return rows

        return await self._database.transact(write)


def _batches(outlines: Sequence[Outline]) -> Iterator[Sequence[Outline]]:
    """At most 50 items and 1 MB at once, so that memory does not grow with the source."""
    start = size = 0
    for end, outline in enumerate(outlines):
        if end > start and (end - start >= _MOST_ITEMS or size + outline.size > _MOST_BYTES):
            yield outlines[start:end]
            start, size = end, 0
        size += outline.size
    if start < len(outlines):
        yield outlines[start:]


def _is_fault_of_item(error: StoaError | DBAPIError) -> bool:
    if isinstance(error, StoaError):
        return not isinstance(error, Unavailable)
    return (sqlstate(error) or "")[:2] in _FAULTS_OF_ITEMS


def _reason(error: StoaError | DBAPIError) -> str:
    if isinstance(error, StoaError):
        return error.detail
    return f"The database does not take it: {str(error.orig).splitlines()[0][:200]}."
