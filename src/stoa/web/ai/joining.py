"""Joins models and content in one process: what chats are answered from, and what features read."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from fastapi import FastAPI

from stoa.modules.ai.chat.answering import Answering, Parts
from stoa.modules.ai.chat.following import Seats
from stoa.modules.ai.chat.site_answers import SiteAnswers
from stoa.modules.ai.engine.parts import running_engine
from stoa.modules.ai.guards.injection import injection
from stoa.modules.ai.plain.quoting import PlainQuoter
from stoa.modules.content.passages.reading import PassageReads, has_vectors
from stoa.shared.embedding import Embedder, is_installed
from stoa.shared.keyring import Keyring
from stoa.shared.settings_parts import AiSettings
from stoa.web.ai.library import ArticleLibrary
from stoa.web.ai.texts import ArticleTexts


@asynccontextmanager
async def running_models(
    app: FastAPI, settings: AiSettings, redis_url: str, keyring: Keyring, chat: Parts | None
) -> AsyncIterator[Answering]:
    """Sets what routes ask `app.state` for. `chat` is used instead of what is joined here."""
    database = app.state.database
    async with AsyncExitStack() as stack:
        embedder = await stack.enter_async_context(Embedder()) if is_installed() else None
        app.state.has_vectors = await has_vectors(database.reads)
        passages = PassageReads(database.reads, embedder)
        library = ArticleLibrary(passages, lambda text: injection(text).is_likely)
        parts = chat or Parts(library=library, quoter=PlainQuoter())
        answering = await stack.enter_async_context(Answering(database, redis_url, parts))
        app.state.chat, app.state.chat_seats = answering, Seats()
        app.state.engine = await stack.enter_async_context(running_engine(settings, database, redis_url, keyring))
        app.state.site_answers = SiteAnswers(app.state.engine, library, PlainQuoter())
        app.state.article_texts = ArticleTexts(database, app.state.markdown)
        yield answering
