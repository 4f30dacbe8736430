"""After `kill -9` of anything, the next `stoa up` takes over and nothing that was acknowledged is missing."""

import json
import subprocess
import time
from functools import partial
from pathlib import Path

import psutil
import pytest

from stoa.local.accounts import account_for
from stoa.local.binaries import find_binaries
from stoa.local.data_folder import choose
from stoa.local.postgres import Postgres
from stoa.local.valkey import Valkey
from tests.local.conftest import StartUp
from tests.local.running import Up, ask, is_gone, until


def _write(up: Up) -> None:
    ask(up.database_url, "CREATE TABLE notes AS SELECT 'kept' AS body")
    up.valkey().set("note", "kept")


def _read(up: Up) -> str:
    return str(ask(up.database_url, "SELECT body FROM notes"))


class TestDataAfter:
    def test_a_stop(self, data: Path, start_up: StartUp) -> None:
        first = start_up(data).wait_until_up()
        _write(first)
        first.stop()

        second = start_up(data).wait_until_up()

        assert _read(second) == "kept"
        assert second.valkey().get("note") == b"kept"

    def test_a_killed_supervisor(self, data: Path, start_up: StartUp) -> None:
        first = start_up(data).wait_until_up()
        _write(first)
        tree = first.tree()
        first.kill(whole_tree=False)

        second = start_up(data, port=first.port).wait_until_up()

        assert _read(second) == "kept"
        assert second.valkey().get("note") == b"kept"
        assert [p for p in tree if not is_gone(p)] == []

    def test_everything_killed(self, data: Path, start_up: StartUp) -> None:
        first = start_up(data).wait_until_up()
        _write(first)
        first.kill(whole_tree=True)

        second = start_up(data, port=first.port).wait_until_up()

        assert _read(second) == "kept"
        assert second.stop() == 0

    @pytest.mark.slow
    def test_an_initdb_killed_half_way(self, home: Path, start_up: StartUp) -> None:
        first = start_up(home / "new")
        until(lambda: list((home / "new").glob("postgresql.new-*/base")), "initdb is at work")
        first.kill(whole_tree=True)
        assert not (home / "new" / "postgresql").exists()

        second = start_up(home / "new").wait_until_up()

        assert ask(second.database_url, "SELECT 1") == 1
        assert list((home / "new").glob("postgresql.new-*")) == []


def _orphans(data: Path) -> "list[subprocess.Popen[bytes]]":
    """PostgreSQL and Valkey of a data folder, started by nobody whom the kernel could tell them of."""
    folder = choose(data)
    account = account_for(folder.postgresql)
    binaries = find_binaries(folder, account)
    started = []
    for server in (Postgres(folder, binaries, account), Valkey(folder, binaries, account)):
        server.prepare(time.sleep)
        program = server.program()
        process = subprocess.Popen(
            program.argv,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=dict(program.environment),
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
            start_new_session=True,
        )
        until(partial(server.is_ready, process.pid), f"{server.name} is ready")
        started.append(process)
    return started


def _bystander(data: Path) -> "subprocess.Popen[bytes]":
    """A process of the servers' account that has nothing to do with us."""
    account = account_for(choose(data).postgresql)
    return subprocess.Popen(["/bin/sleep", "600"], user=account.uid if account else None)


class TestOrphans:
    """Where the kernel does not tell children that their parent died, they are still there."""

    def test_servers_are_ended_and_told_of(self, data: Path, start_up: StartUp) -> None:
        orphans = _orphans(data)
        log_before = (data / "logs" / "postgresql.log").read_text()

        up = start_up(data).wait_until_up()

        assert "PostgreSQL     was left running by a stoa up that was killed; ended it" in up.said
        assert "Valkey         was left running by a stoa up that was killed; ended it" in up.said
        assert [orphan.wait() for orphan in orphans] == [0, 0]
        assert "not properly shut down" not in (data / "logs" / "postgresql.log").read_text()[len(log_before) :]
        assert ask(up.database_url, "SELECT 1") == 1

    def test_a_site_gives_its_port_back(self, data: Path, start_up: StartUp) -> None:
        first = start_up(data, manner="stubborn").wait_until_up()
        site = psutil.Process(first.site()[0])
        first.kill(whole_tree=False)
        until(lambda: first.has_noted, "the kernel asked it to stop, and it stays")

        second = start_up(data, port=first.port).wait_until_up()

        assert "Site           was left running by a stoa up that was killed; ended it" in second.said
        assert is_gone(site)


class TestPidFiles:
    """They may name anybody."""

    @pytest.mark.parametrize("content", ["{pid}\n{data}/postgresql\n1\n5432\n", "", "no number", "999999999\n"])
    def test_no_bystander_is_hurt_and_none_is_in_the_way(self, content: str, data: Path, start_up: StartUp) -> None:
        bystander = _bystander(data)
        for name in ("postgresql/postmaster.pid", "valkey/valkey.pid", "run/.s.PGSQL.5432.lock"):
            (data / name).write_text(content.format(pid=bystander.pid, data=data))

        up = start_up(data).wait_until_up()

        assert ask(up.database_url, "SELECT 1") == 1
        assert "left running" not in up.said
        assert bystander.poll() is None
        bystander.kill()
        bystander.wait()

    def test_the_lock_file_may_name_a_site_that_is_another_process_now(self, data: Path, start_up: StartUp) -> None:
        bystander = subprocess.Popen(["/bin/sleep", "600"], start_new_session=True)
        left = {"pid": 1, "command": "up", "site": bystander.pid, "site_argv": ["/bin/sleep", "60"]}
        (data / "stoa.lock").write_text(json.dumps(left))

        start_up(data).wait_until_up()

        assert bystander.poll() is None
        bystander.kill()
        bystander.wait()
