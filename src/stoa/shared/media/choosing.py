"""Which store a site keeps its pictures in: the one place that knows both."""

from pathlib import Path

from stoa.shared.settings import Settings

from .folder import FolderStore
from .pool import PicturePool
from .s3 import ObjectStore
from .store import MediaStore


def media_store(settings: Settings, data_dir: Path) -> MediaStore:
    """The store of the settings; the folder is `media` in the data folder. Opens nothing yet."""
    if settings.media.media_store == "s3":
        return ObjectStore(settings.media)
    return FolderStore(data_dir / "media")


def picture_pool(settings: Settings) -> PicturePool:
    """The processes that decode pictures, as many as the settings say."""
    return PicturePool(settings.media.picture_workers, settings.media.picture_seconds)
