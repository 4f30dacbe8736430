"""Pictures are decoded in a process that is ended when it takes too long, too much, or dies."""

import asyncio
import contextlib
import io
import os
import signal
from collections.abc import Iterator

import psutil
import pytest
from PIL import Image

from stoa.shared.errors import TooLarge, TooSlow, Unavailable
from stoa.shared.media.images import LARGEST_UPLOAD, UnreadableImage
from stoa.shared.media.pool import PicturePool
from stoa.shared.media.worker import work

from .pictures import animation, noise, saved

SMALL = saved(Image.new("RGB", (40, 20), "red"), "PNG")


@pytest.fixture(scope="module")
def pool() -> Iterator[PicturePool]:
    made = PicturePool(seconds=30)
    yield made
    made.close()


@pytest.fixture(scope="module")
def long_work() -> bytes:
    """An animation that takes seconds to encode."""
    pattern = Image.effect_noise((50, 50), 60).resize((2000, 2000), Image.Resampling.NEAREST)
    return saved(pattern, "GIF", save_all=True, append_images=[pattern.rotate(90 * n) for n in range(1, 36)])


def processes() -> set[int]:
    """The processes that this one spawned."""
    found = set()
    for one in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            if "spawn_main" in " ".join(one.cmdline()):
                found.add(one.pid)
    return found


class Endless:
    """A file that is larger than anybody may send."""

    def __init__(self) -> None:
        self.asked = 0

    def read(self, size: int = -1, /) -> bytes:
        self.asked += size
        return bytes(size)


class TestPool:
    async def test_the_same_as_in_this_process(self, pool: PicturePool) -> None:
        content = saved(noise(700, 500), "JPEG")
        made = await pool.encode(content)
        assert made == work(content, None)
        assert await pool.encode(io.BytesIO(content)) == made
        assert await pool.encode(made.content, was=made.stored.url) == made
        assert await asyncio.to_thread(pool.encode_now, content) == made
        assert (await pool.encode_square(content, 400)).width == 400

    async def test_faults_come_back_as_they_are(self, pool: PicturePool) -> None:
        with pytest.raises(UnreadableImage, match="no PNG"):
            await pool.encode(b"words")
        with pytest.raises(TooLarge, match="20 MB"):
            await pool.encode(bytes(LARGEST_UPLOAD + 1))

    async def test_no_more_is_read_than_may_be_sent(self, pool: PicturePool) -> None:
        endless = Endless()
        with pytest.raises(TooLarge, match="20 MB"):
            await pool.encode(endless)
        assert endless.asked == LARGEST_UPLOAD + 1

    async def test_what_takes_too_long_is_ended_and_the_next_one_is_served(self, long_work: bytes) -> None:
        others, pool = processes(), PicturePool(seconds=0.5)
        try:
            await pool.encode(SMALL)
            (former,) = processes() - others
            with pytest.raises(TooSlow, match=r"more than 0\.5 s"):
                await pool.encode(long_work)
            assert (await pool.encode(SMALL)).width == 40
            assert former not in processes()
        finally:
            await asyncio.to_thread(pool.close)

    async def test_what_kills_its_process_twice_is_refused(self, long_work: bytes) -> None:
        others, pool = processes(), PicturePool()
        try:
            await pool.encode(SMALL)
            asked = asyncio.create_task(pool.encode(long_work))
            killed: set[int] = set()
            while not asked.done():
                for one in processes() - others - killed:
                    if busy(one):
                        os.kill(one, signal.SIGKILL)
                        killed.add(one)
                await asyncio.sleep(0.02)
            with pytest.raises(UnreadableImage, match="twice"):
                await asked
            assert len(killed) == 2
            assert (await pool.encode(SMALL)).width == 40
        finally:
            await asyncio.to_thread(pool.close)

    async def test_a_full_line_is_told_at_once(self, long_work: bytes) -> None:
        pool = PicturePool(waiting=1)
        try:
            waiting = [asyncio.create_task(pool.encode(long_work)) for _ in range(2)]
            await asyncio.sleep(0)
            with pytest.raises(Unavailable, match="waiting"):
                await pool.encode(SMALL)
        finally:
            await asyncio.to_thread(pool.close)
        assert all(isinstance(one, Exception) for one in await asyncio.gather(*waiting, return_exceptions=True))

    async def test_a_closed_pool_leaves_no_process_and_takes_nothing(self) -> None:
        others, pool = processes(), PicturePool()
        await pool.encode(SMALL)
        there = processes() - others
        await asyncio.to_thread(pool.close)
        assert there
        assert not any(psutil.pid_exists(one) for one in there)
        with pytest.raises(Unavailable, match="shutting down"):
            await pool.encode(SMALL)

    async def test_the_event_loop_goes_on_meanwhile(self, pool: PicturePool) -> None:
        asked = asyncio.create_task(pool.encode(animation(900, 60)))
        turns = 0
        while not asked.done():
            await asyncio.sleep(0)
            turns += 1
        assert (await asked).width == 900
        assert turns > 100


def busy(process: int) -> bool:
    """Whether it computes something long: starting takes less."""
    try:
        times = psutil.Process(process).cpu_times()
    except psutil.NoSuchProcess:
        return False
    return bool(times.user + times.system > 1.5)
