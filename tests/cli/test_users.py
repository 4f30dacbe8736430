"""Accounts from the shell: the same rules as over the API, one line for each fault, no password in an argument."""

import json
import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.cli.commands import stoa
from tests.running_site import served

PASSWORD = "correct horse battery"
Servers = dict[str, str]


@pytest.fixture
def servers(own_database_url: str, redis_url: str, tmp_path: Path) -> Servers:
    return {"DATABASE_URL": own_database_url, "REDIS_URL": redis_url, "STOA_DATA_DIR": str(tmp_path)}


def typed(password: str, *arguments: str, servers: Servers) -> "subprocess.CompletedProcess[str]":
    """A command that reads a password from standard input."""
    command = [sys.executable, "-m", "stoa", *arguments, "--password-stdin"]
    return subprocess.run(command, input=f"{password}\n", env=servers, capture_output=True, text=True, check=False)


def faults(done: "subprocess.CompletedProcess[str]", code: int, words: str) -> bool:
    """One line that says so, and no traceback."""
    assert (done.returncode, done.stderr.count("\n")) == (code, 1), done.stderr
    return words in done.stderr


class TestAccounts:
    @pytest.mark.slow
    def test_from_making_one_to_banning_it(self, servers: Servers, tmp_path: Path) -> None:
        made = stoa("user", "create", "ada@example.com", "--name", "Ada", "--role", "creator", **servers)
        assert made.returncode == 0, made.stderr
        link = re.search(r"http://localhost:8000/reset-password\?token=(\S+)", made.stdout)
        assert link
        with (
            served(servers["DATABASE_URL"], servers["REDIS_URL"], tmp_path) as address,
            httpx.Client(base_url=f"{address}/api/v1") as site,
        ):
            reset = site.post("/password/reset", json={"token": link[1], "password": PASSWORD})
            assert reset.status_code == 200
            form = {"grant_type": "password", "username": "ada", "password": PASSWORD}
            token = site.post("/token", data=form).json()["access_token"]
            site.headers["authorization"] = f"Bearer {token}"
            assert site.get("/users/me").json()["role"] == "creator"
            assert stoa("user", "set-role", "ada", "moderator", **servers).returncode == 0
            assert site.get("/users/me").json()["role"] == "moderator"
            assert stoa("user", "ban", "ada", "--reason", "Spam", "--days", "3", **servers).returncode == 0
            assert site.get("/users/me").status_code == 403
            assert "banned" in stoa("user", "list", "--state", "banned", **servers).stdout
            assert stoa("user", "lift-ban", "ada", **servers).returncode == 0
            assert site.get("/users/me").status_code == 200
            assert "Ended 1 sign-in of ada" in stoa("user", "sign-out", "ada", **servers).stdout
            assert site.get("/users/me").status_code == 401
        audit = stoa("doctor", **servers).stdout
        assert re.search(r"audit log +6 events, chain whole, sealed", audit), audit

    def test_a_password_from_standard_input(self, servers: Servers) -> None:
        made = typed(
            PASSWORD, "user", "create", "root@example.com", "--role", "admin", "--name", "Root", servers=servers
        )
        assert made.returncode == 0, made.stderr
        assert "token=" not in made.stdout
        assert PASSWORD not in made.stdout + made.stderr
        assert faults(typed("password123", "user", "reset-password", "root-2", servers=servers), 2, "common")
        assert typed("another long one", "user", "reset-password", "root-2", servers=servers).returncode == 0

    def test_what_is_wrong_is_one_line(self, servers: Servers) -> None:
        assert faults(stoa("user", "create", "no address", **servers), 2, "e-mail address")
        there_are = "no role 'king'. There are: admin, creator, moderator, viewer."
        assert faults(stoa("user", "create", "a@example.com", "--role", "king", **servers), 2, there_are)
        assert faults(stoa("user", "list", "--role", "king", **servers), 2, there_are)
        assert faults(stoa("user", "set-role", "nobody", "admin", **servers), 2, "no user 'nobody'. `stoa user list`")
        assert faults(stoa("user", "list", "--state", "asleep", **servers), 2, "state")
        assert stoa("user", "list", **servers).stdout == ""

    def test_the_end_of_a_ban_is_a_day_to_come(self, servers: Servers) -> None:
        stoa("user", "create", "ada@example.com", "--name", "Ada", **servers)

        def ban(*options: str) -> "subprocess.CompletedProcess[str]":
            return stoa("user", "ban", "ada", "--reason", "Spam", *options, **servers)

        assert faults(ban("--until", "2001-01-31"), 2, "future")
        assert faults(ban("--until", "soon"), 2, "a day such as")
        assert faults(ban("--until", "2999-01-31", "--days", "3"), 2, "not both")
        assert "until 31 January 2999, 00:00 UTC" in ban("--until", "2999-01-31").stdout
        shown = stoa("user", "show", "ada", **servers).stdout
        assert re.search(r"State +banned\nBanned until +2999-01-31 00:00 UTC\nReason +Spam\n", shown), shown

    def test_a_name_that_was_typed_wrongly_finds_the_right_one(self, servers: Servers) -> None:
        stoa("user", "create", "ada@example.com", "--name", "Ada Lovelace", **servers)
        assert faults(stoa("user", "show", "ada-lovelaec", **servers), 2, "Did you mean ada-lovelace?")
        assert faults(stoa("user", "sign-out", "ada@example.com", **servers), 2, "Did you mean ada-lovelace?")

    def test_lists_a_table_or_json(self, servers: Servers) -> None:
        stoa("user", "create", "ada@example.com", "--name", "Ada Lovelace", "--username", "ada", **servers)
        stoa("user", "create", "bo@example.com", "--name", "Bo", "--role", "creator", **servers)
        heading, bo, ada = stoa("user", "list", **servers).stdout.splitlines()
        assert heading.split()[:4] == ["USERNAME", "NAME", "ROLE", "ADDRESS"]
        assert bo.split() == ["bo", "Bo", "creator", "bo@example.com", "active", "never"]
        assert ada.startswith("ada ")
        [found] = stoa("user", "list", "--search", "bo@", "--json", **servers).stdout.splitlines()
        assert (json.loads(found)["username"], json.loads(found)["role"]) == ("bo", "creator")

    def test_the_last_admin_stays(self, servers: Servers) -> None:
        stoa("user", "create", "ada@example.com", "--name", "Ada", "--role", "admin", **servers)
        assert faults(stoa("user", "set-role", "ada", "viewer", **servers), 2, "last admin")
        assert faults(stoa("user", "ban", "ada", "--reason", "Spam", **servers), 2, "last admin")


