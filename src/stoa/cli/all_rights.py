"""What commands do as whoever has the machine: with every permission; services, rules and audit rows are the API's."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from stoa.cli.context import Opened
    from stoa.modules.auth.parts import AuthParts
    from stoa.shared.security import Actor


def act_with_all_rights(
    data_dir: Path | None,
    work: "Callable[[AuthParts, Actor], Awaitable[Any]]",
    *,
    username: str | None = None,
    role: str | None = None,
) -> Any:
    """Do `work` with all rights, as whoever has the machine has them; `username` and `role` are those it is about."""
    from stoa.cli.context import run

    async def with_parts(opened: "Opened") -> Any:
        from stoa.modules.auth.accounts.by_shell import shell_actor
        from stoa.modules.auth.accounts.near import check_role, no_such_user
        from stoa.modules.auth.parts import make_parts
        from stoa.modules.users.errors import UserNotFound
        from stoa.shared.keyring import keyring_of
        from stoa.shared.throttle import Throttle

        async with Throttle(opened.redis_url) as throttle:
            keyring = keyring_of(opened.settings, opened.data_dir)
            parts = make_parts(opened.settings, opened.database, throttle, keyring)
            try:
                if role:
                    await check_role(opened.database.reads, role)
                return await work(parts, await shell_actor(parts))
            except UserNotFound:
                raise await no_such_user(opened.database.reads, username or "") from None
            finally:
                parts.hasher.close()

    return run(data_dir, "stoa user", with_parts)


def whoever_has_the_machine() -> "Actor":
    """For the audit log, where a command asks for no permission."""
    from stoa.shared.security import Actor

    return Actor(None, "shell", "admin", frozenset(), "shell")


def act_on_person(
    data_dir: Path | None, username: str, act: "Callable[[Any, Actor], Awaitable[Any]]", *, role: str | None = None
) -> Any:
    """Do one thing to somebody, in one transaction."""

    async def work(parts: "AuthParts", actor: "Actor") -> Any:
        from stoa.modules.auth.people.service import PeopleService

        return await parts.database.transact(lambda session: act(PeopleService(session, parts.life), actor))

    return act_with_all_rights(data_dir, work, username=username, role=role)
