"""Pictures as a site keeps them."""

from pathlib import Path

from stoa.shared.media import MediaStore, Readable


def keep_picture(folder: Path, stream: Readable) -> str:
    """The address of a picture that was put into the folder of media."""
    return MediaStore(folder).put_image(stream).url
