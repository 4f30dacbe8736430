"""`python -m stoa` is `stoa`."""

from stoa.cli.main import main

main()
