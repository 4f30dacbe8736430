import zipfile
from pathlib import Path

import pytest

from stoa.modules.content.importing.errors import ItemRefused, SourceRefused
from stoa.modules.content.importing.progress import Silence
from stoa.modules.content.importing.registry import importer_for
from stoa.modules.content.importing.sources import LARGEST_FILE, MOST_FILES, Entry
from stoa.modules.content.importing.zip_source import ZipSource

from .building import directory_of, entry, make_zip, make_zip_of, patch_headers


def refusal(path: Path) -> str:
    with pytest.raises(SourceRefused) as caught, importer_for(path) as importer:
        importer.survey(Silence())
    assert "\n" not in caught.value.detail
    return caught.value.detail


def names(path: Path) -> list[str]:
    with ZipSource(path) as source:
        return [found.name for found in source.entries()]


class TestHonestZips:
    def test_entries_in_order_and_read_whole(self, tmp_path: Path) -> None:
        path = make_zip(tmp_path / "site.zip", {"b.md": "two", "a/": "", "a/x.md": "one"})

        with ZipSource(path) as source:
            found = list(source.entries())
            with source.open(found[0]) as file:
                content = file.read()
        assert found == [Entry("a/x.md", 3), Entry("b.md", 3)]
        assert content == b"one"

    def test_hidden_entries_are_told(self, tmp_path: Path) -> None:
        path = make_zip(tmp_path / "site.zip", {"a.md": "a", "__MACOSX/._a.md": "x", ".git/config": "x"})

        with ZipSource(path) as source:
            assert [found.name for found in source.entries()] == ["a.md"]
            assert [name for name, _ in source.skipped] == [".git/config", "__MACOSX/._a.md"]

    @pytest.mark.parametrize(
        ("title", "files", "kept"),
        [
            ("site", ["site/a/b.md", "site/c.md"], ["a/b.md", "c.md"]),
            ("x", ["blog-main/a/b.md", "blog-main/LICENSE"], ["LICENSE", "a/b.md"]),
            ("x", ["blog/_config.yml", "blog/_posts/a.md"], ["_config.yml", "_posts/a.md"]),
            ("x", ["python/a.md", "python/b.md"], ["python/a.md", "python/b.md"]),
            ("x", ["a.md", "x/b.md"], ["a.md", "x/b.md"]),
        ],
    )
    def test_a_folder_around_everything_is_taken_off_but_a_topic_is_not(
        self, tmp_path: Path, title: str, files: list[str], kept: list[str]
    ) -> None:
        assert names(make_zip(tmp_path / f"{title}.zip", dict.fromkeys(files, "x"))) == kept

    def test_names_of_other_systems(self, tmp_path: Path) -> None:
        windows, mac = entry("placeholder.md"), entry("caf.md")
        path = make_zip_of(tmp_path / "site.zip", (windows, b"x"), (mac, b"y"))
        data = path.read_bytes().replace(b"placeholder.md", b"folder\\file.md").replace(b"caf.md", "é.md1".encode()[:6])
        path.write_bytes(data)

        assert names(path) == ["folder/file.md", "é.md1"]


