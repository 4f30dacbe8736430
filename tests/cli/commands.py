"""Runs `stoa` as an operator does: a process of its own."""

import os
import subprocess
import sys


def stoa(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command; the environment holds nothing of Stoa's but what is given."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("STOA_")}
    return subprocess.run(
        [sys.executable, "-m", "stoa", *arguments],
        env={**plain, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
