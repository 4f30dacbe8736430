"""Users, articles, tags, search, imports."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

EXTENSIONS = ("pg_trgm", "unaccent")
# Each text search configuration with the one of PostgreSQL's that it is made from; both fold accents.
CONFIGURATIONS = {
    "stoa_simple": "simple",
    "stoa_arabic": "arabic",
    "stoa_armenian": "armenian",
    "stoa_basque": "basque",
    "stoa_catalan": "catalan",
    "stoa_danish": "danish",
    "stoa_dutch": "dutch",
    "stoa_english": "english",
    "stoa_estonian": "estonian",
    "stoa_finnish": "finnish",
    "stoa_french": "french",
    "stoa_german": "german",
    "stoa_greek": "greek",
    "stoa_hindi": "hindi",
    "stoa_hungarian": "hungarian",
    "stoa_indonesian": "indonesian",
    "stoa_irish": "irish",
    "stoa_italian": "italian",
    "stoa_lithuanian": "lithuanian",
    "stoa_nepali": "nepali",
    "stoa_norwegian": "norwegian",
    "stoa_portuguese": "portuguese",
    "stoa_romanian": "romanian",
    "stoa_russian": "russian",
    "stoa_serbian": "serbian",
    "stoa_spanish": "spanish",
    "stoa_swedish": "swedish",
    "stoa_tamil": "tamil",
    "stoa_turkish": "turkish",
    "stoa_yiddish": "yiddish",
}

# The order of the words, as hashed pairs of neighbours: a phrase is looked for only where all its pairs are. 65,536
# different pairs keep the index small; one article in 250 has a given pair by accident, and is sorted out afterwards.
# `hashtext` is the hash of PostgreSQL's hash indexes: the same on every machine.
PAIRS = """
CREATE FUNCTION stoa_pairs(vector tsvector) RETURNS integer[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE words text[];
BEGIN
  SELECT array_agg(lexeme ORDER BY place) INTO words
  FROM (SELECT lexeme, unnest(positions) AS place FROM unnest(vector)) AS entry;
  RETURN ARRAY(
    SELECT hashtext(one || ' ' || next) & 65535 FROM unnest(words, words[2:]) AS pair(one, next) WHERE next IS NOT NULL
  );
END $$
"""

# A word, and the word with each of its letters left out: two words one slip apart have one of these in common.
SLIPS = """
CREATE FUNCTION stoa_slips(word text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT array_agg(DISTINCT overlay(word PLACING '' FROM place FOR 1)) || word
  FROM generate_series(1, length(word)) AS place
$$
"""

# Rows stay narrow: the long columns leave them above 1 KB, `lead` never does. The planner's guesses about words are
# left at their defaults, which give the same plan for rare and frequent words; so statistics on them are not kept.
STORAGE = (
    "ALTER TABLE article_search SET (toast_tuple_target = 1024, parallel_workers = 0)",
    "ALTER TABLE article_search ALTER lead SET STORAGE MAIN, ALTER vector SET STORAGE EXTERNAL",
    "ALTER TABLE article_search ALTER lead SET STATISTICS 0, ALTER vector SET STATISTICS 0",
    "ALTER TABLE article_search ALTER text SET STATISTICS 0, ALTER title SET STATISTICS 0",
    "ALTER INDEX ix_article_search_words ALTER COLUMN 3 SET STATISTICS 0",
    "ALTER INDEX ix_search_words_slips ALTER COLUMN 1 SET STATISTICS 0",
)


def upgrade() -> None:
    for name in EXTENSIONS:
        op.execute(f"CREATE EXTENSION IF NOT EXISTS {name}")
    for name, base in CONFIGURATIONS.items():
        stemmer = "simple" if base == "simple" else f"{base}_stem"
        alter = f"ALTER TEXT SEARCH CONFIGURATION {name} ALTER MAPPING FOR"
        op.execute(f"CREATE TEXT SEARCH CONFIGURATION {name} (COPY = pg_catalog.{base})")
        op.execute(f"{alter} word, hword, hword_part WITH unaccent, {stemmer}")
        op.execute(f"{alter} numword, numhword, hword_numpart WITH unaccent, simple")
    op.execute(PAIRS)
    op.execute(SLIPS)
    op.create_table(
        "import_jobs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="running", nullable=False),
        sa.Column("started_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("finished_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("counts", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.CheckConstraint("status IN ('running', 'finished', 'stopped')", name=op.f("ck_import_jobs_status")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_jobs")),
    )
    op.create_index("ix_import_jobs_source_started_at", "import_jobs", ["source", "started_at"], unique=False)
    op.create_table(
        "search_words",
        sa.Column("word", sa.Text(collation="C"), nullable=False),
        sa.Column("article_count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("word", name=op.f("pk_search_words")),
    )
    op.create_index(
        "ix_search_words_similar",
        "search_words",
        ["word"],
        unique=False,
        postgresql_using="gist",
        postgresql_ops={"word": "gist_trgm_ops(siglen=64)"},
    )
    op.create_index(
        "ix_search_words_slips",
        "search_words",
        [sa.literal_column("stoa_slips(word)")],
        unique=False,
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )
    op.create_table(
        "tags",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("article_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("deleted_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint("article_count >= 0", name=op.f("ck_tags_article_count_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tags")),
    )
    op.create_index(
        "ix_tags_count_living",
        "tags",
        [sa.literal_column("article_count DESC"), "slug"],
        unique=False,
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_index(
        "ix_tags_name_living",
        "tags",
        [sa.literal_column("lower(name)"), "slug"],
        unique=False,
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_index(
        "uq_tags_slug_living", "tags", ["slug"], unique=True, postgresql_where=sa.text("deleted_at IS NULL")
    )
    op.create_table(
        "users",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("role", sa.Text(), server_default="viewer", nullable=False),
        sa.Column("bio", sa.Text(), server_default="", nullable=False),
        sa.Column("avatar_url", sa.Text(), nullable=True),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("is_verified", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_users_email_lower")),
        sa.CheckConstraint("username = lower(username)", name=op.f("ck_users_username_lower")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email", name=op.f("uq_users_email")),
        sa.UniqueConstraint("username", name=op.f("uq_users_username")),
    )
    op.create_table(
        "articles",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.Text(collation="C"), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("excerpt", sa.Text(), server_default="", nullable=False),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("cover_url", sa.Text(), nullable=True),
        sa.Column("cover_alt", sa.Text(), server_default="", nullable=False),
        sa.Column("toc", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), server_default="draft", nullable=False),
        sa.Column("visibility", sa.Text(), server_default="public", nullable=False),
        sa.Column("language", sa.Text(), server_default="en", nullable=False),
        sa.Column("canonical_url", sa.Text(), nullable=True),
        sa.Column("meta_title", sa.Text(), nullable=True),
        sa.Column("meta_description", sa.Text(), nullable=True),
        sa.Column("publish_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("published_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("created_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("deleted_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("reading_minutes", sa.Integer(), server_default="1", nullable=False),
        sa.Column("comment_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("status <> 'published' OR published_at IS NOT NULL", name=op.f("ck_articles_published_at")),
        sa.CheckConstraint(
            "status IN ('draft', 'scheduled', 'published', 'archived')", name=op.f("ck_articles_status")
        ),
        sa.CheckConstraint("visibility IN ('public', 'members')", name=op.f("ck_articles_visibility")),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_articles_author_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_articles")),
        sa.UniqueConstraint("slug", name=op.f("uq_articles_slug")),
    )
    op.create_index("ix_articles_author_id", "articles", ["author_id"], unique=False)
    op.create_index(
        "ix_articles_author_newest",
        "articles",
        ["author_id", sa.literal_column("published_at DESC"), sa.literal_column("id DESC")],
        unique=False,
        postgresql_where=sa.text("status = 'published' AND visibility = 'public' AND deleted_at IS NULL"),
    )
    op.create_index(
        "ix_articles_newest",
        "articles",
        [sa.literal_column("published_at DESC"), sa.literal_column("id DESC")],
        unique=False,
        postgresql_where=sa.text("status = 'published' AND visibility = 'public' AND deleted_at IS NULL"),
    )
    op.create_index(
        "ix_articles_title",
        "articles",
        [sa.literal_column("lower(title)"), "id"],
        unique=False,
        postgresql_where=sa.text("status = 'published' AND visibility = 'public' AND deleted_at IS NULL"),
    )
    op.create_index(
        "ix_articles_updated",
        "articles",
        [sa.literal_column("updated_at DESC"), sa.literal_column("id DESC")],
        unique=False,
        postgresql_where=sa.text("status = 'published' AND visibility = 'public' AND deleted_at IS NULL"),
    )
    op.create_table(
        "tag_redirects",
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("tag_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tag_id"], ["tags.id"], name=op.f("fk_tag_redirects_tag_id_tags"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_tag_redirects")),
    )
    op.create_index(op.f("ix_tag_redirects_tag_id"), "tag_redirects", ["tag_id"], unique=False)
    op.create_table(
        "article_redirects",
        sa.Column("path", sa.Text(collation="C"), nullable=False),
        sa.Column("article_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_article_redirects_article_id_articles"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("path", name=op.f("pk_article_redirects")),
    )
    op.create_index(op.f("ix_article_redirects_article_id"), "article_redirects", ["article_id"], unique=False)
    op.create_table(
        "article_search",
        sa.Column("article_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("reach", sa.SmallInteger(), nullable=False),
        sa.Column("published_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("config", sa.Text(collation="C"), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("lead", postgresql.TSVECTOR(), nullable=False),
        sa.Column("vector", postgresql.TSVECTOR(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_article_search_article_id_articles"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_article_search")),
    )
    op.create_index("ix_article_search_config", "article_search", ["config"], unique=False)
    op.create_index(
        "ix_article_search_words",
        "article_search",
        ["vector", "lead", sa.literal_column("stoa_pairs(vector)")],
        unique=False,
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )
    op.create_table(
        "article_tags",
        sa.Column("article_id", sa.Uuid(), nullable=False),
        sa.Column("tag_id", sa.Uuid(), nullable=False),
        sa.Column("is_public", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("published_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_article_tags_article_id_articles"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["tag_id"], ["tags.id"], name=op.f("fk_article_tags_tag_id_tags"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("article_id", "tag_id", name=op.f("pk_article_tags")),
    )
    op.create_index(
        "ix_article_tags_newest",
        "article_tags",
        ["tag_id", sa.literal_column("published_at DESC"), sa.literal_column("article_id DESC")],
        unique=False,
        postgresql_where=sa.text("is_public"),
    )
    op.create_index("ix_article_tags_tag_id", "article_tags", ["tag_id"], unique=False)
    op.create_table(
        "import_items",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=True),
        sa.Column("article_id", sa.Uuid(), nullable=True),
        sa.Column("article_version", sa.Integer(), nullable=True),
        sa.Column("slug", sa.Text(), nullable=True),
        sa.Column("published_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("updated_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "status IN ('imported', 'updated', 'skipped', 'failed')", name=op.f("ck_import_items_status")
        ),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_import_items_article_id_articles"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["job_id"], ["import_jobs.id"], name=op.f("fk_import_items_job_id_import_jobs"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_items")),
        sa.UniqueConstraint("source", "key", name=op.f("uq_import_items_source_key")),
    )
    op.create_index(op.f("ix_import_items_article_id"), "import_items", ["article_id"], unique=False)
    op.create_index(op.f("ix_import_items_job_id"), "import_items", ["job_id"], unique=False)
    for statement in STORAGE:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("import_items")
    op.drop_table("article_tags")
    op.drop_table("article_search")
    op.drop_table("article_redirects")
    op.drop_table("tag_redirects")
    op.drop_table("articles")
    op.drop_table("users")
    op.drop_table("tags")
    op.drop_table("search_words")
    op.drop_table("import_jobs")
    op.execute("DROP FUNCTION stoa_pairs(tsvector)")
    op.execute("DROP FUNCTION stoa_slips(text)")
    for name in CONFIGURATIONS:
        op.execute(f"DROP TEXT SEARCH CONFIGURATION {name}")
