"""Rendering in processes of their own, which stall, are killed, or outlive their parent."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import suppress

import psutil
import pytest

from stoa.shared.errors import InvalidInput, MalformedInput, TooSlow, Unavailable
from stoa.shared.markdown.pool import MarkdownPool
from stoa.shared.markdown.render import ARTICLE, COMMENT, Rendered, render

SLOW = "<http://a.b> " * 20_000
"""Accepted by every guard, and some seconds of work."""


@pytest.fixture
async def make_pool() -> AsyncIterator[Callable[..., MarkdownPool]]:
    pools: list[MarkdownPool] = []

    def make(workers: int = 1, seconds: float = 20.0, waiting: int = 64) -> MarkdownPool:
        pools.append(MarkdownPool(workers, seconds, waiting=waiting))
        return pools[-1]

    yield make
    for pool in pools:
        await pool.close()


def workers_of(process: psutil.Process) -> list[psutil.Process]:
    found = []
    for child in process.children():
        with suppress(psutil.Error):  # it may be gone by now
            if "spawn_main" in " ".join(child.cmdline()):
                found.append(child)
    return found


def kill_workers() -> None:
    for worker in workers_of(psutil.Process()):
        with suppress(psutil.Error):
            worker.kill()


class TestRendering:
    async def test_it_gives_what_rendering_here_gives(self, make_pool: Callable[..., MarkdownPool]) -> None:
        pool = make_pool()

        assert await pool.render("# A\n\n*b*") == render("# A\n\n*b*")
        assert await pool.render("# A", COMMENT) == render("# A", COMMENT)

    async def test_faults_come_back_as_they_are(self, make_pool: Callable[..., MarkdownPool]) -> None:
        pool = make_pool()

        with pytest.raises(MalformedInput, match="NUL"):
            await pool.render("\0")
        with pytest.raises(InvalidInput, match="nested more than") as caught:
            await pool.render(">" * 100)
        assert caught.value.detail == str(caught.value)

    async def test_many_keep_their_order_and_their_faults(self, make_pool: Callable[..., MarkdownPool]) -> None:
        sources = [f"text {number}" if number % 5 else ">" * 100 for number in range(40)]

        results = [result async for result in make_pool(2).render_many((source, ARTICLE) for source in sources)]

        for number, result in enumerate(results):
            if isinstance(result, Rendered):
                assert result.text == f"text {number}"
            else:
                assert isinstance(result, InvalidInput)
                assert number % 5 == 0
        assert len(results) == 40


class TestOverrun:
    async def test_it_is_stopped_and_the_next_one_served(self, make_pool: Callable[..., MarkdownPool]) -> None:
        pool = make_pool(seconds=0.3)

        with pytest.raises(TooSlow, match=r"more than 0\.3 s"):
            await pool.render(SLOW)
        assert (await pool.render("after")).text == "after"

    async def test_a_full_line_turns_people_away(self, make_pool: Callable[..., MarkdownPool]) -> None:
        pool = make_pool(waiting=1)
        await pool.render("started")

        results = await asyncio.gather(*(pool.render(SLOW[:26_000]) for _ in range(6)), return_exceptions=True)

        assert [type(result) for result in results] == [Rendered] * 2 + [Unavailable] * 4
        assert (await pool.render("after")).text == "after"

    async def test_who_gives_up_holds_nobody_up(self, make_pool: Callable[..., MarkdownPool]) -> None:
        pool = make_pool(seconds=5.0)
        impatient = [asyncio.create_task(pool.render(SLOW[:65_000])) for _ in range(10)]
        await asyncio.sleep(0.2)

        for task in impatient:
            task.cancel()
        await asyncio.wait(impatient)

        assert (await pool.render("after")).text == "after"


class TestKilledWorkers:
    async def test_an_idle_one_is_replaced(self, make_pool: Callable[..., MarkdownPool]) -> None:
        pool = make_pool(2)
        await pool.render("before")

        for _ in range(3):
            kill_workers()
            assert (await pool.render("after")).text == "after"

    @pytest.mark.parametrize("moment", [0.0, 0.3, 1.0])
    async def test_a_busy_one_costs_nobody_anything(
        self, make_pool: Callable[..., MarkdownPool], moment: float
    ) -> None:
        pool = make_pool()
        running = [asyncio.create_task(pool.render(SLOW[:65_000])) for _ in range(3)]

        await asyncio.sleep(moment)
        kill_workers()

        assert {(await task).html.count("<a ") for task in running} == {5_000}

    async def test_killed_again_and_again_it_says_so(self, make_pool: Callable[..., MarkdownPool]) -> None:
        pool = make_pool()
        running = asyncio.create_task(pool.render(SLOW))

        while not running.done():
            kill_workers()
            await asyncio.sleep(0.05)

        with pytest.raises(Unavailable, match="stopped twice"):
            await running


class TestClosing:
    async def test_it_ends_the_workers_and_tells_who_waits(self, make_pool: Callable[..., MarkdownPool]) -> None:
        pool = make_pool()
        await pool.render("started")
        waiting = [asyncio.create_task(pool.render(SLOW)) for _ in range(3)]
        await asyncio.sleep(0.1)

        await pool.close()

        assert {type(result) for result in await asyncio.gather(*waiting, return_exceptions=True)} == {Unavailable}
        assert workers_of(psutil.Process()) == []
        with pytest.raises(Unavailable, match="shutting down"):
            await pool.render("late")

    async def test_a_pool_never_used_starts_nothing(self, make_pool: Callable[..., MarkdownPool]) -> None:
        pool = make_pool()

        await pool.close()

        assert workers_of(psutil.Process()) == []


PARENT = """
import asyncio, sys
from stoa.shared.markdown.pool import MarkdownPool

async def main():
    pool = MarkdownPool(2)
    print((await pool.render("# up")).title, flush=True)
    await asyncio.sleep(600)

if __name__ == "__main__":
    asyncio.run(main())
"""


class TestProcesses:
    def test_a_worker_knows_nothing_of_the_application(self) -> None:
        code = "import sys, stoa.shared.markdown.worker; print(*sys.modules)"

        loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()

        assert "markdown_it" in loaded
        assert not {"fastapi", "starlette", "sqlalchemy", "pydantic", "jinja2", "typer"} & set(loaded)

    def test_workers_do_not_outlive_a_killed_parent(self) -> None:
        parent = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True)
        assert parent.stdout is not None
        with parent, parent.stdout:
            assert parent.stdout.readline() == "up\n"
            workers = workers_of(psutil.Process(parent.pid))
            parent.kill()

        _gone, alive = psutil.wait_procs(workers, timeout=30)

        assert len(workers) == 2
        assert alive == []
