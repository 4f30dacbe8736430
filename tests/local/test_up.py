"""`stoa up` from its start to its stop, with real servers and a small site."""

import os
import re
import signal
import socket
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from tests.local.conftest import StartUp
from tests.local.running import Up, answers, ask, is_gone, site_process, until, valkey_answers


class TestStart:
    @pytest.mark.slow
    def test_makes_a_database_and_says_what_it_does(self, home: Path, start_up: StartUp) -> None:
        up = start_up(home / "new").wait_until_up()

        lines = re.sub(r"\d+\.\d s", "N s", up.said).splitlines()
        assert lines == [
            f"Data folder    {home / 'new'}",
            "PostgreSQL     18.6, ready in N s",
            "Valkey         9.1.2, ready in N s",
            "Schema         migrated in N s",
            "Site           ready in N s",
            "",
            f"Stoa answers on http://127.0.0.1:{up.port} after N s. Ctrl-C stops it.",
        ]
        assert (home / "new").stat().st_mode & 0o077 == (0o011 if os.geteuid() == 0 else 0)

    def test_serves_a_database_that_an_ordinary_role_owns(self, shared_up: Up) -> None:
        url = shared_up.database_url

        assert ask(url, "SELECT current_user || ' ' || rolsuper FROM pg_roles WHERE rolname = current_user") == (
            "stoa false"
        )
        ask(url, "CREATE TABLE notes (body text)")
        ask(url, "DROP TABLE notes")

    def test_knows_letters_outside_of_ascii(self, shared_up: Up) -> None:
        url = shared_up.database_url

        assert (
            ask(url, "SELECT to_tsvector('simple', 'Straße\u2019s\u2014Œuvre')::text") == "'s':2 'straße':1 'œuvre':3"
        )
        ask(url, "CREATE EXTENSION IF NOT EXISTS pg_trgm")
        assert ask(url, "SELECT similarity('Übung', 'Bbung')") < 0.5

    def test_listens_on_sockets_for_their_owner_alone(self, shared_data: Path, shared_up: Up) -> None:
        looked_at = set()
        for process in shared_up.tree():
            with suppress(psutil.NoSuchProcess):  # PostgreSQL ends its short-lived ones at any time
                if process.name() in {"postgres", "valkey-server"}:
                    assert process.net_connections("inet") == []
                    looked_at.add(process.name())
        assert looked_at == {"postgres", "valkey-server"}
        assert (shared_data / "run").stat().st_mode & 0o777 == 0o700

    def test_takes_a_path_too_long_for_a_socket(self, home: Path, data: Path, start_up: StartUp) -> None:
        long = home / ("a folder, with 'a' long & odd name? 100%" + "x" * 80)
        data.rename(long)

        up = start_up(long).wait_until_up()

        assert ask(up.database_url, "SELECT 1") == 1
        assert up.valkey().ping()
        assert up.stop() == 0

    def test_starts_nothing_when_both_servers_are_given(self, home: Path, shared_up: Up, start_up: StartUp) -> None:
        _, database_url, redis_url = shared_up.site()

        other = start_up(home / "other", given=[database_url, redis_url]).wait_until_up()

        assert other.site()[1:] == (database_url, redis_url)
        assert {p.name() for p in other.tree()}.isdisjoint({"postgres", "valkey-server"})

    def test_replaces_only_the_server_that_is_given(self, home: Path, shared_up: Up, start_up: StartUp) -> None:
        _, database_url, redis_url = shared_up.site()

        other = start_up(home / "other", given=[database_url, ""]).wait_until_up()

        assert other.site()[1] == database_url
        assert other.site()[2] != redis_url
        assert "PostgreSQL" not in other.said

    def test_greets_when_the_site_answers(self, data: Path, start_up: StartUp) -> None:
        up = start_up(data, manner="greeted")

        up.wait_for("Welcome!")

        assert up.said.index("Stoa answers on") < up.said.index("Welcome!")
        parts = psutil.Process(up.process.pid)
        until(lambda: len(parts.children()) == 3, "PostgreSQL, Valkey and the site are left, and nothing dead")
        assert up.site()
        assert up.stop() == 0

    def test_stays_up_when_it_cannot_greet(self, data: Path, start_up: StartUp) -> None:
        up = start_up(data, manner="speechless").wait_until_up()

        assert up.site()
        assert up.stop() == 0


