"""What somebody may have meant who named a user or role that is not there; for those who manage people alone."""

from difflib import get_close_matches

import orjson

from stoa.modules.auth.roles.service import RoleReads
from stoa.modules.users.schemas import UserQuery
from stoa.modules.users.service import UserReads
from stoa.shared.checking import checked
from stoa.shared.database import ReadSession
from stoa.shared.errors import InvalidInput, NotFound
from stoa.shared.pagination import MOST_PER_PAGE

_LETTERS = 2
"""So many from the front are right in most names that were typed wrongly."""


async def no_such_user(reads: ReadSession, given: str) -> NotFound:
    """The fault of an unknown username, with the usernames like it; an address finds the account it belongs to."""
    near = await _usernames(reads, given) if "@" in given else []
    near = near or get_close_matches(given.lower(), await _usernames(reads, given[:_LETTERS]))
    hint = f" Did you mean {' or '.join(near[:3])}?" if near else " `stoa user list` shows all there are."
    return NotFound(f"There is no user '{given[:60]}'.{hint}")


async def check_role(reads: ReadSession, role: str) -> None:
    """Raises NotFound with the roles there are."""
    names = [found["name"] for found in orjson.loads(await RoleReads(reads).roles())["items"]]
    if role not in names:
        raise NotFound(f"There is no role '{role[:60]}'. There are: {', '.join(names)}.")


async def _usernames(reads: ReadSession, part: str) -> list[str]:
    try:
        query = checked(UserQuery, search=part, limit=MOST_PER_PAGE)
    except InvalidInput:
        return []
    found = await UserReads(reads).page(query)
    return [orjson.loads(item)["username"] for item in found.items]
