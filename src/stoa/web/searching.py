"""Makes the context of the search page. Knows no HTML and no request."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import orjson
from markupsafe import escape

from stoa.modules.content.articles.reading import ArticleReads
from stoa.modules.content.articles.schemas import ArticleQuery
from stoa.modules.content.tags.schemas import TagQuery
from stoa.modules.content.tags.service import TagReads
from stoa.shared.database import ReadSession
from stoa.shared.errors import InvalidInput
from stoa.shared.pagination import Slice
from stoa.web.cards import card_of, hit_of, tag_of
from stoa.web.contexts import FilterLink, Pager, SearchHit, SearchPage, Site, TagRef
from stoa.web.meta import MetaMaker
from stoa.web.paging import pager
from stoa.web.search_filters import SORTS, SearchFilters, SearchWords

PER_PAGE = 12
_POPULAR = 16


class SearchBuilder:
    def __init__(self, reads: ReadSession, site: Site) -> None:
        self._articles = ArticleReads(reads)
        self._reads = reads
        self._meta = MetaMaker(site)

    async def page(self, words: SearchWords) -> SearchPage:
        """What was found; of filters alone, the newest that they leave; without either, topics to begin with."""
        filters = words.filters
        blank = SearchPage(meta=self._meta.search(words.q), query=words.q, filters=filters)
        try:
            hits, corrected, turns = await self._found(words, filters)
        except InvalidInput as fault:
            return replace(blank, error=fault.detail, active=_active(words.q, filters, ()))
        return replace(
            blank,
            hits=hits,
            corrected=corrected,
            active=_active(words.q, filters, hits),
            tags=() if hits else await popular_tags(self._reads),
            pager=turns,
        )

    async def _found(
        self, words: SearchWords, filters: SearchFilters
    ) -> tuple[tuple[SearchHit, ...], str | None, Pager]:
        asked = filters.asked
        skip = (words.page - 1) * PER_PAGE
        if words.q:
            query = ArticleQuery(search=words.q, limit=PER_PAGE, skip=skip, **asked)
            found = await self._articles.search(query, for_page=True)
            hits = tuple(hit_of(orjson.loads(item)) for item in found.page.items)
            return hits, found.corrected, _turns(words, filters, found.page)
        if not filters.is_narrow:
            return (), None, Pager()
        listed = await self._articles.page(ArticleQuery(limit=PER_PAGE, skip=skip, **asked), for_page=True)
        cards = [card_of(orjson.loads(item)) for item in listed.items]
        hits = tuple(SearchHit(card, escape(card.title), escape(card.excerpt)) for card in cards)
        return hits, None, _turns(words, filters, listed)


async def popular_tags(reads: ReadSession) -> tuple[TagRef, ...]:
    """The topics with the most articles."""
    found = await TagReads(reads).page(TagQuery(sort="article_count", limit=_POPULAR))
    return tuple(tag for tag in (tag_of(orjson.loads(item)) for item in found.items) if tag.article_count)


def _turns(words: SearchWords, filters: SearchFilters, found: Slice) -> Pager:
    kept = {**({"q": words.q} if words.q else {}), **filters.kept}
    return pager("/search", words.page, more=found.next_cursor is not None, **kept)


def _active(words: str, filters: SearchFilters, hits: Sequence[SearchHit]) -> tuple[FilterLink, ...]:
    """Each choice that is not the usual one, with the search without it; names come from what was found."""
    return tuple(FilterLink(label, without.url(words)) for label, without in _filters(filters, hits))


def _filters(filters: SearchFilters, hits: Sequence[SearchHit]) -> Iterator[tuple[str, SearchFilters]]:
    names = {tag.slug: tag.name for hit in hits for tag in hit.article.tags}
    people = {hit.article.author.username: hit.article.author.display_name for hit in hits}
    for slug in filters.tags:
        yield f"in {names.get(slug, slug)}", filters.without_tag(slug)
    if filters.author:
        yield f"by {people.get(filters.author, filters.author)}", replace(filters, author="")
    if filters.from_date:
        yield f"since {filters.from_date}", replace(filters, from_date="")
    if filters.to_date:
        yield f"until {filters.to_date}", replace(filters, to_date="")
    if filters.sort != "rank":
        yield SORTS[filters.sort].lower(), replace(filters, sort="rank")
