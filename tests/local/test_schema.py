"""Whether a migration is due is asked of the database itself."""

import time

import pytest

from stoa.local.errors import CannotStart
from stoa.local.schema import current_revision, is_behind
from stoa.local.schema_probe import plain_url
from tests.local.running import Up, ask, free_port


class TestRevision:
    def test_is_none_before_the_first_migration_and_then_what_the_database_says(self, shared_up: Up) -> None:
        url = shared_up.database_url

        assert current_revision(url, time.sleep) is None
        ask(url, "CREATE TABLE alembic_version AS SELECT '0007' AS version_num")
        assert current_revision(url, time.sleep) == "0007"
        ask(url, "DROP TABLE alembic_version")

    def test_of_a_database_that_does_not_answer_is_a_fault_without_its_password(self) -> None:
        with pytest.raises(CannotStart, match="The database cannot be asked for its schema: ") as fault:
            current_revision(f"postgresql://stoa:secret@127.0.0.1:{free_port()}/stoa", time.sleep)
        assert "secret" not in fault.value.detail

    def test_may_be_behind_level_or_too_far(self) -> None:
        assert is_behind(None, "0003")
        assert is_behind("0002", "0003")
        assert not is_behind("0003", "0003")
        with pytest.raises(CannotStart, match="at revision 0004, and this Stoa knows revisions up to 0003"):
            is_behind("0004", "0003")


class TestPlainUrl:
    @pytest.mark.parametrize(
        ("given", "plain"),
        [
            ("postgresql://a:b@c:1/d", "postgresql://a:b@c:1/d"),
            ("postgresql+asyncpg://a@c/d?ssl=require", "postgresql://a@c/d?sslmode=require"),
            ("postgresql://stoa@/stoa?host=/a/b", "postgresql://stoa@/stoa?host=/a/b"),
        ],
    )
    def test_is_what_asyncpg_reads(self, given: str, plain: str) -> None:
        assert plain_url(given) == plain
