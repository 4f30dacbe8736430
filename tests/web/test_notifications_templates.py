"""The pages of notifications as HTML: whole, with hostile words shown as words, and nothing inline."""

import dataclasses

import pytest

from stoa.web.assets import Assets
from stoa.web.contexts import Pager, Visitor
from stoa.web.forms import FormState
from stoa.web.notifications import contexts
from stoa.web.notifications.contexts import (
    Device,
    LinkUnknownPage,
    NewsItem,
    NoticeTemplatePage,
    NoticeTemplatesPage,
    NotificationPage,
    NotificationsPage,
    Phone,
    PreferencesPage,
    TemplateRow,
    UnsubscribePage,
    Way,
    WishCell,
    WishRow,
    Worded,
)
from stoa.web.rendering import TEMPLATES, Pages, environment, names_of
from tests.web.test_rendering import BARE_META, HOSTILE, SITE, Reader, names_asked_for
from tests.web.test_visitors import WHEN, name

VISITOR = Visitor("ada", HOSTILE, f"https://x/{HOSTILE}", True, True, HOSTILE, can_word_notices=True, unread=120)


def every_page(text: str) -> list[object]:
    """Each page with everything it can show, `text` wherever somebody may write."""
    meta = dataclasses.replace(BARE_META, title=text)
    form = FormState(
        dict.fromkeys(("number", "code", "subject", "short", "text", "html"), text),
        dict.fromkeys(("number", "code", "subject", "short", "text", "html"), text),
        text,
    )
    new = NewsItem("1", text, text, text, WHEN, 3, is_unread=True, is_archived=False)
    old = NewsItem("2", text, text, text, WHEN, 1, is_unread=False, is_archived=True)
    cells = (WishCell("a", text, is_on=True, is_locked=True), WishCell("b", text, is_on=False, is_locked=False))
    rows = (WishRow(text, text, cells),)
    devices = (Device("1", text, WHEN),)
    row = TemplateRow("welcome", text, text, WHEN)
    wishes = PreferencesPage(BARE_META, text, form, (text, text), rows, None, has_sms=True, devices=devices)
    return [
        NotificationsPage(BARE_META, (new, old), "all", text, 9, Pager(f"?{text}", f"?{text}")),
        NotificationsPage(BARE_META, (new,), "hidden", text, 9, Pager()),
        *(NotificationsPage(meta, (), view, text, 0, Pager()) for view in ("all", "unread", "archived", "hidden")),
        NotificationPage(BARE_META, new, f"/{text}", (Way(text, text, "danger", text, WHEN),)),
        NotificationPage(BARE_META, old, None, ()),
        wishes,
        dataclasses.replace(wishes, phone=Phone(text, is_confirmed=False)),
        dataclasses.replace(wishes, phone=Phone(text, is_confirmed=True), devices=()),
        dataclasses.replace(wishes, has_sms=False),
        UnsubscribePage(BARE_META, text, text, is_done=False),
        UnsubscribePage(BARE_META, text, text, is_done=True),
        LinkUnknownPage(meta),
        NoticeTemplatesPage(BARE_META, text, (row, dataclasses.replace(row, changed_at=None))),
        NoticeTemplatePage(BARE_META, text, form, row, (text,), Worded(text, text, text)),
        NoticeTemplatePage(BARE_META, None, form, dataclasses.replace(row, changed_at=None), (), None),
    ]


@pytest.fixture(scope="module")
def pages() -> Pages:
    return Pages(SITE, Assets())


class TestEveryPageOfNotifications:
    @pytest.mark.parametrize("page", every_page(HOSTILE), ids=name)
    def test_is_whole_and_shows_hostile_words_as_words(self, pages: Pages, page: object) -> None:
        html = pages.render(page, VISITOR)
        read = Reader(html)
        tags = [tag for tag, _ in read.elements]
        ids = list(read.values("id"))
        assert [tags.count(tag) for tag in ("html", "title", "main", "h1")] == [1, 1, 1, 1]
        assert "<script>alert" not in html
        assert "<img src=x" not in html
        assert not [key for _, found in read.elements for key in found if key == "style" or key.startswith("on")]
        assert any(HOSTILE in text for _, text in read.texts)
        assert len(ids) == len(set(ids))

    @pytest.mark.parametrize(
        "kind", [one for one in TEMPLATES if one.__module__ == contexts.__name__], ids=lambda k: k.__name__
    )
    def test_is_documented_and_its_template_uses_exactly_what_it_has(self, kind: type[object]) -> None:
        jinja = environment(SITE, Assets())
        assert names_asked_for(jinja, TEMPLATES[kind]) - set(jinja.globals) == set(names_of(kind))
        assert kind.__doc__
        assert not kind.__doc__.startswith(f"{kind.__name__}(")


class TestBell:
    @pytest.mark.parametrize(("unread", "label"), [(0, "none"), (3, "3"), (99, "99"), (100, "99+")])
    def test_says_how_many_wait(self, pages: Pages, unread: int, label: str) -> None:
        page = NotificationsPage(BARE_META, (), "all", "/notifications", 0, Pager())
        read = Reader(pages.render(page, dataclasses.replace(VISITOR, unread=unread)))
        bell = next(found for _, found in read.elements if "data-bell" in found)
        count = next(found for _, found in read.elements if "data-bell-count" in found)
        assert bell["aria-label"] == f"Notifications, {label} unread"
        assert bell["href"] == "/notifications"
        assert ("hidden" in count) == (unread == 0)

    def test_is_not_there_for_strangers(self, pages: Pages) -> None:
        html = pages.render(UnsubscribePage(BARE_META, "Account", "token", is_done=True))
        assert "data-bell" not in html
        assert "bell." not in html
        assert "notifications." not in html
