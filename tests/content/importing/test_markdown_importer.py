import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from stoa.modules.content.importing.items import Importer, Row, SourceArticle, Survey
from stoa.modules.content.importing.progress import Silence
from stoa.modules.content.importing.registry import importer_for

from .building import EPOCH, Files, make_folder, make_zip, png


@contextmanager
def surveyed(path: Path, *, old_site: str | None = None) -> Iterator[tuple[Importer, Survey]]:
    with importer_for(path, old_site=old_site) as importer:
        yield importer, importer.survey(Silence())


def articles(path: Path, *, old_site: str | None = None) -> dict[str, SourceArticle]:
    with surveyed(path, old_site=old_site) as (importer, survey):
        slugs = {outline.key: outline.slug for outline in survey.outlines}
        return {outline.key: importer.read(outline, slugs) for outline in survey.outlines}


def rows(path: Path) -> dict[str, Row]:
    with surveyed(path) as (_, survey):
        return {row.key: row for row in survey.rows}


class TestPlainMarkdown:
    def test_title_topic_date_and_address_without_front_matter(self, tmp_path: Path) -> None:
        path = make_zip(tmp_path / "til.zip", {"python/copy-file.md": "# Efficiently copying a file\n\nBody.\n"})

        found = articles(path)["python/copy-file.md"]

        assert (found.title, found.body, found.tags) == ("Efficiently copying a file", "Body.\n", ("python",))
        assert (found.published_at, found.file_time) == (None, datetime(*EPOCH, tzinfo=UTC))
        assert found.old_paths == ("/python/copy-file",)

    def test_files_of_one_name_get_their_folder_in_front(self, tmp_path: Path) -> None:
        make_folder(tmp_path, {"a/setup.md": "# A", "b/setup.md": "# B", "c/other.md": "# C"})

        with surveyed(tmp_path) as (_, survey):
            assert [outline.slug for outline in survey.outlines] == ["setup", "b-setup", "other"]

    def test_a_title_in_another_script_gives_a_readable_slug(self, tmp_path: Path) -> None:
        make_folder(tmp_path, {"Привет мир.md": "Text"})

        with surveyed(tmp_path) as (_, survey):
            assert [outline.slug for outline in survey.outlines] == ["privet-mir"]

    def test_other_files_and_broken_items_are_named_with_the_reason(self, tmp_path: Path) -> None:
        files: Files = {
            "good.md": "# Good", "LICENSE": "x", "README.md": "x", "_index.md": "x", ".draft.md": "x",
            "broken.md": "---\ntitle: [\n---\n", "binary.md": b"\x89PNG\r\n\0\0", "latin.md": b"caf\xe9",
            "empty.md": " \n", "large.md": "x" * 2_200_000, "long.md": "x" * 1_000_001,
        }  # fmt: skip
        found = rows(make_folder(tmp_path, files))

        assert {key: row.outcome for key, row in found.items()} == {
            "LICENSE": "skipped", "README.md": "skipped", "_index.md": "skipped", ".draft.md": "skipped",
            "broken.md": "failed", "binary.md": "failed", "latin.md": "failed", "empty.md": "failed",
            "large.md": "failed", "long.md": "failed",
        }  # fmt: skip
        for key, said in (("binary.md", "NUL"), ("latin.md", "UTF-8"), ("large.md", "2 MB"), ("broken.md", "line")):
            assert said in found[key].reason


