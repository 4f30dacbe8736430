"""The tables of passages: parts of articles that answers quote, and what each means as a vector."""

from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import UserDefinedType

from stoa.shared.database import Base
from stoa.shared.embedding import DIMENSIONS


class Vector(UserDefinedType[str]):
    """pgvector's type, written `[0.1,0.2]`."""

    cache_ok = True

    def __init__(self, dimensions: int) -> None:
        self.dimensions = dimensions

    def get_col_spec(self, **_: Any) -> str:
        return f"VECTOR({self.dimensions})"


class PassageSet(Base):
    """Of which version of an article the passages are, and what it says in short: empty where it is short itself."""

    __tablename__ = "passage_sets"

    article_id: Mapped[UUID] = mapped_column(ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int]
    summary: Mapped[str | None]


class PassageRow(Base):
    """`anchor` is the fragment of the heading it stands under; `vector` holds title, heading and text."""

    __tablename__ = "passages"
    __table_args__ = (
        UniqueConstraint("article_id", "number", name="uq_passages_article_id_number"),
        Index("ix_passages_vector", "vector", postgresql_using="gin"),
        Index("ix_passages_config", "config"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    article_id: Mapped[UUID] = mapped_column(ForeignKey("articles.id", ondelete="CASCADE"))
    number: Mapped[int]
    heading: Mapped[str] = mapped_column(server_default="")
    anchor: Mapped[str] = mapped_column(server_default="")
    text: Mapped[str]
    config: Mapped[str]
    vector: Mapped[str] = mapped_column(TSVECTOR)


class PassageVector(Base):
    """Only where PostgreSQL has pgvector."""

    __tablename__ = "passage_vectors"
    __table_args__ = (
        Index(
            "ix_passage_vectors_near", "embedding", postgresql_using="hnsw",
            postgresql_ops={"embedding": "vector_cosine_ops"},
        ),
    )  # fmt: skip

    passage_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("passages.id", ondelete="CASCADE"), primary_key=True)
    embedding: Mapped[str] = mapped_column(Vector(DIMENSIONS))
