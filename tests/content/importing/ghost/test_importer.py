from datetime import UTC, datetime
from pathlib import Path

import pytest

from stoa.modules.content.importing import items
from stoa.modules.content.importing.errors import ItemRefused, SourceRefused
from stoa.modules.content.importing.ghost import survey
from stoa.modules.content.importing.items import SourceAuthor
from tests.content.importing.building import make_zip, png
from tests.content.importing.reading import read_all, shown

from .export import post, write


class TestPosts:
    @pytest.mark.parametrize("version", ["003", "1.25.0", "2.1.3", "4.48.9", "5.130.2", "6.0.1"])
    @pytest.mark.parametrize("wrapped", [True, False])
    def test_a_post_with_all_that_it_says(self, tmp_path: Path, version: str, *, wrapped: bool) -> None:
        path = write(
            tmp_path / "s.json",
            post(7, custom_excerpt="Short", canonical_url="https://first.example/x", locale="de", meta_title="M",
                 feature_image="https://a.example/c.jpg", created_at=1577934245000),
            tags=[{"id": 1, "name": "News", "slug": "news"}, {"id": 2, "name": "#hidden", "slug": "hash-hidden"},
                  {"id": 3, "name": "First", "slug": "first"}],
            posts_tags=[{"post_id": 7, "tag_id": 1, "sort_order": 1}, {"post_id": 7, "tag_id": 3, "sort_order": 0},
                        {"post_id": 7, "tag_id": 2, "sort_order": 2}],
            posts_meta=[{"post_id": 7, "meta_description": "D", "feature_image_alt": "A cat"}],
            version=version, wrapped=wrapped,
        )  # fmt: skip

        found = read_all(path)

        article = found.articles["post-7"]
        assert (article.title, article.body, article.excerpt) == ("Post 7", "Words.", "Short")
        assert article.published_at == datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)
        assert article.created_at == datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)
        assert (article.tags, article.author) == (("first", "news"), "author-u1")
        assert (article.meta_title, article.meta_description, article.language) == ("M", "D", "de")
        assert (article.cover, article.cover_alt) == ("https://a.example/c.jpg", "A cat")
        assert article.old_paths == ("/post-7",)
        assert found.rows["tag-2"].outcome == "skipped"
        assert found.survey.authors == [SourceAuthor("author-u1", "Jane Roe", "jane", bio="Writes.")]
        assert "secret" not in repr(found)

    def test_kinds_states_and_who_may_read(self, tmp_path: Path) -> None:
        found = read_all(
            write(
                tmp_path / "s.json", post(1, page=1), post(2, type="page"), post(3, status="draft"),
                post(4, status="sent"), post(5, visibility="paid"), post("5ba6", visibility="members"),
                post(8, status="scheduled"),
            )
        ).articles  # fmt: skip
        assert [article.kind for article in found.values()] == ["page", "page", *["article"] * 5]
        assert [article.is_draft for article in found.values()] == [False, False, True, True, False, False, False]
        assert [article.visibility for article in found.values()][4:] == ["members", "members", "public"]
        assert "by mail" in found["post-4"].warnings[0]
        assert "paid" in found["post-5"].warnings[0]

    def test_comments_with_their_threads(self, tmp_path: Path) -> None:
        comments = [
            {"id": "a", "post_id": 1, "member_id": "m", "html": "<p>Hi <b>you</b></p>", "status": "published"},
            {"id": "b", "post_id": 1, "parent_id": "a", "html": "<p>x</p>", "status": "hidden"},
            {"id": "c", "post_id": 1, "html": "<p>x</p>", "status": "deleted"}, {"id": "d", "post_id": 99, "html": "x"},
        ]  # fmt: skip
        members = [{"id": "m", "name": "Ann", "email": "ann@secret.example"}]
        found = read_all(write(tmp_path / "s.json", post(1), comments=comments, members=members))

        assert [(c.key, c.parent, c.status, c.author, c.body) for c in found.articles["post-1"].comments] == [
            ("comment-a", None, "visible", "Ann", "Hi **you**"), ("comment-b", "comment-a", "rejected", "Member", "x"),
        ]  # fmt: skip
        assert {key for key, row in found.rows.items() if row.kind == "comment"} == {"comment-c", "comment-d"}

    def test_links_and_pictures(self, tmp_path: Path) -> None:
        body = '<a href="__GHOST_URL__/post-2/#x">a</a> <img src="__GHOST_URL__/content/images/size/w600/2020/dog.png">'
        cover = "__GHOST_URL__/content/images/2020/dog.png"
        export = write(tmp_path / "one" / "s.json", post(1, html=body, feature_image=cover), post(2, slug="post-2"))
        source = make_zip(
            tmp_path / "s.zip", {"data/x.ghost.json": export.read_bytes(), "content/images/2020/dog.png": png()}
        )

        article = read_all(source).articles["post-1"]

        assert {picture.name for picture in article.pictures.values()} == {"content/images/2020/dog.png"}
        assert article.cover == "/content/images/2020/dog.png"
        assert '<a href="/articles/post-2#' in shown(article)

    def test_links_to_the_old_site(self, tmp_path: Path) -> None:
        export = write(tmp_path / "s.json", post(1, html='<a href="https://old.example/post-2/">a</a>'), post(2))
        found = read_all(export, old_site="https://old.example")
        assert found.articles["post-1"].links == {"https://old.example/post-2/": "/articles/post-2"}