class TestLinksAndImages:
    def test_links_lead_to_the_new_addresses_and_images_are_found(self, tmp_path: Path) -> None:
        body = "![dog](img/dog.png) [b](../b/two.md#part) [c](/b/two) [out](https://example.org) `[no](../b/two.md)`"
        make_folder(tmp_path, {"a/one.md": body, "a/img/dog.png": png(), "b/two.md": "# Two"})

        found = articles(tmp_path)["a/one.md"]

        assert found.links == {"../b/two.md#part": "/articles/two#part", "/b/two": "/articles/two"}
        assert [(target, picture.name) for target, picture in found.pictures.items()] == [
            ("img/dog.png", "a/img/dog.png")
        ]
        assert found.warnings == ()

    def test_links_to_the_old_site_come_inside(self, tmp_path: Path) -> None:
        make_folder(
            tmp_path, {"a/one.md": "[x](https://old.example/b/two) [y](https://old.example.org/b/two)", "b/two.md": "x"}
        )

        found = articles(tmp_path, old_site="https://old.example/")["a/one.md"]

        assert found.links == {"https://old.example/b/two": "/articles/two"}

    def test_what_is_not_there_or_not_taken_is_told(self, tmp_path: Path) -> None:
        body = "![a](gone.png) [b](gone.md) ![c](drawing.svg) [d](paper.pdf) [e](/about/)"
        make_folder(tmp_path, {"one.md": body, "drawing.svg": "<svg/>", "paper.pdf": "x"})

        warnings = articles(tmp_path)["one.md"].warnings

        assert [warning.split("'")[1] for warning in warnings] == ["gone.png", "gone.md", "drawing.svg", "paper.pdf"]

    def test_nothing_outside_the_folder_is_taken(self, tmp_path: Path) -> None:
        make_folder(tmp_path, {"secret.png": png(), "site/one.md": "![a](../secret.png) ![b](/../secret.png)"})

        found = articles(tmp_path / "site")["one.md"]

        assert found.pictures == {}
        assert len(found.warnings) == 2


class TestFingerprint:
    def test_it_changes_with_text_image_link_and_options_only(self, tmp_path: Path) -> None:
        files: dict[str, str | bytes] = {"one.md": "![a](a.png) [b](two.md)", "a.png": png(), "two.md": "x"}
        before = articles(make_folder(tmp_path, files))["one.md"].fingerprint("draft")

        (tmp_path / "one.md").touch()
        make_folder(tmp_path, {"three.md": "new"})
        same = articles(tmp_path)["one.md"]
        make_folder(tmp_path, {"a.png": png(colour=(0, 0, 0))})
        other_image = articles(tmp_path)["one.md"]
        make_folder(tmp_path, {"a.png": png(), "two.md": "---\nslug: moved\n---\n"})
        other_link = articles(tmp_path)["one.md"]

        assert same.fingerprint("draft") == before
        assert (
            len(
                {
                    before,
                    same.fingerprint("published"),
                    other_image.fingerprint("draft"),
                    other_link.fingerprint("draft"),
                }
            )
            == 4
        )


