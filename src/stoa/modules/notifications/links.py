"""Links that switch mails of a category off: signed, for ever, and with nothing secret in them."""

import re
from typing import Final
from uuid import UUID

from stoa.modules.notifications.catalogue import CATEGORIES
from stoa.modules.notifications.errors import UnknownLink
from stoa.shared.keyring import Keyring

_PURPOSE: Final = "unsubscribe"
_TOKEN: Final = re.compile(r"([0-9a-f]{32})\.([a-z]{1,20})\.([0-9a-f]{64})")


def unsubscribe_token(keyring: Keyring, user_id: UUID, category: str) -> str:
    """Who has it can switch these mails off, and nothing else."""
    said = f"{user_id.hex}.{category}"
    return f"{said}.{keyring.sign(_PURPOSE, said.encode())}"


def read_token(keyring: Keyring, token: str) -> tuple[UUID, str]:
    """Whose, and which category. Raises UnknownLink."""
    found = _TOKEN.fullmatch(token)
    if found is None or not keyring.verify(_PURPOSE, f"{found[1]}.{found[2]}".encode(), found[3]):
        raise UnknownLink
    if found[2] not in CATEGORIES:
        raise UnknownLink
    return UUID(found[1]), found[2]
