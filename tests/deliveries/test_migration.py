"""The schema goes back to when mails had a table of their own, and forth again, with what is there."""

import asyncio

from stoa.shared.schema import downgrade, upgrade
from tests.audit.log import as_admin
from tests.events.engine import rows

LEFT = """
INSERT INTO deliveries (id, channel, kind, recipient, content, is_secret, state, tries, ended_at)
VALUES (gen_random_uuid(), 'mail', 'reset-password', 'ada@example.com', '{"subject": "Set a password"}', true, 'sent',
  1, now())
"""


async def test_mails_whose_words_are_forgotten_do_not_stand_in_the_way(own_database_url: str) -> None:
    await rows(own_database_url, LEFT)
    await asyncio.to_thread(downgrade, own_database_url, "0004", admin_url=as_admin(own_database_url))
    found = await rows(own_database_url, "SELECT kind, subject, text FROM outgoing_mails")
    assert [tuple(row) for row in found] == [("reset-password", "Set a password", "")]
    await asyncio.to_thread(upgrade, own_database_url, admin_url=as_admin(own_database_url))
    found = await rows(own_database_url, "SELECT kind, state FROM deliveries")
    assert [tuple(row) for row in found] == [("reset-password", "suppressed")]
