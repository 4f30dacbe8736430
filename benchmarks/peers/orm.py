"""The usual way: FastAPI with ORM objects, `selectinload` and Pydantic response models. Its own models, same tables."""

import os
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel, ConfigDict
from sqlalchemy import Column, ForeignKey, Table, select
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship, selectinload

from stoa.shared.database import sqlalchemy_url


class Base(DeclarativeBase):
    type_annotation_map = {datetime: TIMESTAMP(timezone=True)}  # noqa: RUF012 # as SQLAlchemy wants it


links = Table(
    "article_tags",
    Base.metadata,
    Column("article_id", ForeignKey("articles.id"), primary_key=True),
    Column("tag_id", ForeignKey("tags.id"), primary_key=True),
)


class User(Base):
    __tablename__ = "users"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    username: Mapped[str]
    display_name: Mapped[str]


class Tag(Base):
    __tablename__ = "tags"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    slug: Mapped[str]


class Article(Base):
    __tablename__ = "articles"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    slug: Mapped[str]
    title: Mapped[str]
    body: Mapped[str]
    html: Mapped[str]
    excerpt: Mapped[str]
    summary: Mapped[str | None]
    status: Mapped[str]
    visibility: Mapped[str]
    author_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    published_at: Mapped[datetime | None]
    updated_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]
    version: Mapped[int]
    reading_minutes: Mapped[int]
    comment_count: Mapped[int]
    author: Mapped[User] = relationship()
    tags: Mapped[list[Tag]] = relationship(secondary=links)


class UserOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    username: str
    display_name: str


class TagOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    slug: str


class ArticleItem(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    slug: str
    title: str
    excerpt: str
    summary: str | None
    status: str
    tags: list[TagOut]
    author: UserOut
    published_at: datetime | None
    updated_at: datetime
    version: int
    reading_minutes: int
    comment_count: int


class ArticleWhole(ArticleItem):
    body: str
    html: str


class ArticleList(BaseModel):
    items: list[ArticleItem]
    limit: int
    skip: int


engine = create_async_engine(sqlalchemy_url(os.environ["DATABASE_URL"]), pool_size=8)
sessions = async_sessionmaker(engine, expire_on_commit=False)
app = FastAPI()


async def get_session() -> AsyncIterator[AsyncSession]:
    async with sessions() as session:
        yield session


Session = Annotated[AsyncSession, Depends(get_session)]
_PUBLIC = (Article.status == "published", Article.visibility == "public", Article.deleted_at.is_(None))
_LOADED = (selectinload(Article.author), selectinload(Article.tags))


@app.get("/api/v1/articles", response_model=ArticleList)
async def articles(
    session: Session, limit: int = 20, skip: int = 0, author: str | None = None, tags: str | None = None
) -> dict[str, object]:
    statement = select(Article).where(*_PUBLIC).options(*_LOADED)
    if author:
        statement = statement.where(Article.author.has(User.username == author))
    if tags:
        statement = statement.where(Article.tags.any(Tag.slug == tags))
    statement = statement.order_by(Article.published_at.desc(), Article.id.desc()).limit(limit).offset(skip)
    return {"items": (await session.scalars(statement)).all(), "limit": limit, "skip": skip}


@app.get("/api/v1/articles/{slug}", response_model=ArticleWhole)
async def article(session: Session, slug: str) -> Article:
    statement = select(Article).where(Article.slug == slug, *_PUBLIC).options(*_LOADED)
    found = (await session.scalars(statement)).one_or_none()
    if found is None:
        raise HTTPException(404)
    return found
