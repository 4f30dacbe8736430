"""Exports of this product that somebody else made, or meddled with."""

import json
from pathlib import Path
from typing import Any

import pytest

from stoa.modules.content.importing.errors import SourceRefused
from stoa.modules.users.schemas import NewUser
from stoa.modules.users.service import UserService

from .building import Files, entry, make_folder, make_zip, make_zip_of, patch_headers, png
from .conftest import Site

MARK = json.dumps({"format": "stoa", "version": 1})
ARTICLE = '---\nslug: "one"\ntitle: "One"\nstatus: "published"\npublished_at: 2024-03-01T10:00:00Z\n---\nWords.'
FILES: Files = {"stoa.json": MARK, "articles/one.md": ARTICLE}


def with_field(line: str) -> str:
    return ARTICLE.replace("---\n", f"---\n{line}\n", 1)


class TestRefusals:
    @pytest.mark.parametrize(
        ("name", "content", "words"),
        [
            ("stoa.json", json.dumps({"format": "stoa", "version": 99}), "version 99"),
            ("stoa.json", json.dumps({"format": "stoa"}), "version None"),
            ("stoa.json", "{" * 5000, "no JSON"),
            ("stoa.json", "[1]", "does not say"),
            ("authors.yaml", "- &a {username: x}\n- *a\n", "without aliases"),
            ("authors.yaml", "- username: {deep: {deeper: x}}\n", "must be a list"),
            ("authors.yaml", "- username: [[x]]\n", "must be a list"),
            ("tags.yaml", "- slug: 'x\n", "cannot be read"),
            ("tags.yaml", b"\xff\xfe\x00", "cannot be read"),
        ],
    )
    async def test_what_is_no_export_we_know_is_refused_in_one_line(
        self, site: Site, tmp_path: Path, name: str, content: str | bytes, words: str
    ) -> None:
        path = make_zip(tmp_path / "s.zip", {**FILES, name: content})

        with pytest.raises(SourceRefused, match=words) as refused:
            await site.take(path)

        assert "\n" not in refused.value.detail
        assert await site.everything() == []

    async def test_zips_that_no_export_is(self, site: Site, tmp_path: Path) -> None:
        good = [(entry(name), str(content).encode()) for name, content in FILES.items()]
        sources = [
            make_zip_of(tmp_path / "up.zip", *good, (entry("articles/../../evil.md"), b"x")),
            make_zip_of(tmp_path / "link.zip", *good, (entry("media/l.png", mode=0o120777), b"/etc/passwd")),
            make_zip_of(tmp_path / "bomb.zip", *good, (entry("media/00/00.png"), bytes(400 * 1024 * 1024))),
            patch_headers(make_zip_of(tmp_path / "huge.zip", *good), "size", 2 * 1024**3),
        ]
        for source in sources:
            with pytest.raises(SourceRefused):
                await site.take(source)
        outside = make_folder(tmp_path / "outside", FILES)
        (outside / "articles" / "link.md").symlink_to("/etc/passwd")
        with pytest.raises(SourceRefused):
            await site.take(outside)
        assert await site.everything() == []


