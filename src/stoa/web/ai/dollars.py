"""Dollars as people type them, to whole micro-dollars and back. Pure."""

import re
from typing import Final

from stoa.shared.errors import FieldFault, InvalidInput
from stoa.web.forms import Form

_DOLLARS: Final = re.compile(r"\$?\s*(\d{1,9})(?:\.(\d{1,6}))?", re.ASCII)


def micros_of(form: Form, name: str) -> int:
    """Raises InvalidInput at the field for what is no amount of dollars, or finer than a micro-dollar."""
    found = _DOLLARS.fullmatch(form[name].strip())
    if found is None:
        fault = FieldFault(f"body.{name}", "Write dollars such as 0.25 or 12, with at most six places.")
        raise InvalidInput("Look at the fields that are marked.", faults=(fault,))
    return int(found[1]) * 1_000_000 + int((found[2] or "").ljust(6, "0"))


def typed(micros: int) -> str:
    """As it stands in a field: 0.25, 12."""
    return f"{micros / 1_000_000:.6f}".rstrip("0").rstrip(".")