class TestSites:
    def test_hugo(self, tmp_path: Path) -> None:
        make_folder(tmp_path, {
            "hugo.toml": "", "content/_index.md": "x", "archetypes/default.md": "x", "themes/t/README.md": "x",
            "content/posts/first/index.md": '+++\ntitle = "First"\ndate = 2024-03-01\ntags = ["go"]\n'
            'aliases = ["/old"]\ncover = "head.png"\n+++\n'
            '![x](pic.png) ![y](/images/site.png) [z]({{< ref "second.md#end" >}})',
            "content/posts/first/pic.png": png(), "content/posts/first/head.png": png(),
            "static/images/site.png": png(),
            "content/posts/second.md": "---\ntitle: Second\nurl: /two/\n---\n[back](../first/)",
        })  # fmt: skip
        found = articles(tmp_path)

        first, second = found["content/posts/first/index.md"], found["content/posts/second.md"]
        assert (first.title, first.tags, first.published_at) == ("First", ("go",), datetime(2024, 3, 1, tzinfo=UTC))
        assert first.old_paths == ("/old", "/posts/first")
        assert {target: picture.name for target, picture in first.pictures.items()} == {
            "pic.png": "content/posts/first/pic.png",
            "/images/site.png": "static/images/site.png",
            "head.png": "content/posts/first/head.png",
        }
        assert first.links == {"second.md#end": "/articles/two#end"}
        assert "[z](second.md#end)" in first.body
        assert (second.old_paths, second.links) == (("/two",), {"../first/": "/articles/first"})
        assert {row.outcome for row in rows(tmp_path).values()} == {"skipped"}

    def test_jekyll(self, tmp_path: Path) -> None:
        make_folder(tmp_path, {
            "_config.yml": "", "_includes/x.md": "x", "about.md": "---\ntitle: About\npermalink: /about/\n---\nMe",
            "_posts/2024-03-01-hello-world.md": "---\ntags: one two\nredirect_from: [/a, /b]\n---\n# Hello\n"
            "![x]({{ site.baseurl }}/assets/x.png) [n]({% post_url 2024-03-02-next %})",
            "_posts/2024-03-02-next.md": "---\ntitle: Next\ncategories: Dogs Walks\n---\n"
            "[h](/2024/03/01/hello-world.html)",
            "_drafts/idea.md": "Idea", "assets/x.png": png(),
        })  # fmt: skip
        found = articles(tmp_path)

        hello = found["_posts/2024-03-01-hello-world.md"]
        assert (hello.title, hello.tags, hello.published_at) == (
            "Hello", ("one", "two"), datetime(2024, 3, 1, tzinfo=UTC)
        )  # fmt: skip
        assert hello.old_paths == ("/a", "/b", "/2024/03/01/hello-world", "/2024/03/01/hello-world.html")
        assert hello.links == {"2024-03-02-next.md": "/articles/next"}
        assert list(hello.pictures) == ["/assets/x.png"]
        assert found["_posts/2024-03-02-next.md"].links == {
            "/2024/03/01/hello-world.html": "/articles/hello-world"
        }  # fmt: skip
        assert found["_posts/2024-03-02-next.md"].old_paths[-1] == "/dogs/walks/2024/03/02/next.html"
        assert found["_drafts/idea.md"].is_draft
        assert "_includes/x.md" in rows(tmp_path)

    def test_hexo(self, tmp_path: Path) -> None:
        make_folder(tmp_path, {
            "_config.yml": "", "scaffolds/post.md": "x",
            "source/_posts/hello.md": "title: Hello\ndate: 2024/03/01 10:00:00\ntags: [a b]\n---\n"
            "{% asset_img dog.png A dog %}",
            "source/_posts/hello/dog.png": png(),
        })  # fmt: skip
        found = articles(tmp_path)["source/_posts/hello.md"]

        assert (found.title, found.tags) == ("Hello", ("a b",))
        assert {target: picture.name for target, picture in found.pictures.items()} == {
            "dog.png": "source/_posts/hello/dog.png"
        }

    def test_zola(self, tmp_path: Path) -> None:
        make_folder(tmp_path, {
            "config.toml": "", "templates/x.md": "x", "content/blog/_index.md": "x",
            "content/blog/one.md": '+++\ntitle = "One"\n[taxonomies]\ntags = ["rust"]\n+++\n[t](@/blog/two.md#x)',
            "content/blog/two.md": '+++\ntitle = "Two"\ndraft = true\n+++\n',
        })  # fmt: skip
        found = articles(tmp_path)

        assert found["content/blog/one.md"].links == {"@/blog/two.md#x": "/articles/two#x"}
        assert found["content/blog/two.md"].is_draft


class TestSameFromFolderAndZip:
    def test_a_zip_of_the_folder_gives_the_same_fingerprints(self, tmp_path: Path) -> None:
        files: Files = {"a/one.md": "# One\n![p](p.png)", "a/p.png": png(), "two.md": "[x](a/one.md)"}
        folder = articles(make_folder(tmp_path / "site", files))
        zipped = articles(make_zip(tmp_path / "site.zip", files))
        wrapped = articles(make_zip(tmp_path / "b.zip", {f"b/{name}": content for name, content in files.items()}))

        for key, article in folder.items():
            assert zipped[key].fingerprint() == wrapped[key].fingerprint() == article.fingerprint()


@pytest.mark.skipif(not Path("/proc").exists(), reason="needs Linux")
class TestMemory:
    def test_pictures_and_texts_are_not_kept(self, tmp_path: Path) -> None:
        make_zip(tmp_path / "x.zip", {f"{n}.md": f"# Title {n}\n" + "words " * 50_000 for n in range(60)})

        tracemalloc.start()
        with surveyed(tmp_path / "x.zip") as (importer, survey):
            for outline in survey.outlines:
                importer.read(outline, {})
            peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 8_000_000  # the texts together are 18 MB
