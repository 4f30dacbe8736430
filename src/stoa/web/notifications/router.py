"""The routes of the pages of notifications."""

from stoa.web.notifications import inbox, preferences, unsubscribing, wording

ROUTERS = (inbox.router, preferences.router, unsubscribing.router, wording.router)
