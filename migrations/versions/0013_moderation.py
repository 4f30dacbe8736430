"""What the background guard found in comments and articles."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

STATEMENTS = (
    "ALTER TABLE comments ADD COLUMN judgement jsonb",
    """
    CREATE TABLE article_findings (
      id uuid NOT NULL CONSTRAINT pk_article_findings PRIMARY KEY,
      article_id uuid NOT NULL
        CONSTRAINT fk_article_findings_article_id_articles REFERENCES articles (id) ON DELETE CASCADE,
      text_hash bytea NOT NULL,
      score real NOT NULL,
      reason text NOT NULL,
      judgement jsonb NOT NULL,
      found_at timestamptz NOT NULL DEFAULT now(),
      closed_at timestamptz,
      closed_by uuid CONSTRAINT fk_article_findings_closed_by_users REFERENCES users (id) ON DELETE SET NULL,
      outcome text CONSTRAINT ck_article_findings_outcome CHECK (outcome IN ('fine', 'unpublished', 'changed')),
      CONSTRAINT ck_article_findings_closed CHECK ((outcome IS NULL) = (closed_at IS NULL))
    )
    """,
    "CREATE UNIQUE INDEX uq_article_findings_open ON article_findings (article_id) WHERE closed_at IS NULL",
    "CREATE INDEX ix_article_findings_article_id ON article_findings (article_id, text_hash)",
    "CREATE INDEX ix_article_findings_queue ON article_findings (found_at, id) WHERE closed_at IS NULL",
    "CREATE INDEX ix_article_findings_closed_by ON article_findings (closed_by)",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TABLE article_findings")
    op.execute("ALTER TABLE comments DROP COLUMN judgement")