class TestItems:
    @pytest.mark.parametrize(
        ("line", "words"),
        [
            ('status: "gone"', "'status' must be"),
            ('status: "scheduled"', "publish_at"),
            ('visibility: "secret"', "'visibility' must be"),
            ("published_at: yesterday", "'published_at' must be a time"),
            ('title: ""', "'title' must not be empty"),
            (f'title: "{"x" * 1001}"', "at most 1000"),
            ("tags: {a: b}", "'tags' must be a list"),
            ("tags: [[a]]", "'tags' must be a list"),
        ],
    )
    async def test_one_that_cannot_be_is_named_and_the_rest_gets_in(
        self, site: Site, tmp_path: Path, line: str, words: str
    ) -> None:
        name = line.partition(":")[0]
        others = "\n".join(one for one in ARTICLE.split("\n") if not one.startswith(f"{name}:"))
        bad = others.replace("---\n", f"---\n{line}\n", 1).replace('slug: "one"', 'slug: "bad"')
        report = await site.take(make_zip(tmp_path / "s.zip", {**FILES, "articles/bad.md": bad}))

        found = {row.key: (row.outcome, row.reason) for row in report.rows}
        assert found["articles/bad.md"][0] == "failed"
        assert words in found["articles/bad.md"][1]
        assert found["articles/one.md"][0] == "imported"

    async def test_nobody_gets_powers_a_password_or_another_ones_profile(self, site: Site, tmp_path: Path) -> None:
        async with site.database.unit_of_work() as session:
            await UserService(session).create(NewUser("The boss", "boss@example.com", username="boss", role="admin"))
        people = (
            "- username: evil\n  role: admin\n  email: evil@example.com\n  password: x\n  display_name: Evil\n"
            "- username: boss\n  display_name: Owned\n  bio: Owned\n- username: admin\n  display_name: Admin\n"
        )
        await site.take(
            make_zip(
                tmp_path / "s.zip", {**FILES, "authors.yaml": people, "articles/one.md": with_field("author: boss")}
            )
        )

        found = await site.rows("SELECT username, display_name, role, email, bio, is_verified FROM users ORDER BY 1")
        assert found[0] == ("admin-2", "Admin", "creator", None, "", False)
        assert found[1] == ("boss", "The boss", "admin", "boss@example.com", "", False)
        assert found[2] == ("evil", "Evil", "creator", None, "", False)
        assert await site.rows("SELECT count(*) FROM information_schema.tables WHERE table_name = 'users'") == [(1,)]

    async def test_comments_that_cannot_be_read_leave_their_article_whole(self, site: Site, tmp_path: Path) -> None:
        def one(**changes: Any) -> str:
            return json.dumps([{"key": "k", "body": "Words", "guest": "G", **changes}])

        broken = {"a": "[" * 100_000, "b": one(body="x" * 10_001), "c": one(status="odd"), "d": "{}", "e": "[1]"}
        files: dict[str, str | bytes] = {"stoa.json": MARK, "comments/nothing.json": "[]"}
        for name, comments in {**broken, "good": one(author="boss", url="javascript:alert(1)")}.items():
            files[f"articles/{name}.md"] = ARTICLE.replace('"one"', f'"{name}"')
            files[f"comments/{name}.json"] = comments
        report = await site.take(make_zip(tmp_path / "s.zip", files))

        warned = {row.slug for row in report.rows if row.kind == "article" and row.warnings}
        assert warned == set(broken)
        assert {row.outcome for row in report.rows if row.kind == "article"} == {"imported"}
        assert ("file", "comments/nothing.json", "skipped") in {(r.kind, r.key, r.outcome) for r in report.rows}
        assert await site.rows("SELECT guest_name, guest_url, author_id FROM comments") == [("G", None, None)]

    async def test_a_picture_that_is_none_or_pretends_to_be_one_of_ours(self, site: Site, tmp_path: Path) -> None:
        body = "\n\n![a](/media/00/0123456789abcdef.png) ![b](/media/00/fedcba9876543210.png) ![c](/media/../x.png)"
        files: Files = {
            "stoa.json": MARK, "articles/one.md": ARTICLE + body, "media/00/0123456789abcdef.png": png(),
            "media/00/fedcba9876543210.png": "<svg onload=alert(1)>",
        }  # fmt: skip
        report = await site.take(make_zip(tmp_path / "s.zip", files))

        ((kept,),) = await site.rows("SELECT body FROM articles")
        assert "/media/00/0123456789abcdef.png" not in kept
        assert (site.media / kept.partition("![a](/media/")[2].partition(")")[0]).is_file()
        (row,) = (row for row in report.rows if row.kind == "article")
        assert "fedcba9876543210.png' is not taken" in row.warnings[0]
        assert len([path for path in site.media.rglob("*") if path.is_file()]) == 1

    async def test_a_future_slug_or_path_is_never_a_way_out(self, site: Site, tmp_path: Path) -> None:
        text = ARTICLE.replace('"one"', '"../../etc/passwd"').replace("---\n", '---\naliases: ["/../x", "/ok"]\n', 1)
        await site.take(make_zip(tmp_path / "s.zip", {**FILES, "articles/one.md": text}))

        assert await site.rows("SELECT slug FROM articles") == [("etc-passwd",)]
        assert await site.rows("SELECT path FROM article_redirects") == [("/ok",)]
