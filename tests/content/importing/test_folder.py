import os
from pathlib import Path

import pytest

from stoa.modules.content.importing.errors import ItemRefused, SourceRefused
from stoa.modules.content.importing.progress import Silence
from stoa.modules.content.importing.registry import importer_for
from stoa.modules.content.importing.sources import Entry, FolderSource

from .building import make_folder


def names(root: Path) -> list[str]:
    return [entry.name for entry in FolderSource(root).entries()]


class TestFolder:
    def test_files_come_in_order_with_their_sizes(self, tmp_path: Path) -> None:
        make_folder(tmp_path, {"b.md": "bb", "a/z.md": "z", "a/b/c.md": "ccc"})

        assert list(FolderSource(tmp_path).entries()) == [Entry("a/b/c.md", 3), Entry("a/z.md", 1), Entry("b.md", 2)]

    def test_what_is_passed_over_is_told(self, tmp_path: Path) -> None:
        make_folder(tmp_path, {"a.md": "a", ".git/x.md": "x", ".hidden.md": "x", "node_modules/p/README.md": "x"})
        os.mkfifo(tmp_path / "pipe.md")
        (tmp_path / "twin.md").symlink_to("a.md")
        source = FolderSource(tmp_path)

        assert [entry.name for entry in source.entries()] == ["a.md"]
        assert dict(source.skipped) == {
            ".git": "hidden",
            ".hidden.md": "hidden",
            "node_modules": "'node_modules' holds no articles",
            "pipe.md": "not a regular file",
            "twin.md": "a symbolic link",
        }

    @pytest.mark.parametrize("target", ["/etc/passwd", "../outside.md", ".."])
    def test_a_link_out_of_the_folder_refuses_the_source(self, tmp_path: Path, target: str) -> None:
        make_folder(tmp_path, {"outside.md": "secret", "site/a.md": "a"})
        (tmp_path / "site" / "b.md").symlink_to(target)

        with pytest.raises(SourceRefused, match=r"'b.md' leads out of the folder"):
            names(tmp_path / "site")

    def test_a_link_in_a_circle_does_not_hang(self, tmp_path: Path) -> None:
        make_folder(tmp_path, {"a.md": "a"})
        (tmp_path / "loop").symlink_to("loop")

        with pytest.raises(SourceRefused, match="circle"):
            names(tmp_path)

    def test_a_file_turned_into_a_link_after_the_first_look_is_not_followed(self, tmp_path: Path) -> None:
        make_folder(tmp_path, {"secret.md": "secret", "site/a.md": "a"})
        source = FolderSource(tmp_path / "site")
        (found,) = source.entries()
        (tmp_path / "site" / "a.md").unlink()
        (tmp_path / "site" / "a.md").symlink_to(tmp_path / "secret.md")

        with pytest.raises(ItemRefused):
            source.open(found)

    def test_a_name_that_is_not_utf8_is_skipped(self, tmp_path: Path) -> None:
        make_folder(tmp_path, {"a.md": "a"})
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.md")).write_text("x", encoding="utf-8")
        source = FolderSource(tmp_path)

        assert [entry.name for entry in source.entries()] == ["a.md"]
        assert source.skipped == [("caf\\udce9.md", "its name is not UTF-8")]


class TestRefusedPaths:
    @pytest.mark.parametrize(
        ("files", "path", "said"),
        [
            ({}, "missing", "no file or folder"),
            ({}, ".", "no Markdown"),
            ({"a.txt": "x", "b/c.png": "x"}, ".", "no Markdown"),
            ({"a.txt": "x"}, "a.txt", "neither a folder"),
            ({"a.zip": "not a zip"}, "a.zip", "no zip, or a damaged one"),
            ({"a.zip": ""}, "a.zip", "no zip, or a damaged one"),
        ],
    )
    def test_one_clear_line(self, tmp_path: Path, files: dict[str, str], path: str, said: str) -> None:
        make_folder(tmp_path, files)

        with pytest.raises(SourceRefused, match=said) as caught, importer_for(tmp_path / path) as importer:
            importer.survey(Silence())
        assert "\n" not in caught.value.detail
