"""What a file's place tells: whether it is an article, its topics, name, language and old address. Pure."""

import posixpath
import re
from dataclasses import dataclass
from datetime import datetime

from .dates import split_file_date

_NO_TOPIC = {
    "content", "posts", "post", "_posts", "_drafts", "drafts", "blog", "articles", "article", "source", "src", "pages",
    "docs", "notes", "markdown",
}  # fmt: skip
_SECTION_PAGES = {"_index.md", "_index.markdown"}
_ROOT_PAGES = {"readme", "license", "licence", "changelog", "contributing", "code_of_conduct", "security", "notice"}
_GENERATOR_FOLDERS = {"archetypes", "themes", "layouts", "scaffolds", "templates", "public"}
_GENERATOR_FILES = {"_config.yml", "_config.yaml", "_config.toml", "hugo.toml", "hugo.yaml", "hugo.yml", "hugo.json",
    "config.toml", "config.yaml", "config.yml", "zola.toml"}  # fmt: skip
_ARTICLE_FOLDERS = {"_posts", "_drafts"}
_CONTENT_ROOT = re.compile(r"^(?:content|source)/")
_LANGUAGE_SUFFIX = re.compile(r"^(.+)\.([a-z]{2})$")


@dataclass(frozen=True, slots=True)
class Place:
    """`content/python/_posts/2024-03-01-hello.de.md` taken apart."""

    stem: str
    day: datetime | None
    language: str | None
    topics: tuple[str, ...]
    is_jekyll: bool
    is_draft: bool
    default_paths: tuple[str, ...]


def is_site_file(name: str) -> bool:
    """Whether a file at the root says that a site generator made the rest."""
    return name.lower() in _GENERATOR_FILES


def why_no_article(name: str, *, in_site: bool) -> str | None:
    """Why a Markdown file is none of the articles, or None."""
    *folders, file = name.split("/")
    if file.lower() in _SECTION_PAGES:
        return "the page of a section, not an article"
    if not folders and file.lower().rpartition(".")[0] in _ROOT_PAGES:
        return "tells of the folder, not an article"
    for folder in folders:
        if folder.startswith("_") and folder not in _ARTICLE_FOLDERS and (in_site or folder != "_notes"):
            return f"'{folder}' belongs to the site generator"
    if in_site and folders and folders[0] in _GENERATOR_FOLDERS:
        return f"'{folders[0]}' belongs to the site generator"
    return None


def place_of(name: str) -> Place:
    folders, file = name.split("/")[:-1], posixpath.basename(name)
    stem, language = _without_language(posixpath.splitext(file)[0])
    is_bundle = stem.lower() in {"index", "readme"} and bool(folders)
    if is_bundle:
        stem = folders.pop()
    day, bare = split_file_date(stem)
    return Place(
        stem=bare,
        day=day,
        language=language,
        topics=_topics(folders),
        is_jekyll=bool({"_posts", "_drafts"} & set(folders)) and "source" not in folders[:1],
        is_draft="_drafts" in folders,
        default_paths=_default_paths(folders, bare, day),
    )


def _without_language(stem: str) -> tuple[str, str | None]:
    found = _LANGUAGE_SUFFIX.match(stem)
    return (found[1], found[2]) if found else (stem, None)


def _topics(folders: list[str]) -> tuple[str, ...]:
    kept = [name for name in folders if name.lower() not in _NO_TOPIC and not name.isdigit()]
    return tuple(dict.fromkeys(kept[:3]))


def _default_paths(folders: list[str], stem: str, day: datetime | None) -> tuple[str, ...]:
    """Where such a site shows the file when nothing else is said."""
    inside = _CONTENT_ROOT.sub("", "/".join([*folders, ""]))
    if "_posts/" in inside and day is not None:
        path = f"/{inside.partition('_posts/')[0]}{day:%Y/%m/%d}/{stem}"
        return path, f"{path}.html"
    if "_drafts/" in inside:
        return ()
    return (f"/{inside.replace('_posts/', '')}{stem}",)


def title_from(stem: str) -> str:
    """`my-first_post` -> `My first post`."""
    words = " ".join(re.split(r"[-_\s]+", stem)).strip()
    return words[:1].upper() + words[1:] if words else "Untitled"
