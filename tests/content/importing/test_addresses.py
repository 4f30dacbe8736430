import pytest

from stoa.modules.content.importing.addresses import Addresses, divide_target, find_file, is_local

KEYS = ["a/one.md", "a/two.md", "b/deep/three.md", "content/posts/four.md", "content/posts/five/index.md",
        "_posts/2024-03-01-six.md", "Unusual Name.md"]  # fmt: skip


def addresses() -> Addresses:
    made = Addresses()
    for key in KEYS:
        made.add(key, ("/2019/05/hello.html", "/old/four") if key.endswith("four.md") else ())
    return made


class TestItems:
    @pytest.mark.parametrize(
        ("path", "origin", "key"),
        [
            ("two.md", "a/one.md", "a/two.md"),
            ("./two.md", "a/one.md", "a/two.md"),
            ("../b/deep/three.md", "a/one.md", "b/deep/three.md"),
            ("/a/two", "b/deep/three.md", "a/two.md"),
            ("/a/two/", "b/deep/three.md", "a/two.md"),
            ("/a/two.html", "b/deep/three.md", "a/two.md"),
            ("../two/", "a/one.md", "a/two.md"),
            ("/posts/four/", "a/one.md", "content/posts/four.md"),
            ("/posts/five/", "a/one.md", "content/posts/five/index.md"),
            ("../four.md", "content/posts/five/index.md", "content/posts/four.md"),
            ("@/posts/four.md", "a/one.md", "content/posts/four.md"),
            ("2024-03-01-six.md", "a/one.md", "_posts/2024-03-01-six.md"),
            ("/2019/05/hello.html", "a/one.md", "content/posts/four.md"),
            ("/old/four/", "a/one.md", "content/posts/four.md"),
            ("four.md", "a/one.md", "content/posts/four.md"),
            ("../Unusual Name.md", "a/one.md", "Unusual Name.md"),
        ],
    )
    def test_every_way_to_write_an_address(self, path: str, origin: str, key: str) -> None:
        assert addresses().item(path, origin) == key

    @pytest.mark.parametrize("path", ["missing.md", "../../../a/one.md", "/", "", "..", "docs/four.md", "id"])
    def test_what_leads_nowhere(self, path: str) -> None:
        assert addresses().item(path, "a/one.md") is None

    def test_a_bare_name_that_two_files_have_leads_nowhere(self) -> None:
        made = addresses()
        made.add("c/four.md", ())

        assert made.item("four.md", "a/one.md") is None

    def test_an_old_address_belongs_to_who_had_it_first(self) -> None:
        made = addresses()
        made.add("late.md", ("/old/four", "/own"))

        assert made.owns("content/posts/four.md", "/old/four")
        assert not made.owns("late.md", "/old/four")
        assert made.owns("late.md", "/own")


class TestFiles:
    @pytest.mark.parametrize(
        ("path", "origin", "name"),
        [
            ("pic.png", "a/one.md", "a/pic.png"),
            ("/images/pic.png", "a/one.md", "static/images/pic.png"),
            ("pic.png", "source/_posts/hexo.md", "source/_posts/hexo/pic.png"),
            ("caf\u00e9.png", "a/one.md", "a/cafe\u0301.png"),
        ],
    )
    def test_where_sites_keep_images(self, path: str, origin: str, name: str) -> None:
        files = {"a/pic.png", "static/images/pic.png", "source/_posts/hexo/pic.png", "a/cafe\u0301.png"}

        assert find_file(path, origin, files.__contains__) == name

    def test_nothing_above_the_root_is_asked_for(self) -> None:
        class Everything:
            """Says of any name that there is such a file."""

            def __contains__(self, name: object) -> bool:
                return True

        assert find_file("../../../etc/passwd", "a/one.md", Everything().__contains__) is None


class TestTargets:
    @pytest.mark.parametrize("target", ["https://example.org/a.md", "//example.org", "mailto:a@b", "#part", ""])
    def test_what_leads_outside_or_stays_on_the_page(self, target: str) -> None:
        assert not is_local(target)

    def test_fragment_and_query_are_taken_off(self) -> None:
        assert divide_target("a%20b.md?raw=true#Part%201") == ("a b.md", "#Part%201")
