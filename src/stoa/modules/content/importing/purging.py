"""What imports leave behind is kept for some time only: rows of reports, and files that were to be imported."""

import asyncio
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.shared.clock import utc_now

from .folder import ImportFolder
from .repository import ImportRepository

ROW_DAYS = timedelta(days=90)
_FILES = timedelta(days=1)
_LONGEST_RUN = timedelta(days=2)


async def purge_imports(session: AsyncSession, folder: ImportFolder | None) -> None:
    """Forget old rows, jobs that nobody runs, and files that no job needs. Without a folder no file is touched."""
    imports, now = ImportRepository(session), utc_now()
    await imports.purge_rows(now - ROW_DAYS)
    await imports.give_up_on(now - _LONGEST_RUN)
    if folder is None:
        return
    needed = await imports.files_kept(now - _FILES)
    older_than = (now - _FILES).timestamp()
    await imports.forget_files(await asyncio.to_thread(folder.sweep, needed, older_than=older_than))
