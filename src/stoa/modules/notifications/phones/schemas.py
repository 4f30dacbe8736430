"""Telephone numbers on the wire."""

import re
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

_GAPS = re.compile(r"[ ()./\u00a0-]")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_NOT_E164 = "must begin with + and the country's code, then 7 to 15 digits in all, such as +41 79 123 45 67"


def _e164(value: str) -> str:
    number = _GAPS.sub("", value)
    if not _E164.fullmatch(number):
        raise ValueError(_NOT_E164)
    return number


class PhoneIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    number: Annotated[
        str,
        Field(
            max_length=40, description="With + and the country's code (E.164); spaces, dashes and brackets are fine."
        ),
        AfterValidator(_e164),
    ]


class CodeIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    code: Annotated[str, Field(max_length=20, pattern=r"^\s*[0-9]{3}\s?[0-9]{3}\s*$", description="Six digits.")]

    @property
    def digits(self) -> str:
        return "".join(self.code.split())


class PhoneOut(BaseModel):
    """One's telephone number. SMS go there once it is confirmed."""

    number: str | None = Field(description="In E.164; null when none is set.")
    confirmed_at: AwareDatetime | None
    code_expires_at: AwareDatetime | None = Field(description="Until when the code on its way can be entered.")


NO_PHONE = PhoneOut(number=None, confirmed_at=None, code_expires_at=None)
