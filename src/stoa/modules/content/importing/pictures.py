"""The pictures of a source on their way into the site: each taken once, under the address it gets here. Blocks."""

from stoa.shared.errors import StoaError, Unavailable
from stoa.shared.media.pool import PicturePool
from stoa.shared.media.store import MediaStore

from .items import Importer, Picture, SourceArticle


class Pictures:
    """A trial encodes and keeps nothing."""

    def __init__(self, importer: Importer, media: MediaStore, pool: PicturePool, *, is_trial: bool) -> None:
        self._importer = importer
        self._media = media
        self._pool = pool
        self._is_trial = is_trial
        self._kept: dict[str, str | StoaError] = {}

    def addresses(self, article: SourceArticle) -> tuple[dict[str, str], list[str]]:
        """What takes the place of the article's links and images, and what was left as it stood."""
        new, warnings = dict(article.links), []
        for target, picture in article.pictures.items():
            kept = self._keep(picture)
            if isinstance(kept, str):
                new[target] = kept
            else:
                warnings.append(f"the image '{picture.name}' is not taken: {kept.detail}")
        return new, warnings

    def _keep(self, picture: Picture) -> str | StoaError:
        if picture.name not in self._kept:
            try:
                self._kept[picture.name] = self._taken(picture)
            except Unavailable:
                raise  # no fault of the picture: the next run goes on from here
            except StoaError as error:
                self._kept[picture.name] = error
        return self._kept[picture.name]

    def _taken(self, picture: Picture) -> str:
        with self._importer.open_picture(picture) as file:
            image = self._pool.encode_now(file, was=picture.url)
        return image.stored.url if self._is_trial else self._media.keep(image).url
