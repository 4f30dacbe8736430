"""Chat: conversations and their messages."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TABLES = (
    """
    CREATE TABLE chat_conversations (
      id uuid NOT NULL CONSTRAINT pk_chat_conversations PRIMARY KEY,
      user_id uuid NOT NULL CONSTRAINT fk_chat_conversations_user_id_users REFERENCES users (id) ON DELETE CASCADE,
      title text NOT NULL DEFAULT '',
      provider text,
      model text,
      system_prompt text NOT NULL DEFAULT '',
      is_grounded boolean NOT NULL DEFAULT false,
      includes_drafts boolean NOT NULL DEFAULT false,
      leaf_id uuid,
      message_count integer NOT NULL DEFAULT 0,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      archived_at timestamptz
    )
    """,
    "CREATE INDEX ix_chat_conversations_newest ON chat_conversations (user_id, updated_at DESC, id DESC)",
    """
    CREATE TABLE chat_messages (
      id uuid NOT NULL CONSTRAINT pk_chat_messages PRIMARY KEY,
      conversation_id uuid NOT NULL CONSTRAINT fk_chat_messages_conversation_id_chat_conversations
        REFERENCES chat_conversations (id) ON DELETE CASCADE,
      parent_id uuid CONSTRAINT fk_chat_messages_parent_id_chat_messages
        REFERENCES chat_messages (id) ON DELETE CASCADE,
      role text NOT NULL CONSTRAINT ck_chat_messages_role CHECK (role IN ('user', 'assistant')),
      content text NOT NULL DEFAULT '',
      size integer NOT NULL DEFAULT 0,
      status text NOT NULL DEFAULT 'complete' CONSTRAINT ck_chat_messages_status
        CHECK (status IN ('streaming', 'complete', 'stopped', 'cut', 'error')),
      error text,
      error_code text,
      method text CONSTRAINT ck_chat_messages_method CHECK (method IN ('model', 'plain')),
      provider text,
      model text,
      input_tokens integer,
      output_tokens integer,
      cost_micros bigint,
      source text CONSTRAINT ck_chat_messages_source CHECK (source IN ('provider', 'estimated', 'cache', 'none')),
      citations jsonb,
      rating smallint CONSTRAINT ck_chat_messages_rating CHECK (rating IN (-1, 1)),
      is_stop_asked boolean NOT NULL DEFAULT false,
      created_at timestamptz NOT NULL DEFAULT now(),
      alive_at timestamptz NOT NULL DEFAULT now(),
      ended_at timestamptz
    )
    """,
    "CREATE INDEX ix_chat_messages_siblings ON chat_messages (coalesce(parent_id, conversation_id), id)",
    "CREATE INDEX ix_chat_messages_parent_id ON chat_messages (parent_id)",
    "CREATE INDEX ix_chat_messages_conversation_id ON chat_messages (conversation_id)",
    """
    CREATE INDEX ix_chat_messages_words ON chat_messages
      USING gin (to_tsvector('stoa_simple', left(content, 60000)))
    """,
    """
    CREATE UNIQUE INDEX uq_chat_messages_streaming ON chat_messages (conversation_id) WHERE status = 'streaming'
    """,
)


def upgrade() -> None:
    for statement in TABLES:
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TABLE chat_messages")
    op.execute("DROP TABLE chat_conversations")
