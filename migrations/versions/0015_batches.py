"""Batches: many calls of models that are answered later."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    CREATE TABLE ai_batches (
      id uuid NOT NULL CONSTRAINT pk_ai_batches PRIMARY KEY,
      user_id uuid NOT NULL CONSTRAINT fk_ai_batches_user_id_users REFERENCES users (id) ON DELETE CASCADE,
      api_key_id uuid,
      total smallint NOT NULL,
      done smallint NOT NULL DEFAULT 0,
      failed smallint NOT NULL DEFAULT 0,
      cancelled smallint NOT NULL DEFAULT 0,
      created_at timestamptz NOT NULL DEFAULT now(),
      cancelled_at timestamptz,
      finished_at timestamptz,
      CONSTRAINT ck_ai_batches_counts CHECK (done + failed + cancelled <= total)
    )
    """,
    "CREATE INDEX ix_ai_batches_newest ON ai_batches (user_id, created_at DESC, id DESC)",
    "CREATE INDEX ix_ai_batches_created_at ON ai_batches (created_at)",
    """
    CREATE TABLE ai_batch_items (
      batch_id uuid NOT NULL
        CONSTRAINT fk_ai_batch_items_batch_id_ai_batches REFERENCES ai_batches (id) ON DELETE CASCADE,
      number smallint NOT NULL,
      name text,
      call text NOT NULL CONSTRAINT ck_ai_batch_items_call
        CHECK (call IN ('generate', 'summarize', 'classify', 'moderate')),
      body json NOT NULL,
      status text NOT NULL DEFAULT 'queued' CONSTRAINT ck_ai_batch_items_status
        CHECK (status IN ('queued', 'running', 'done', 'failed', 'cancelled')),
      tries smallint NOT NULL DEFAULT 0,
      claim_id uuid,
      due_at timestamptz NOT NULL DEFAULT now(),
      result json,
      error json,
      ended_at timestamptz,
      CONSTRAINT pk_ai_batch_items PRIMARY KEY (batch_id, number)
    )
    """,
    "CREATE INDEX ix_ai_batch_items_open ON ai_batch_items (number, batch_id) WHERE status IN ('queued', 'running')",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TABLE ai_batch_items")
    op.execute("DROP TABLE ai_batches")