class TestHostileZips:
    @pytest.mark.parametrize(
        ("name", "said"),
        [
            ("../evil.md", "'..'"),
            ("a/../../evil.md", "'..'"),
            ("..\\evil.md", "'..'"),
            ("/etc/evil.md", "absolute"),
            ("\\evil.md", "absolute"),
            ("C:\\evil.md", "absolute"),
            ("C:evil.md", "absolute"),
            ("a\x1b[2Jb.md", "no file can have"),
            ("a" * 2000 + ".md", "no file can have"),
        ],
    )
    def test_names_that_leave_the_zip(self, tmp_path: Path, name: str, said: str) -> None:
        path = make_zip_of(tmp_path / "x.zip", (entry("good.md"), b"# Good"), (entry(name), b"x"))

        assert said in refusal(path)

    @pytest.mark.parametrize(
        ("mode", "said"), [(0o120777, "symbolic link"), (0o010644, "neither a file"), (0o020644, "neither a file")]
    )
    def test_links_and_devices(self, tmp_path: Path, mode: int, said: str) -> None:
        path = make_zip_of(tmp_path / "x.zip", (entry("a.md"), b"x"), (entry("b.md", mode=mode), b"/etc/passwd"))

        assert said in refusal(path)

    @pytest.mark.filterwarnings("ignore:Duplicate name")
    @pytest.mark.parametrize("second", ["a.md", "./a.md", "x/a.md"])
    def test_one_name_twice(self, tmp_path: Path, second: str) -> None:
        first = "x//a.md" if second.startswith("x") else "a.md"
        path = make_zip_of(tmp_path / "x.zip", (entry(first), b"1"), (entry(second), b"2"))

        assert "twice" in refusal(path)

    def test_a_name_that_is_not_utf8(self, tmp_path: Path) -> None:
        path = make_zip(tmp_path / "x.zip", {"caXe.md": "x"})
        path.write_bytes(path.read_bytes().replace(b"caXe.md", b"ca\xe9e.md"))

        assert "not UTF-8" in refusal(path)

    def test_a_name_that_only_says_it_is_utf8(self, tmp_path: Path) -> None:
        path = make_zip(tmp_path / "x.zip", {"caXe.md": "x"})
        path.write_bytes(path.read_bytes().replace(b"caXe.md", b"ca\xe9e.md"))
        patch_headers(path, "flags", 0x800)

        assert "not UTF-8" in refusal(path)

    @pytest.mark.parametrize(
        ("field", "value", "said"),
        [
            ("size", 2 * 1024**3, "more than 1 GB"),
            ("size", 100 * 1024**2, "decompression bomb"),
            ("size", 3, "damaged at 'a.md'"),
            ("size", 500, "damaged at 'a.md'"),
            ("crc", 12345, "damaged at 'a.md'"),
            ("flags", 0x1, "encrypted"),
            ("method", 14, "another way than deflate"),
            ("method", 99, "another way than deflate"),
            ("compressed", 3, "damaged at 'a.md'"),
        ],
    )
    def test_headers_that_lie(self, tmp_path: Path, field: str, value: int, said: str) -> None:
        path = make_zip(tmp_path / "x.zip", {"a.md": "# A text of some words\n", "b.md": "# B"})
        patch_headers(path, field, value)

        assert said in refusal(path)

    def test_more_than_four_gigabytes_in_all(self, tmp_path: Path) -> None:
        infos = [(entry(f"{n}.bin"), b"x" * 4_000_000) for n in range(6)]
        path = make_zip_of(tmp_path / "x.zip", (entry("a.md"), b"x"), *infos)
        data = bytearray(path.read_bytes())
        at = 0
        while (at := data.find(b"PK\x01\x02", at + 1)) >= 0:
            data[at + 24 : at + 28] = (900 * 1024**2).to_bytes(4, "little")
            data[at + 20 : at + 24] = (400 * 1024**2).to_bytes(4, "little")
        path.write_bytes(data)

        assert "more than 4 GB" in refusal(path)

    @pytest.mark.parametrize("kept", [10, 60, -30])
    def test_a_zip_cut_short(self, tmp_path: Path, kept: int) -> None:
        path = make_zip(tmp_path / "x.zip", {"a.md": "# A text", "b.md": "# B text"})
        path.write_bytes(path.read_bytes()[:kept])

        assert "damaged" in refusal(path)

    def test_a_zip_with_scrambled_contents(self, tmp_path: Path) -> None:
        path = make_zip(tmp_path / "x.zip", {"a.md": "# A text\n" * 50})
        data = bytearray(path.read_bytes())
        data[40:50] = bytes(10)
        path.write_bytes(data)

        assert "damaged at 'a.md'" in refusal(path)

    def test_a_damaged_image_is_found_before_anything_is_imported(self, tmp_path: Path) -> None:
        path = make_zip_of(tmp_path / "x.zip", (entry("p.png"), b"x" * 100), (entry("a.md"), b"# A"))
        patch_headers(path, "crc", 1)

        assert "damaged at 'p.png'" in refusal(path)

    def test_a_list_of_too_many_files(self, tmp_path: Path) -> None:
        path = tmp_path / "x.zip"
        path.write_bytes(directory_of(MOST_FILES + 1))

        assert f"more than {MOST_FILES} files" in refusal(path)

    def test_a_large_file_is_listed_and_not_read(self, tmp_path: Path) -> None:
        video = bytes(range(256)) * (LARGEST_FILE // 256 + 1)
        info = entry("film.bin")
        info.compress_type = zipfile.ZIP_STORED
        path = make_zip_of(tmp_path / "x.zip", (info, video), (entry("a.md"), b"# A"))

        with ZipSource(path) as source:
            found = {one.name: one for one in source.entries()}
            with pytest.raises(ItemRefused, match="20 MB"), source.open(found["film.bin"]):
                pass
        with importer_for(path) as importer:
            assert [outline.key for outline in importer.survey(Silence()).outlines] == ["a.md"]