class TestRefusal:
    def test_names_the_one_that_runs_already(self, shared_data: Path, shared_up: Up, start_up: StartUp) -> None:
        second = start_up(shared_data)

        assert second.wait_for_end() == 2
        assert second.said == (
            f"error: stoa up (process {shared_up.process.pid}) at http://127.0.0.1:{shared_up.port} "
            f"runs on {shared_data}: "
            "stop it first, or choose another --data-dir.\n"
        )
        assert ask(shared_up.database_url, "SELECT 1") == 1

    def test_finds_a_taken_port_before_anything_starts(self, home: Path, start_up: StartUp) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            up = start_up(home / "new", port=port)

            assert up.wait_for_end() == 2

        assert up.said == f"error: Port {port} of 127.0.0.1 is in use: choose another with --port.\n"
        assert not (home / "new" / "postgresql").exists()

    def test_shows_why_postgresql_did_not_come_up(self, data: Path, start_up: StartUp) -> None:
        (data / "conf" / "postgresql.local.conf").write_text("shared_bufers = 1\n")

        up = start_up(data)

        assert up.wait_for_end() == 1
        assert "error: PostgreSQL ended (code 1) before it was ready" in up.said
        assert 'unrecognized configuration parameter "shared_bufers"' in up.said
        assert "Valkey" not in up.said

    def test_stops_the_servers_when_the_site_does_not_come_up(self, data: Path, start_up: StartUp) -> None:
        up = start_up(data, manner="broken")
        up.wait_for("Valkey")
        servers = up.tree()[1:]

        assert up.wait_for_end() == 1
        assert "the site cannot start: no chairs" in up.said
        assert "error: Site ended (code 1) before it was ready" in up.said
        assert [p for p in servers if p.is_running()] == []

    def test_names_what_is_in_the_way_in_the_folder(self, data: Path, start_up: StartUp) -> None:
        (data / "conf" / "postgresql.conf").unlink()
        (data / "conf" / "postgresql.conf").mkdir()

        up = start_up(data)

        assert up.wait_for_end() == 1
        assert up.said.splitlines()[-1] == (
            f"error: The data folder {data} does not serve: [Errno 21] Is a directory: '{data}/conf/postgresql.conf'"
        )

    def test_leaves_the_database_of_another_version_alone(self, data: Path, start_up: StartUp) -> None:
        (data / "postgresql" / "PG_VERSION").write_text("17\n")

        up = start_up(data)

        assert up.wait_for_end() == 2
        assert "was made by PostgreSQL 17, and this Stoa brings PostgreSQL 18" in up.said


class TestStop:
    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
    def test_leaves_no_process(self, number: int, data: Path, start_up: StartUp) -> None:
        up = start_up(data).wait_until_up()

        assert up.stop(number) == 0
        assert up.said.endswith("Stopped.\n")

    def test_keeps_the_servers_until_the_site_has_ended(self, data: Path, start_up: StartUp) -> None:
        up = start_up(data).wait_until_up()
        tree = up.tree()

        os.killpg(up.process.pid, signal.SIGINT)  # as Ctrl-C in a terminal does

        assert up.wait_for_end() == 0
        assert up.notes == "database answers 1"
        assert [p for p in tree if p.is_running()] == []

    def test_hurries_when_asked_twice(self, data: Path, start_up: StartUp) -> None:
        up = start_up(data, manner="stubborn").wait_until_up()
        site = psutil.Process(up.site()[0])
        up.process.send_signal(signal.SIGINT)
        until(lambda: "Stopping" in up.said, "the first signal is noted")
        assert site.is_running()

        assert up.stop(signal.SIGINT) == 0
        assert "was not properly shut down" not in (data / "logs" / "postgresql.log").read_text()

    def test_stops_in_the_middle_of_a_first_start(self, home: Path, start_up: StartUp) -> None:
        up = start_up(home / "new")
        until(lambda: list((home / "new").glob("postgresql.new-*/base")), "initdb is at work")

        assert up.stop() == 0
        assert "PostgreSQL" not in up.said


class TestKeeping:
    @pytest.mark.parametrize(("process", "name"), [("postgres", "PostgreSQL"), ("valkey-server", "Valkey")])
    def test_starts_a_killed_server_again(self, process: str, name: str, data: Path, start_up: StartUp) -> None:
        up = start_up(data).wait_until_up()
        site, killed = up.site()[0], up.child(process)

        killed.kill()

        up.wait_for(f"{name:<14} ended (signal 9); starting it again in 0.5 s")
        until(lambda: [p for p in up.tree()[1:] if p.name() == process and p != killed], f"{name} runs again")
        until((data / "run" / ".s.PGSQL.5432").exists, "the socket is there again")
        until(lambda: answers(up), "the database answers again")
        until(lambda: valkey_answers(up), "Valkey answers again")
        assert up.site()[0] == site

    def test_starts_a_killed_site_again(self, data: Path, start_up: StartUp) -> None:
        up = start_up(data).wait_until_up()
        site = up.site()[0]

        os.kill(site, signal.SIGKILL)

        up.wait_for("Site           ended (signal 9); starting it again in 0.5 s")
        assert until(lambda: site_process(up), "the site answers again") != site

    def test_ends_the_workers_of_a_killed_site(self, data: Path, start_up: StartUp) -> None:
        up = start_up(data, manner="workers").wait_until_up()
        site = psutil.Process(up.site()[0])
        [worker] = site.children()

        site.kill()

        until(lambda: is_gone(worker), "nobody holds the port")
        assert until(lambda: site_process(up), "the site answers again") != site.pid
