"""Gives each item of a source its slug: the one it got before, else a free one, the same in every run."""

from collections.abc import Mapping, Sequence

from stoa.modules.content.articles.service import ArticleService
from stoa.shared.slugs import numbered

from .items import Outline

_AT_ONCE = 500


async def reserve_slugs(
    articles: ArticleService, outlines: Sequence[Outline], known: Mapping[str, str]
) -> dict[str, str]:
    """The slug of each item by key. Nothing is written; saving takes the slug."""
    slugs = {outline.key: known[outline.key] for outline in outlines if outline.key in known}
    chosen = set(slugs.values())
    numbers: dict[str, int] = {}
    new = [outline for outline in outlines if outline.key not in slugs]
    for start in range(0, len(new), _AT_ONCE):
        group = new[start : start + _AT_ONCE]
        free = await articles.unique_slugs([outline.slug for outline in group])
        for outline, offered in zip(group, free, strict=True):
            slug = offered if offered not in chosen else await _numbered(articles, outline.slug, chosen, numbers)
            slugs[outline.key] = slug
            chosen.add(slug)
    return slugs


async def _numbered(articles: ArticleService, base: str, chosen: set[str], numbers: dict[str, int]) -> str:
    """A slug that neither an article nor an earlier item of the source has."""
    while True:
        numbers[base] = numbers.get(base, 1) + 1
        slug = numbered(base, numbers[base])
        if slug not in chosen and await articles.unique_slugs([slug]) == [slug]:
            return slug
