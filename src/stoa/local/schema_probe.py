"""A program of its own: prints the schema revision of the database at DATABASE_URL, nothing if there is none yet.

asyncpg takes 16 MB; loaded here, they do not stay in the supervisor. Never changes anything.
"""

import asyncio
import os
import sys
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import asyncpg

_CONNECT_SECONDS = 10.0


def plain_url(url: str) -> str:
    """The address without SQLAlchemy's dialect: `postgresql+asyncpg://...?ssl=` is `postgresql://...?sslmode=`."""
    parts = urlsplit(url)
    query = [("sslmode" if name == "ssl" else name, value) for name, value in parse_qsl(parts.query)]
    return urlunsplit((parts.scheme.partition("+")[0], parts.netloc, parts.path, urlencode(query, safe="/"), ""))


async def revision(url: str) -> str:
    connection = await asyncpg.connect(plain_url(url), timeout=_CONNECT_SECONDS)
    try:
        return str(await connection.fetchval("TABLE alembic_version") or "")
    except asyncpg.UndefinedTableError:
        return ""
    finally:
        await connection.close()


def main() -> int:
    try:
        sys.stdout.write(asyncio.run(revision(os.environ["DATABASE_URL"])))
    except (OSError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        sys.stderr.write(str(error) or type(error).__name__)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
