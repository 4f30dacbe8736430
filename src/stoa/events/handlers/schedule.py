"""What a worker does by the clock, about every second, besides its jobs."""

from stoa.events.worker import Loop
from stoa.modules.ai.chat.reaping import reaping_answers
from stoa.modules.ai.ledger.reaping import reaping
from stoa.modules.ai.plain.summary import in_short
from stoa.modules.content.articles.scheduling import scheduled_publishing
from stoa.modules.content.passages.keeping import Embedding, cutting
from stoa.shared.database import Database
from stoa.shared.embedding import Embedder


def by_the_clock(database: Database, embedder: Embedder | None) -> list[Loop]:
    """The loops of a worker that do what has become due; vectors are made where there is an `embedder`."""
    meaning = [("vectors of passages", Embedding(database, embedder).once)] if embedder is not None else []
    return [
        ("passages of articles", cutting(database, in_short)),
        *meaning,
        ("scheduled articles", scheduled_publishing(database)),
        ("lost calls of models", reaping(database)),
        ("lost answers of chats", reaping_answers(database)),
    ]
