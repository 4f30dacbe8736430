"""Pictures as a site keeps them."""

from pathlib import Path

from stoa.shared.media.encoding import encode_image
from stoa.shared.media.folder import FolderStore
from stoa.shared.media.images import Readable


def keep_picture(folder: Path, stream: Readable) -> str:
    """The address of a picture that was put into the folder of media."""
    return FolderStore(folder).keep(encode_image(stream.read())).url
