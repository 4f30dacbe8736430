import csv
import json
from pathlib import Path

import pytest

from stoa.modules.content.importing.errors import SourceRefused
from stoa.modules.content.importing.items import Row
from stoa.modules.content.importing.report import Report, row_file

ROWS = [
    Row("a.md", "imported", title='A, "quoted"', slug="a", warnings=("one", "two")),
    Row("b.md", "imported", title="B", slug="b"),
    Row("=cmd|x.md", "failed", "broken\nbadly"),
    Row("LICENSE", "skipped", "not Markdown"),
]  # fmt: skip


def told(path: Path) -> Report:
    with Report(row_file(path)) as report:
        for row in ROWS:
            report.add(row)
    return report


class TestReport:
    def test_counts_all_and_keeps_what_is_worth_a_look(self, tmp_path: Path) -> None:
        report = told(tmp_path / "r.csv")

        assert report.summary == "2 imported, 1 skipped, 1 failed, 2 warnings"
        assert [row.key for row in report.rows] == ["a.md", "=cmd|x.md", "LICENSE"]

    def test_csv_has_a_line_for_each_row_and_no_formula(self, tmp_path: Path) -> None:
        told(tmp_path / "r.csv")

        with (tmp_path / "r.csv").open(encoding="utf-8", newline="") as file:
            found = list(csv.DictReader(file))
        assert [row["key"] for row in found] == ["a.md", "b.md", "'=cmd|x.md", "LICENSE"]
        assert (found[0]["title"], found[0]["warnings"], found[2]["reason"]) == (
            'A, "quoted"',
            "one; two",
            "broken\nbadly",
        )

    def test_json_is_a_list_also_when_empty(self, tmp_path: Path) -> None:
        told(tmp_path / "r.json")
        with Report(row_file(tmp_path / "empty.json")):
            pass

        assert [row["key"] for row in json.loads((tmp_path / "r.json").read_text("utf-8"))] == [row.key for row in ROWS]
        assert json.loads((tmp_path / "empty.json").read_text("utf-8")) == []

    @pytest.mark.parametrize("name", ["r.txt", "missing/r.csv"])
    def test_a_file_that_cannot_be_is_refused_at_once(self, tmp_path: Path, name: str) -> None:
        with pytest.raises(SourceRefused):
            row_file(tmp_path / name)

    def test_nothing_at_all(self) -> None:
        assert Report().summary == "nothing to import"
