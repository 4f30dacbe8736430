"""Switching mails of a category off by the link that stands in each of them, without signing in (RFC 8058)."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.notifications.catalogue import CATEGORIES, MAIL, Category
from stoa.modules.notifications.errors import UnknownLink
from stoa.modules.notifications.links import read_token, unsubscribe_token
from stoa.modules.notifications.preferences.service import PreferenceService
from stoa.modules.users.service import UserService
from stoa.shared.keyring import Keyring


class Unsubscribing:
    """`url` is the site's public one, without a slash at the end."""

    def __init__(self, keyring: Keyring, url: str) -> None:
        self._keyring = keyring
        self._url = url

    def link(self, user_id: UUID, category: str) -> str:
        """Where mails of that category are switched off; it never expires."""
        return f"{self._url}/unsubscribe/{unsubscribe_token(self._keyring, user_id, category)}"

    def category_of(self, token: str) -> Category:
        """What the link would switch off. Raises UnknownLink."""
        return CATEGORIES[read_token(self._keyring, token)[1]]

    async def unsubscribe(self, session: AsyncSession, token: str) -> Category:
        """No more mails of that category, as often as it is asked for. Raises UnknownLink."""
        user_id, name = read_token(self._keyring, token)
        category = CATEGORIES[name]
        account = await UserService(session).look_up(user_id)
        if account is None or MAIL in category.locked:
            raise UnknownLink
        await PreferenceService(session).switch_off(user_id, category.name, MAIL)
        return category
