"""The routes of the accounts' pages."""

from stoa.web.accounts import api_keys, data, entrance, mail, profile, recovery, sessions

ROUTERS = (
    entrance.router,
    recovery.router,
    profile.router,
    sessions.router,
    api_keys.router,
    data.router,
    mail.router,
)
