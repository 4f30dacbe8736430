"""Links to the page before and the page after."""

from urllib.parse import urlencode

from stoa.web.contexts import Pager


def pager(path: str, page: int, *, more: bool, **kept: str) -> Pager:
    """The pager of page number `page` of the list at `path`; `kept` stays in the query string."""
    return Pager(
        next_url=address(path, page + 1, **kept) if more else None,
        previous_url=address(path, page - 1, **kept) if page > 1 else None,
        label=f"Page {page}" if page > 1 or more else "",
    )


def address(path: str, page: int, **kept: str) -> str:
    """Where page number `page` of that list is."""
    query = {**kept, **({"page": str(page)} if page > 1 else {})}
    return f"{path}?{urlencode(query)}" if query else path