class TestOwner:
    def test_there_is_a_link_until_there_is_an_owner(self, servers: Servers) -> None:
        first, second = (stoa("user", "owner-link", **servers).stdout.strip() for _ in range(2))
        assert first.startswith("http://localhost:8000/welcome?token=")
        assert first != second
        stoa("user", "create", "ada@example.com", "--name", "Ada", "--role", "admin", **servers)
        assert "has an owner" in stoa("user", "owner-link", **servers).stdout
        assert stoa("user", "owner-link", "--greeting", **servers).stdout == ""

    @pytest.mark.slow
    def test_the_link_of_up_makes_the_owner_once(self, servers: Servers, tmp_path: Path) -> None:
        link = stoa("user", "owner-link", **servers).stdout.strip()
        with (
            served(servers["DATABASE_URL"], servers["REDIS_URL"], tmp_path) as address,
            httpx.Client(base_url=address, headers={"sec-fetch-site": "same-origin"}) as site,
        ):
            page = site.get(link.removeprefix("http://localhost:8000"))
            assert page.status_code == 200
            assert page.headers["referrer-policy"] == "strict-origin"  # the token never leaves with it
            form = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]+)"', page.text))
            form |= {"display_name": "Ada", "email": "ada@example.com", "password": PASSWORD}
            assert site.post("/welcome", data=form).status_code == 303
            assert site.get("/settings").status_code == 200
            assert site.post("/welcome", data=form).status_code >= 400


class TestKeys:
    def test_rotate_keeps_the_former(self, servers: Servers, tmp_path: Path) -> None:
        assert stoa("keys", "rotate", **servers).returncode == 0
        first = (tmp_path / "secret-keys").read_text(encoding="utf-8").split()
        assert (tmp_path / "secret-keys").stat().st_mode & 0o777 == 0o600
        for _ in range(3):
            stoa("keys", "rotate", **servers)
        last = (tmp_path / "secret-keys").read_text(encoding="utf-8").split()
        assert len(last) == 3
        assert not set(first) & set(last)
        given = {**servers, "STOA_SECRET_KEYS": "x" * 40}
        assert faults(stoa("keys", "rotate", **given), 2, "STOA_SECRET_KEYS")
