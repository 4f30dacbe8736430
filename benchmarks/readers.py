"""Readers for the made-up articles: comments, reactions, follows, as many as a lively site has. Made by SQL, once."""

import asyncpg

from stoa.modules.auth.accounts.repository import AccountRepository
from stoa.modules.auth.passwords import PasswordHasher
from stoa.modules.users.schemas import NewUser
from stoa.modules.users.service import UserService
from stoa.shared.database import Database
from stoa.shared.settings_parts import DatabaseSettings

EMAIL, PASSWORD = "reader@example.com", "a reader of many authors"  # of a database that is measured only
READERS = 2_000
_STATEMENTS = (
    f"""
    INSERT INTO users (id, username, display_name, role)
    SELECT uuidv7(), 'reader-' || n, 'Reader ' || n, 'viewer' FROM generate_series(1, {READERS}) AS n
    """,  # a constant
    "CREATE TEMPORARY TABLE readers AS SELECT id, row_number() OVER () AS number FROM users WHERE role = 'viewer'",
    "CREATE INDEX ON readers (number)",
    # 0 to 13 first comments an article by its place, half of them answered: 6.7 in the mean
    """
    CREATE TEMPORARY TABLE said AS
    SELECT uuidv7() AS id, articles.id AS article_id, n, published_at + n * interval '3 hours' AS at
    FROM (SELECT id, published_at, row_number() OVER (ORDER BY id) AS place FROM articles
          WHERE status = 'published') AS articles,
      LATERAL generate_series(1, (place % 10)::int) AS n
    """,
    f"""
    INSERT INTO comments (id, article_id, author_id, body, html, created_at)
    SELECT said.id, article_id, readers.id, 'I read this with pleasure.', '<p>I read this with pleasure.</p>', at
    FROM said JOIN readers ON readers.number = 1 + (hashtext(said.id::text) & 65535) % {READERS}
    """,  # a constant
    f"""
    INSERT INTO comments (id, article_id, root_id, parent_id, depth, author_id, body, html, created_at)
    SELECT uuidv7(), article_id, said.id, said.id, 1, readers.id, 'So did I.', '<p>So did I.</p>',
      at + interval '1 hour'
    FROM said JOIN readers ON readers.number = 1 + (hashtext('answer' || said.id::text) & 65535) % {READERS}
    WHERE n % 2 = 0
    """,  # a constant
    f"""
    INSERT INTO reactions (article_id, user_id, kind)
    SELECT articles.id, readers.id, (ARRAY['like', 'love', 'clap'])[n]
    FROM articles, generate_series(1, 3) AS n
    JOIN readers ON readers.number = n * 7 % {READERS}
    WHERE status = 'published'
    """,  # a constant
    """
    UPDATE articles SET
      comment_count = (SELECT count(*) FROM comments WHERE article_id = articles.id),
      reactions = '{"like": 1, "love": 1, "clap": 1}'
    WHERE status = 'published'
    """,
)


async def fill_readers(dsn: str) -> None:
    """Comments, reactions and one reader who follows 40 authors and 20 tags; nothing when they are there."""
    connection = await asyncpg.connect(dsn)
    try:
        if await connection.fetchval("SELECT EXISTS (SELECT FROM comments)"):
            return
        for statement in _STATEMENTS:
            await connection.execute(statement)
        reader = await _reader(dsn)
        await connection.execute(
            "INSERT INTO follows (id, follower_id, author_id) SELECT uuidv7(), $1, id FROM users "
            "WHERE username LIKE 'author-%' ORDER BY md5(username) LIMIT 40",
            reader,
        )
        await connection.execute(
            "INSERT INTO follows (id, follower_id, tag_id) SELECT uuidv7(), $1, id FROM tags "
            "ORDER BY md5(slug) LIMIT 20",
            reader,
        )
        for table in ("users", "articles", "comments", "reactions", "follows"):
            await connection.execute(f"VACUUM (ANALYZE) {table}")
    finally:
        await connection.close()


async def _reader(dsn: str) -> object:
    hasher = PasswordHasher(1)
    made = await hasher.hash(PASSWORD)
    hasher.close()
    async with Database(DatabaseSettings(), dsn) as database, database.unit_of_work() as session:
        user = await UserService(session).create(NewUser("A Reader", EMAIL, is_verified=True))
        await AccountRepository(session).set_password(user.id, made)
        return user.id
