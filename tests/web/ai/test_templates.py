"""The pages of models as HTML: whole, with hostile words shown as words, and nothing inline."""

import dataclasses

import pytest

from stoa.web.ai import admin_contexts, usage_contexts
from stoa.web.ai.admin_contexts import (
    AiConfirmPage,
    BudgetLine,
    KeyLine,
    LimitsPage,
    NewProviderPage,
    PriceLine,
    PricesPage,
    ProviderLine,
    ProviderPage,
    ProvidersPage,
    RouteLine,
    RoutesPage,
    SpendingPage,
    TaskAnswer,
    TierLine,
    Tried,
)
from stoa.web.ai.charts import Bar, DayChart
from stoa.web.ai.usage_contexts import BudgetBar, CallRow, MyUsagePage, UsageLine, UsageView, WayLink
from stoa.web.assets import Assets
from stoa.web.contexts import Pager, Visitor
from stoa.web.forms import FormState
from stoa.web.rendering import TEMPLATES, Pages, environment, names_of
from tests.web.test_rendering import BARE_META, HOSTILE, SITE, Reader, names_asked_for
from tests.web.test_visitors import WHEN, name

VISITOR = Visitor("ada", HOSTILE, None, can_write=True, can_read_mail=True, csrf_token=HOSTILE, can_manage_ai=True)
FIELDS = (
    "from_date", "to_date", "kind", "name", "base_url", "models", "file", "secret", "label", "weight", "version",
    "targets", "target", "input", "cached_input", "output", "username", "period", "limit", "requests_per_minute",
    "tokens_per_minute", "streams",
)  # fmt: skip


def usage(text: str, by: str, lines: int) -> UsageView:
    line = UsageLine(text, 3, 1, 10, 20, text, 50.0)
    chart = DayChart(text, text, text, text, (Bar(0, 0, 10, 10, text),)) if by == "day" else None
    way = WayLink(text, f"/?{text}", is_chosen=True)
    return UsageView(text, line, 2, by, text, (line,) * lines, chart, (way,), (way,), f"/?{text}")


def every_page(text: str) -> list[object]:
    """Each page with everything it can show, `text` wherever somebody may write."""
    meta = dataclasses.replace(BARE_META, title=text)
    form = FormState(dict.fromkeys(FIELDS, text), dict.fromkeys(FIELDS, text), text)
    bar = BudgetBar(text, text, text, text, text, 80.0, 10.0, WHEN, is_low=True, is_spent=False)
    spent = dataclasses.replace(bar, is_spent=True, reserved="")
    call = CallRow(
        WHEN, text, text, 1, 2, text, is_estimated=True, is_cached=False, status="cut", took=text, fault=text
    )
    cached = dataclasses.replace(call, is_estimated=False, is_cached=True, status="complete")
    provider = ProviderLine(
        text, "compatible", text, (text,), is_enabled=True, is_from_settings=False, version=3, keys=2, state="open",
        calls=3, success=text, fallback=text, median=text,
    )  # fmt: skip
    fixed = dataclasses.replace(provider, name="b", is_from_settings=True, is_enabled=False, keys=0)
    key = KeyLine("1", text, text, 2, is_enabled=True)
    price = PriceLine(text, text, text, text, text, text, is_own=True)
    route = RouteLine("chat", text, (text,), is_own=True, form=form)
    mine = MyUsagePage(meta, form, usage(text, "model", 2), text, (), (), Pager("?a"), can_use_gateway=True)
    page = ProviderPage(meta, text, form, form, provider, (key,), Tried(is_good=True, text=text))
    return [
        dataclasses.replace(mine, usage=usage(text, "day", 9), budgets=(bar, spent), calls=(call, cached)),
        mine,
        SpendingPage(meta, form, usage(text, "user", 3)),
        ProvidersPage(meta, text, (provider, fixed), (TaskAnswer("chat", text, (text,)),), is_bare=False),
        ProvidersPage(meta, text, (), (TaskAnswer("chat", text, ()),), is_bare=True),
        NewProviderPage(meta, form, ((text, text),)),
        page,
        dataclasses.replace(page, keys=(), tried=Tried(is_good=False, text=text)),
        dataclasses.replace(page, provider=fixed, tried=None),
        AiConfirmPage(meta, text, text, f"/{text}", text, f"/{text}"),
        RoutesPage(meta, text, (route, dataclasses.replace(route, task="small", targets=(), is_own=False)), (text,)),
        PricesPage(meta, text, form, (price, dataclasses.replace(price, is_own=False))),
        PricesPage(meta, text, form, ()),
        LimitsPage(
            meta, text, (TierLine("free", text, form),), (BudgetLine(text, "day", text, text, bar),
            BudgetLine(text, "month", text, text, None)), form, ((text, text),), ((text, text),),
        ),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def pages() -> Pages:
    return Pages(SITE, Assets())


class TestEveryPage:
    @pytest.mark.parametrize("page", every_page("Plain words"), ids=name)
    def test_has_one_first_heading_nothing_inline_and_each_id_once(self, pages: Pages, page: object) -> None:
        read = Reader(pages.render(page, VISITOR))
        assert [tag for tag, _ in read.elements].count("h1") == 1
        for tag, attributes in read.elements:
            assert tag != "style"
            assert not [key for key in attributes if key == "style" or key.startswith("on")]
        ids = list(read.values("id"))
        assert len(ids) == len(set(ids))
        fields = [a for tag, a in read.elements if tag in {"input", "select", "textarea"} and a.get("type") != "hidden"]
        assert all(field.get("aria-label") or field.get("id") in set(read.values("for")) for field in fields)

    @pytest.mark.parametrize("page", every_page(HOSTILE), ids=name)
    def test_shows_hostile_words_as_words(self, pages: Pages, page: object) -> None:
        html = pages.render(page, VISITOR)
        assert "<script>alert" not in html
        assert "<img src=x" not in html
        assert any(HOSTILE in text for _, text in Reader(html).texts)

    def test_each_context_is_documented_and_its_template_uses_what_it_has(self) -> None:
        kinds = {type(page) for page in every_page("x")}
        for kind in kinds:
            jinja = environment(SITE, Assets())
            assert names_asked_for(jinja, TEMPLATES[kind]) - set(jinja.globals) - {"visitor"} == set(names_of(kind))
        for one in (*vars(admin_contexts).values(), *vars(usage_contexts).values()):
            if isinstance(one, type) and dataclasses.is_dataclass(one):
                assert one.__doc__
                assert not one.__doc__.startswith(f"{one.__name__}(")
