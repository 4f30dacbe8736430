"""What every mishap must leave: one row, the right sum, and nothing reserved."""

import asyncio

import asyncpg

from tests.ai.site import AiSite, Caller

DEAR = 1_000_000
"""One micro-dollar for a token: cost and tokens are the same number."""


async def limited(site: AiSite, *models: str) -> Caller:
    """Somebody with a budget, so that each of their calls holds money; the models have a price."""
    caller = await site.caller()
    for model in models:
        await site.price(model, DEAR)
    await site.limit(f"user:{caller.user_id}", 10_000_000)
    return caller


async def one_row(site: AiSite, caller: Caller) -> asyncpg.Record:
    """The only row of somebody; what their accounts have spent is its cost, and nothing is held."""
    [row] = await site.settled(caller)
    await nothing_held(site, caller, spent=row["cost_micros"])
    assert row["cost_micros"] == row["input_tokens"] + row["output_tokens"]
    return row


async def nothing_held(site: AiSite, caller: Caller, *, spent: int) -> None:
    for _ in range(100):
        rows = await site.rows(
            "SELECT spent_micros, reserved_micros FROM ai_accounts WHERE scope = $1", f"user:{caller.user_id}"
        )
        if all(row["reserved_micros"] == 0 for row in rows):
            break
        await asyncio.sleep(0.05)
    assert rows
    assert {(row["spent_micros"], row["reserved_micros"]) for row in rows} == {(spent, 0)}
    assert await site.rows("SELECT id FROM ai_accounts WHERE reserved_micros <> 0") == []
