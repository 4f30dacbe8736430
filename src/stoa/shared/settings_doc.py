"""docs/configuration.md, made from the settings themselves: `python -m stoa.shared.settings_doc`."""

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from stoa.shared.settings import PARTS, environment_name

_HEAD = """# Configuration

Made by `make docs` from `src/stoa/shared/settings.py`; a test keeps it true.

Settings are read from the environment and from a file `.env` in the folder Stoa is started in; the environment
wins. An unknown name that begins with `STOA_` is refused with the nearest right one. Any setting may come from a
file: put its path into the name with `_FILE` behind, such as `STOA_OPERATOR_TOKEN_FILE`.

With `STOA_ENVIRONMENT=production` Stoa refuses to start with `STOA_DEBUG`, a public URL without https, no
`DATABASE_URL`, or a short secret key, and tells all of it at once.
"""


def configuration() -> str:
    """The whole document."""
    parts = [_HEAD]
    for name, part in PARTS.items():
        rows = "\n".join(_row(field, info) for field, info in part.model_fields.items())
        parts.append(f"## {name.capitalize()}\n\n| name | default | what it does |\n|---|---|---|\n{rows}\n")
    return "\n".join(parts)


def _row(field: str, info: FieldInfo) -> str:
    default = "false" if info.default is False else info.default
    shown = "" if default in (None, (), "", PydanticUndefined) else f"`{default}`"
    return f"| `{environment_name(field)}` | {shown} | {info.description} |"


if __name__ == "__main__":
    print(configuration(), end="")  # noqa: T201 # the document is its output
