"""The migrations make exactly the tables that the models describe."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import base as postgresql
from sqlalchemy.ext.asyncio import create_async_engine

from stoa.modules.content.passages.models import Vector
from stoa.shared.database import sqlalchemy_url
from stoa.tables import metadata

postgresql.ischema_names["vector"] = Vector  # SQLAlchemy does not know pgvector's type
OWN_SCHEMAS = {None, "public", "audit"}


def _differences(connection: Connection) -> list[object]:
    options = {"include_schemas": True, "include_name": _is_ours, "compare_type": True}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


def _is_ours(name: str | None, kind: str, _: object) -> bool:
    return kind != "schema" or name in OWN_SCHEMAS


class TestMigrations:
    async def test_they_make_what_the_models_describe(self, own_database_url: str) -> None:
        admin = own_database_url.replace("//stoa@", "//postgres@", 1)
        engine = create_async_engine(sqlalchemy_url(admin))
        async with engine.connect() as connection:
            found = await connection.run_sync(_differences)
        await engine.dispose()
        assert [one for one in found if "alembic_version" not in str(one)] == []
