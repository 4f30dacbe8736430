"""As for the events' tests: a database with real commits, and empty streams."""

from tests.events.conftest import database, transport, url

__all__ = ["database", "transport", "url"]
