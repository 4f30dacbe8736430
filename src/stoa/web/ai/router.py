"""The routes of the pages of models."""

from stoa.web.ai import choices, keys, limits, overview, providers, spending, usage

ROUTERS = (
    usage.router,
    spending.router,
    overview.router,
    providers.router,
    keys.router,
    choices.router,
    limits.router,
)
