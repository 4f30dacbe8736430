"""What an operator sets, and what is refused."""

import os
from pathlib import Path

import pytest

from stoa.shared.settings import Settings, SettingsFault
from stoa.shared.settings_doc import configuration


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("STOA_") or name in {"DATABASE_URL", "REDIS_URL"}]:
        monkeypatch.delenv(name)


def fault() -> str:
    with pytest.raises(SettingsFault) as refused:
        Settings.load(env_file=None)
    return refused.value.detail


class TestLoading:
    def test_needs_nothing(self) -> None:
        settings = Settings.load(env_file=None)
        assert settings.server.port == 8000
        assert settings.database.database_url is None

    def test_reads_an_env_file_and_the_environment_wins(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / ".env").write_text("STOA_PORT=9000\nSTOA_SITE_NAME=From file\n")
        monkeypatch.setenv("STOA_SITE_NAME", "From environment")
        settings = Settings.load(env_file=tmp_path / ".env")
        assert (settings.server.port, settings.site.site_name) == (9000, "From environment")

    def test_a_secret_may_come_from_a_file(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "url").write_text("postgresql://stoa:s3cret@db/stoa\n")
        monkeypatch.setenv("DATABASE_URL_FILE", str(tmp_path / "url"))
        url = Settings.load(env_file=None).database.database_url
        assert url is not None
        assert url.get_secret_value() == "postgresql://stoa:s3cret@db/stoa"

    @pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+asyncpg"])
    def test_a_database_may_be_named_in_any_usual_way(self, scheme: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DATABASE_URL", f"{scheme}://stoa@db/stoa")
        url = Settings.load(env_file=None).database.database_url
        assert url is not None
        assert url.get_secret_value() == "postgresql://stoa@db/stoa"

    def test_secrets_are_not_shown(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DATABASE_URL", "postgresql://stoa:s3cret@db/stoa")
        monkeypatch.setenv("STOA_SECRET_KEYS", "t0ken-t0ken-t0ken-t0ken-t0ken-t0ken")
        shown = repr(Settings.load(env_file=None))
        assert "s3cret" not in shown
        assert "t0ken" not in shown


class TestRefusing:
    def test_an_unknown_name_with_the_nearest_right_one(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("STOA_PROT", "1")
        assert "STOA_PROT: there is no such setting; did you mean STOA_PORT?" in fault()

    def test_all_faults_at_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("STOA_PORT", "0")
        monkeypatch.setenv("STOA_ACCENT", "green")
        monkeypatch.setenv("STOA_PUBLIC_URL", "example.org")
        said = fault()
        assert all(name in said for name in ("STOA_PORT", "STOA_ACCENT", "STOA_PUBLIC_URL"))

    def test_an_unsafe_production(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("STOA_ENVIRONMENT", "production")
        monkeypatch.setenv("STOA_DEBUG", "true")
        monkeypatch.setenv("STOA_SECRET_KEYS", "changeme")
        said = fault()
        assert all(name in said for name in ("STOA_DEBUG", "STOA_PUBLIC_URL", "DATABASE_URL", "STOA_SECRET_KEYS"))
        assert "changeme" not in said

    def test_a_secret_file_that_is_not_there(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("STOA_SECRET_KEYS_FILE", "/nowhere/token")
        assert "STOA_SECRET_KEYS_FILE: cannot be read" in fault()


class TestDocument:
    def test_is_made_from_the_settings(self) -> None:
        document = Path(__file__).parents[2] / "docs" / "configuration.md"
        assert document.read_text(encoding="utf-8") == configuration(), "run `make docs`"
