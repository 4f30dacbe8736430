"""A folder of pictures: whole or not there, once, and nothing outside of it."""

import multiprocessing
from pathlib import Path

import pytest

from stoa.shared.media.encoding import encode_image
from stoa.shared.media.folder import FolderStore
from stoa.shared.media.images import EncodedImage, NoRoom

from .pictures import noise, saved

IMAGE = encode_image(saved(noise(1000, 700), "WEBP"))
ALL = {IMAGE.name, *(name for name, _ in IMAGE.smaller)}


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def keep(folder: Path, image: EncodedImage) -> str:
    return FolderStore(folder).keep(image).url


class TestFolder:
    def test_all_forms_are_kept_once_and_go_together(self, tmp_path: Path) -> None:
        store = FolderStore(tmp_path)
        url = store.keep(IMAGE).url
        assert store.keep(IMAGE).url == url
        assert files(tmp_path) == ALL
        assert len(ALL) == 3
        assert store.read(url) == IMAGE.content
        assert all(store.has(name) and store.read(f"/media/{name}") for name in ALL)
        store.remove(url)
        store.remove(url)
        assert files(tmp_path) == set()
        assert store.read(url) is None

    def test_eight_processes_at_once_make_one(self, tmp_path: Path) -> None:
        with multiprocessing.get_context("spawn").Pool(8) as pool:
            urls = pool.starmap(keep, [(tmp_path, IMAGE)] * 16)
        assert set(urls) == {IMAGE.stored.url}
        assert files(tmp_path) == ALL

    @pytest.mark.parametrize("url", ["/media/../secret", "/media//etc/passwd", "/media/ab/../../secret", "secret", ""])
    def test_no_name_leads_out(self, tmp_path: Path, url: str) -> None:
        (tmp_path / "secret").write_text("s", encoding="utf-8")
        store = FolderStore(tmp_path / "media")
        assert store.read(url) is None
        store.remove(url)
        assert (tmp_path / "secret").exists()

    def test_a_full_disk_keeps_nothing(self, small_disk: Path) -> None:
        store = FolderStore(small_disk)
        with pytest.raises(NoRoom, match="disk is full"):
            store.keep(IMAGE)
        assert files(small_disk) == set()

    def test_a_folder_that_cannot_be_written_is_told(self, tmp_path: Path) -> None:
        (tmp_path / "media").write_text("a file", encoding="utf-8")
        with pytest.raises(OSError, match="media"):
            FolderStore(tmp_path / "media").keep(IMAGE)
        with pytest.raises(OSError, match="media"):
            FolderStore(tmp_path / "media").check()

    def test_the_check_leaves_nothing(self, tmp_path: Path) -> None:
        assert str(tmp_path) in FolderStore(tmp_path).check()
        assert files(tmp_path) == set()
