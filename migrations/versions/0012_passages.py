"""Passages of articles, for answers with citations; their vectors where PostgreSQL has the type."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

TABLES = (
    """
    CREATE TABLE passage_sets (
      article_id uuid NOT NULL CONSTRAINT pk_passage_sets PRIMARY KEY
        CONSTRAINT fk_passage_sets_article_id_articles REFERENCES articles (id) ON DELETE CASCADE,
      version integer NOT NULL
    )
    """,
    """
    CREATE TABLE passages (
      id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_passages PRIMARY KEY,
      article_id uuid NOT NULL
        CONSTRAINT fk_passages_article_id_articles REFERENCES articles (id) ON DELETE CASCADE,
      number integer NOT NULL,
      heading text NOT NULL DEFAULT '',
      anchor text NOT NULL DEFAULT '',
      text text NOT NULL,
      config text NOT NULL,
      vector tsvector NOT NULL,
      CONSTRAINT uq_passages_article_id_number UNIQUE (article_id, number)
    )
    """,
    "CREATE INDEX ix_passages_vector ON passages USING gin (vector)",
    "CREATE INDEX ix_passages_config ON passages (config)",
)
VECTORS = """
    DO $$ BEGIN
      BEGIN
        CREATE EXTENSION IF NOT EXISTS vector;
      EXCEPTION WHEN OTHERS THEN
        RAISE NOTICE 'no type vector here: passages are found by their words alone';
      END;
      IF EXISTS (SELECT FROM pg_extension WHERE extname = 'vector') THEN
        CREATE TABLE passage_vectors (
          passage_id bigint NOT NULL CONSTRAINT pk_passage_vectors PRIMARY KEY
            CONSTRAINT fk_passage_vectors_passage_id_passages REFERENCES passages (id) ON DELETE CASCADE,
          embedding vector(384) NOT NULL
        );
        CREATE INDEX ix_passage_vectors_near ON passage_vectors USING hnsw (embedding vector_cosine_ops);
      END IF;
    END $$
"""


def upgrade() -> None:
    for statement in (*TABLES, VECTORS):
        op.execute(statement)


def downgrade() -> None:
    for table in ("IF EXISTS passage_vectors", "passages", "passage_sets"):
        op.execute(f"DROP TABLE {table}")
