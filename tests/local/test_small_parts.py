"""Logs that stay short, and addresses that say what is wrong with them."""

import os
import socket
from pathlib import Path

import pytest

from stoa.local.address import Address
from stoa.local.errors import BadChoice, InUse
from stoa.local.logs import open_log, rotate, tail


class TestLogs:
    def test_are_moved_aside_when_they_are_long_while_their_writer_goes_on(self, tmp_path: Path) -> None:
        path = tmp_path / "server.log"
        handle = open_log(path)
        for number in range(5):
            os.write(handle, f"line {number}\n".encode())
            rotate(path, longest=3)
        os.write(handle, b"now\n")
        os.close(handle)

        assert path.read_text() == "now\n"
        assert [path.with_name(f"server.log.{n}").read_text() for n in (1, 2, 3)] == [
            "line 4\n",
            "line 3\n",
            "line 2\n",
        ]
        assert len(list(tmp_path.iterdir())) == 4

    def test_are_not_written_through_a_link(self, tmp_path: Path) -> None:
        (tmp_path / "server.log").symlink_to(tmp_path / "elsewhere")

        with pytest.raises(OSError, match="symbolic links"):
            open_log(tmp_path / "server.log")

    def test_are_shown_from_the_last_start_on(self, tmp_path: Path) -> None:
        path = tmp_path / "server.log"
        path.write_text("before\n" + "".join(f"line {n}\n" for n in range(20)))

        assert tail(path, since=7, lines=2) == "  line 18\n  line 19"
        assert "before" not in tail(path, since=7, lines=50)


class TestAddress:
    @pytest.mark.parametrize(
        ("host", "url"),
        [
            ("127.0.0.1", "http://127.0.0.1:80"),
            ("0.0.0.0", "http://127.0.0.1:80"),  # noqa: S104 # nothing listens here
            ("::1", "http://[::1]:80"),
            ("example.org", "http://example.org:80"),
        ],
    )
    def test_is_one_for_a_browser_on_this_machine(self, host: str, url: str) -> None:
        assert Address(host, 80).url == url

    def test_is_in_use_wherever_else_somebody_listens_on_the_port(self) -> None:
        with socket.create_server(("0.0.0.0", 0)) as taken:  # noqa: S104 # for a moment
            port = taken.getsockname()[1]

            with pytest.raises(InUse, match=f"Port {port} of 127.0.0.1 is in use: choose another with --port"):
                Address("127.0.0.1", port).check_free()

    @pytest.mark.parametrize("host", ["192.0.2.1", "no such host", "x" * 300, "a..b"])
    def test_must_be_one_of_this_machine(self, host: str) -> None:
        with pytest.raises(BadChoice, match=r"This machine cannot listen on .*Choose another with --host"):
            Address(host, 8000).check_free()
