"""The tables of search: what the words of each article are, and which words there are at all.

Both are made from articles and can be made again from them; nothing else may depend on their content.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, SmallInteger, Text, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from stoa.shared.database import Base


class ArticleSearch(Base):
    """One row for each article, narrow on purpose: `vector` and `text` lie outside of it, `lead` inside."""

    __tablename__ = "article_search"
    __table_args__ = (
        # One index for all three, so that the words, the strong words and the word pairs are always met in one scan.
        Index(
            "ix_article_search_words",
            "vector",
            "lead",
            text("stoa_pairs(vector)"),
            postgresql_using="gin",
            postgresql_with={"fastupdate": "off"},
        ),
        Index("ix_article_search_config", "config"),
    )

    article_id: Mapped[UUID] = mapped_column(ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True)
    author_id: Mapped[UUID]
    reach: Mapped[int] = mapped_column(SmallInteger)
    published_at: Mapped[datetime | None]
    config: Mapped[str] = mapped_column(Text(collation="C"))
    title: Mapped[str]
    lead: Mapped[str] = mapped_column(TSVECTOR)
    vector: Mapped[str] = mapped_column(TSVECTOR)
    text: Mapped[str]


class SearchWord(Base):
    """A word as it is written, without accents, and in about how many articles: what typing errors are mended with."""

    __tablename__ = "search_words"
    __table_args__ = (
        Index(
            "ix_search_words_slips",
            text("stoa_slips(word)"),
            postgresql_using="gin",
            postgresql_with={"fastupdate": "off"},
        ),
        Index(
            "ix_search_words_similar",
            "word",
            postgresql_using="gist",
            postgresql_ops={"word": "gist_trgm_ops(siglen=64)"},
        ),
    )

    word: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    article_count: Mapped[int]
