"""Prompts with their versions, and what people say of answers."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TABLES = (
    """
    CREATE TABLE ai_templates (
      name text NOT NULL,
      version integer NOT NULL,
      about text NOT NULL DEFAULT '',
      instructions text NOT NULL DEFAULT '',
      body text NOT NULL,
      parameters text[] NOT NULL DEFAULT '{}',
      author_id uuid,
      created_at timestamptz NOT NULL DEFAULT now(),
      CONSTRAINT pk_ai_templates PRIMARY KEY (name, version)
    )
    """,
    """
    CREATE TABLE ai_feedback (
      call_id uuid NOT NULL,
      user_id uuid NOT NULL CONSTRAINT fk_ai_feedback_user_id_users REFERENCES users (id) ON DELETE CASCADE,
      feature text NOT NULL,
      provider text NOT NULL,
      model text NOT NULL,
      rating smallint NOT NULL CONSTRAINT ck_ai_feedback_rating CHECK (rating IN (-1, 1)),
      comment text NOT NULL DEFAULT '',
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      CONSTRAINT pk_ai_feedback PRIMARY KEY (call_id, user_id)
    )
    """,
    "CREATE INDEX ix_ai_feedback_user_id ON ai_feedback (user_id)",
    "CREATE INDEX ix_ai_feedback_of_model ON ai_feedback (feature, provider, model)",
)


def upgrade() -> None:
    for statement in TABLES:
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TABLE ai_feedback")
    op.execute("DROP TABLE ai_templates")
