"""Which tags an article is to carry, of those asked for, and whether this person may use them."""

from collections.abc import Collection, Iterable
from typing import Final

from stoa.modules.content.articles.errors import TagNotCarried
from stoa.modules.content.articles.schemas import MOST_TAGS
from stoa.modules.content.tags.errors import TagNotFound
from stoa.modules.content.tags.service import TagReads
from stoa.shared.errors import FieldFault, InvalidInput, Moved, PermissionDenied
from stoa.shared.security import Actor
from stoa.shared.slugs import make_slug

_FALLBACK: Final = "tag"


async def check_tags(tags: TagReads, actor: Actor, names: Iterable[str]) -> None:
    """Who may not make tags uses those there are. Raises PermissionDenied."""
    if actor.can("create:tag"):
        return
    for name in names:
        slug = make_slug(name, fallback=_FALLBACK)
        try:
            await tags.one(slug)
        except Moved:
            continue
        except TagNotFound:
            raise PermissionDenied(f"There is no tag '{slug}', and you may not make tags. Use one there is.") from None


def demand_room(wanted: Collection[str], *, carried: Collection[str] = ()) -> None:
    """Raises InvalidInput for too many tags; an article that came with more may keep as many as it has."""
    if len(wanted) > max(MOST_TAGS, len(carried)):
        fault = FieldFault("body.tags", f"An article carries at most {MOST_TAGS} tags.")
        raise InvalidInput(f"It would carry {len(wanted)} tags; {MOST_TAGS} are allowed.", faults=(fault,))


async def added(tags: TagReads, carried: Iterable[str], names: Iterable[str]) -> list[str]:
    """The tags carried and those named, each once. Raises InvalidInput where they become too many."""
    there = list(carried)
    chosen = {slug: slug for slug in there}
    for name in names:
        chosen.setdefault(await _present(tags, name), name)
    demand_room(chosen, carried=there)
    return list(chosen.values())


async def without(tags: TagReads, carried: Iterable[str], name: str) -> list[str]:
    """The tags carried but this one. Raises TagNotCarried."""
    there, slug = list(carried), await _present(tags, name)
    if slug not in there:
        raise TagNotCarried(name)
    return [one for one in there if one != slug]


async def _present(tags: TagReads, name: str) -> str:
    """The slug that the tag of that name or former slug has, or will have."""
    slug = make_slug(name, fallback=_FALLBACK)
    try:
        await tags.one(slug)
    except Moved as moved:
        return moved.slug
    except TagNotFound:
        return slug
    return slug
