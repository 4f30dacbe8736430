"""docs/events.md says what the code does."""

import re
from pathlib import Path

from stoa.events.event import Event
from stoa.events.handlers.all import EVENTS
from stoa.events.handlers.catalogue import catalogue
from stoa.events.points import POINTS
from stoa.events.scheduler import JobDue

DOCUMENT = Path(__file__).parents[2] / "docs" / "events.md"


def kinds(base: type[Event]) -> set[type[Event]]:
    below = {kind for child in base.__subclasses__() for kind in kinds(child)}
    return below | {base}


class TestDocument:
    def test_has_the_catalogue_of_the_code(self) -> None:
        assert catalogue() in DOCUMENT.read_text(encoding="utf-8"), (
            "run `python -m stoa.events.handlers.catalogue docs/events.md`"
        )

    def test_has_a_row_for_each_point_of_death(self) -> None:
        rows = re.findall(r"^\| `([a-z_.]+)` \|", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)
        assert set(POINTS) <= set(rows)

    def test_every_event_of_ours_is_in_the_catalogue(self) -> None:
        concrete = {kind for kind in kinds(Event) if "type" in vars(kind) and not issubclass(kind, JobDue)}
        assert {kind for kind in concrete if kind.__module__.startswith("stoa.")} == set(EVENTS)
