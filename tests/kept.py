"""Pages that the page cache gives again."""

import asyncio

import httpx

_NO_STATEMENTS = 'desc="0 statements"'


def is_kept(answer: httpx.Response) -> bool:
    return _NO_STATEMENTS in answer.headers["server-timing"]


async def kept(client: httpx.AsyncClient, path: str, encoding: str = "identity") -> httpx.Response:
    """The page from the page cache.

    It keeps as soon as it hears of changes, and news of a change may still be on the way after others see the change.
    """
    for _ in range(500):
        answer = await client.get(path, headers={"accept-encoding": encoding})
        if is_kept(answer):
            return answer
        await asyncio.sleep(0.01)
    raise AssertionError(f"{path} was never kept")
