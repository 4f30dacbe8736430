"""Hands the audit log over to a database role that nobody signs in as, so that the application may only append.

Needs a superuser's connection. Knows the audit log's schema by name only, and never reads or writes its rows.
"""

import asyncio

import asyncpg

from stoa.shared.errors import PermissionDenied, Unavailable

# Whoever migrates owns Alembic's table: that is the application's role.
_OWNERS = """
DO $$
DECLARE
  app text := (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = 'alembic_version'::regclass);
  owner text := {owner};
  item text;
BEGIN
  EXECUTE format('ALTER SCHEMA audit OWNER TO %I', owner);
  FOR item IN SELECT oid::regclass FROM pg_class WHERE relnamespace = 'audit'::regnamespace AND relkind = 'r' LOOP
    EXECUTE format('ALTER TABLE %s OWNER TO %I', item, owner);
  END LOOP;
  FOR item IN SELECT oid::regprocedure FROM pg_proc WHERE pronamespace = 'audit'::regnamespace LOOP
    EXECUTE format('ALTER FUNCTION %s OWNER TO %I', item, owner);
  END LOOP;
  {then}
END $$
"""
_MAKE_ROLE = """
DO $$ BEGIN
  CREATE ROLE stoa_audit NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$
"""
_GRANTS = """
  REVOKE ALL ON SCHEMA audit FROM PUBLIC;
  REVOKE ALL ON ALL TABLES IN SCHEMA audit FROM PUBLIC;
  REVOKE ALL ON ALL FUNCTIONS IN SCHEMA audit FROM PUBLIC;
  EXECUTE format('REVOKE ALL ON SCHEMA audit FROM %I', app);
  EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA audit FROM %I', app);
  EXECUTE format('REVOKE ALL ON ALL FUNCTIONS IN SCHEMA audit FROM %I', app);
  EXECUTE format('GRANT USAGE ON SCHEMA audit TO %I', app);
  EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA audit TO %I', app);
  EXECUTE format('GRANT EXECUTE ON FUNCTION audit.append TO %I', app);
  IF EXISTS (SELECT FROM pg_auth_members WHERE roleid = 'stoa_audit'::regrole AND member = app::regrole) THEN
    EXECUTE format('REVOKE stoa_audit FROM %I', app);
  END IF;
"""
_SEAL = _OWNERS.format(owner="'stoa_audit'", then=_GRANTS)
_UNSEAL = _OWNERS.format(owner="app", then="")


class CannotSeal(PermissionDenied):
    title = "The audit log cannot be sealed"


def seal(admin_url: str) -> bool:
    """Seal the audit log of the database at `admin_url`, as often as you like; False when it has none yet.

    Blocks, and must not run inside an event loop. Raises CannotSeal, Unavailable.
    """
    return asyncio.run(_run(admin_url, _MAKE_ROLE, _SEAL))


def unseal(admin_url: str) -> bool:
    """Give the audit log back to the application's role, so that a migration can take it down. Raises as `seal`."""
    return asyncio.run(_run(admin_url, _UNSEAL))


async def _run(admin_url: str, *statements: str) -> bool:
    try:
        connection = await asyncpg.connect(admin_url, timeout=10)
    except (OSError, TimeoutError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise Unavailable(
            f"PostgreSQL does not let the administrator in ({error}). Is the administrator's address right?"
        ) from None
    try:
        if await connection.fetchval("SELECT to_regnamespace('audit') IS NULL"):
            return False
        async with connection.transaction():
            for statement in statements:
                await connection.execute(statement)
    except asyncpg.PostgresError as error:
        raise CannotSeal(f"PostgreSQL refuses ({error}). The administrator's address must be a superuser's.") from None
    finally:
        await connection.close()
    return True
