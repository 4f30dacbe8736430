from tests.content.importing.conftest import pool, site

__all__ = ["pool", "site"]
