"""Pictures that authors write as HTML say the same to a browser as those of Markdown: load late, and of a picture of
ours its forms and its size. What an author said of these stays. Makes nothing safe.
"""

import re

from stoa.shared.media.names import size_of, srcset

from .html import IN_TEXT

_IMAGE = re.compile(r"(?ai)<img(?=[\s/])(?=([^<>]*))")
_ATTRIBUTE = re.compile(r"""(?a)([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?""")


def settle_images(html: str) -> str:
    """With the attributes in front, where they count: of two of one name the first does."""
    return _IMAGE.sub(lambda found: f"<img{_added(found.group(1))}", html)


def _added(written: str) -> str:
    said: dict[str, str] = {}
    for name, *values in _ATTRIBUTE.findall(written):
        said.setdefault(name.lower(), "".join(values).strip())
    added: dict[str, object] = {"loading": "lazy", "decoding": "async"}
    url = said.get("src", "")
    if "srcset" not in said and (forms := srcset(url)):
        added |= {"srcset": forms} if "sizes" in said else {"srcset": forms, "sizes": IN_TEXT}
    if not {"width", "height"} & said.keys() and (size := size_of(url)):
        added |= {"width": size[0], "height": size[1]}
    return "".join(f' {name}="{value}"' for name, value in added.items())
