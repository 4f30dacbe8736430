"""The front door of the API of accounts."""

from stoa.modules.auth.accounts.router import router as accounts
from stoa.modules.auth.api_keys.router import router as api_keys
from stoa.modules.auth.oauth.router import metadata_router as metadata
from stoa.modules.auth.oauth.router import router as sessions
from stoa.modules.auth.people.router import router as people
from stoa.modules.auth.roles.router import router as roles

__all__ = ["ROUTERS", "metadata"]
ROUTERS = (sessions, accounts, api_keys, roles, people)
