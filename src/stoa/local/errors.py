"""Faults of running on one's own machine.

LocalError
├── BadChoice        a folder, host or port that cannot be used: another choice helps (exit code 2)
│   └── InUse        somebody else has it already
└── CannotStart      a server, a step or the site did not come up (exit code 1)
"""

from stoa.shared.errors import InvalidInput, StoaError


class LocalError(StoaError):
    title = "Stoa cannot run here"


class BadChoice(LocalError, InvalidInput):
    code = "bad-choice"
    title = "This cannot be used"


class InUse(BadChoice):
    status = 409
    code = "in-use"
    title = "Somebody else has it already"


class CannotStart(LocalError):
    code = "cannot-start"
    title = "It did not come up"
