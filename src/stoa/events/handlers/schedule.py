"""What a worker does by the clock, about every second, besides its jobs."""

from stoa.events.worker import Loop
from stoa.modules.ai.chat.reaping import reaping_answers
from stoa.modules.ai.ledger.reaping import reaping
from stoa.modules.content.articles.scheduling import scheduled_publishing
from stoa.shared.database import Database


def by_the_clock(database: Database) -> list[Loop]:
    """The loops of a worker that do what has become due."""
    return [
        ("scheduled articles", scheduled_publishing(database)),
        ("lost calls of models", reaping(database)),
        ("lost answers of chats", reaping_answers(database)),
    ]