class TestHostile:
    @pytest.mark.parametrize(
        ("source", "reason"),
        [
            ('{"db": [{"meta": {"version": "99.0"}, "data": {"posts": []}}]}', "Ghost version '99.0'; 003 and 0 to 6"),
            ('{"meta": {"version": "5.0"}, "data": {"posts": [', "broken"),
            ('{"meta": {"version": "5.0"}, "data": {}}', "no export of Ghost"),
            ('{"data": {"posts": []}}', "no export of Ghost"),
            ("[1, 2]", "no export of Ghost"), ("", "broken"), ("x", "broken"), ('{"a": "\\', "broken"),
            ('{"meta": {"version": "5.0"}, "data": {"posts": [{"id": %s}]}}' % ("7" * 5000), "broken"),
            ("[" * 1_000_000, "levels deep"), ('{"a":' * 20_000, "levels deep"),
            ('{"meta": {"version": "5.0"}, "data": {"posts": [{"id": 1, "x": %s}]}}' % ("[" * 9000), "levels deep"),
        ],
    )  # fmt: skip
    def test_a_file_that_is_no_export_is_refused_with_one_line(self, tmp_path: Path, source: str, reason: str) -> None:
        path = tmp_path / "s.json"
        path.write_text(source, encoding="utf-8")
        with pytest.raises(SourceRefused, match=reason) as refused:
            read_all(path)
        assert "\n" not in refused.value.detail

    @pytest.mark.parametrize("table", ["posts_tags", "members", "tags", "users", "posts"])
    def test_more_rows_than_memory_may_be_spent_on_are_refused(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, table: str
    ) -> None:
        monkeypatch.setattr(items, "MOST_ITEMS", 1000)
        monkeypatch.setattr(survey, "_MOST_ROWS", 5000)
        path = tmp_path / "s.json"
        with path.open("w", encoding="utf-8") as file:
            file.write(f'{{"meta": {{"version": "5.0"}}, "data": {{"{table}": [{{"id": "x", "name": "x"}}')
            file.writelines(f',{{"id":{n},"name":"t{n}"}}' for n in range(5001))
        with pytest.raises(SourceRefused, match="in parts"):
            read_all(path)

    def test_a_post_of_many_fields_is_one_of_those_that_are_known_first(self, tmp_path: Path) -> None:
        found = read_all(write(tmp_path / "s.json", post(1) | {f"x{n}": n for n in range(100_000)}))
        assert found.articles["post-1"].title == "Post 1"

    def test_a_value_of_megabytes_is_refused_before_it_is_held(self, tmp_path: Path) -> None:
        with pytest.raises(SourceRefused, match="more than 10 MB"):
            read_all(write(tmp_path / "s.json", post(1, html="x" * 11_000_000)))
        with pytest.raises(SourceRefused, match="more than 10 MB"):
            read_all(write(tmp_path / "s.json", post(1, html='","' * 2_200_000)))

    def test_what_is_wrong_with_one_post_is_told_and_the_rest_gets_in(self, tmp_path: Path) -> None:
        found = read_all(
            write(tmp_path / "s.json", post(1), post(1, html="second"), post(2, html="x" * 3_000_000), post(3))
        )
        assert list(found.articles) == ["post-1", "post-3"]
        assert [row.outcome for row in found.survey.rows] == ["failed", "failed"]

    @pytest.mark.parametrize("document", ["{", '{"root":' * 3000 + "1" + "}" * 3000])
    def test_a_body_that_is_no_document_fails_alone(self, tmp_path: Path, document: str) -> None:
        with pytest.raises(ItemRefused, match="lexical"):
            read_all(write(tmp_path / "s.json", post(1, lexical=document)))
