"""Content in full: revisions, preview links, pages, comments, reactions, follows, uploads, import jobs."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_PUBLIC = "status = 'published' AND visibility = 'public' AND deleted_at IS NULL"
_LISTED = f"{_PUBLIC} AND kind = 'article'"
_LISTS = {
    "ix_articles_newest": "published_at DESC, id DESC",
    "ix_articles_updated": "updated_at DESC, id DESC",
    "ix_articles_title": "lower(title), id",
    "ix_articles_author_newest": "author_id, published_at DESC, id DESC",
}

TABLES = (
    """
    CREATE TABLE article_revisions (
      article_id uuid NOT NULL CONSTRAINT fk_article_revisions_article_id_articles
        REFERENCES articles (id) ON DELETE CASCADE,
      number integer NOT NULL,
      act text NOT NULL CONSTRAINT ck_article_revisions_act
        CHECK (act IN ('saved', 'autosaved', 'restored', 'imported')),
      version integer NOT NULL,
      slug text NOT NULL,
      title text NOT NULL,
      body text NOT NULL,
      excerpt text NOT NULL,
      summary text,
      tags text[] NOT NULL DEFAULT '{}',
      cover_url text,
      cover_alt text NOT NULL DEFAULT '',
      language text NOT NULL,
      visibility text NOT NULL,
      canonical_url text,
      meta_title text,
      meta_description text,
      saved_by uuid CONSTRAINT fk_article_revisions_saved_by_users REFERENCES users (id) ON DELETE SET NULL,
      saved_at timestamptz NOT NULL DEFAULT now(),
      CONSTRAINT pk_article_revisions PRIMARY KEY (article_id, number)
    )
    """,
    "CREATE INDEX ix_article_revisions_saved_by ON article_revisions (saved_by)",
    """
    CREATE TABLE preview_links (
      id uuid NOT NULL CONSTRAINT pk_preview_links PRIMARY KEY,
      article_id uuid NOT NULL CONSTRAINT fk_preview_links_article_id_articles
        REFERENCES articles (id) ON DELETE CASCADE,
      token_hash bytea NOT NULL CONSTRAINT uq_preview_links_token_hash UNIQUE,
      made_by uuid CONSTRAINT fk_preview_links_made_by_users REFERENCES users (id) ON DELETE CASCADE,
      made_at timestamptz NOT NULL DEFAULT now(),
      expires_at timestamptz NOT NULL
    )
    """,
    "CREATE INDEX ix_preview_links_article_id ON preview_links (article_id)",
    "CREATE INDEX ix_preview_links_made_by ON preview_links (made_by)",
    """
    CREATE TABLE comments (
      id uuid NOT NULL CONSTRAINT pk_comments PRIMARY KEY,
      article_id uuid NOT NULL CONSTRAINT fk_comments_article_id_articles REFERENCES articles (id) ON DELETE CASCADE,
      root_id uuid CONSTRAINT fk_comments_root_id_comments REFERENCES comments (id) ON DELETE CASCADE,
      parent_id uuid CONSTRAINT fk_comments_parent_id_comments REFERENCES comments (id) ON DELETE CASCADE,
      depth smallint NOT NULL DEFAULT 0,
      author_id uuid CONSTRAINT fk_comments_author_id_users REFERENCES users (id),
      guest_name text,
      guest_url text,
      body text NOT NULL,
      html text NOT NULL,
      status text NOT NULL DEFAULT 'visible' CONSTRAINT ck_comments_status
        CHECK (status IN ('visible', 'held', 'rejected')),
      reason text,
      score real,
      terms text[] NOT NULL DEFAULT '{}',
      version integer NOT NULL DEFAULT 1,
      created_at timestamptz NOT NULL DEFAULT now(),
      edited_at timestamptz,
      moderated_by uuid CONSTRAINT fk_comments_moderated_by_users REFERENCES users (id) ON DELETE SET NULL,
      moderated_at timestamptz,
      deleted_by uuid CONSTRAINT fk_comments_deleted_by_users REFERENCES users (id) ON DELETE SET NULL,
      deleted_at timestamptz,
      CONSTRAINT ck_comments_written_by CHECK (num_nonnulls(author_id, guest_name) = 1),
      CONSTRAINT ck_comments_thread CHECK ((root_id IS NULL) = (parent_id IS NULL))
    )
    """,
    "CREATE INDEX ix_comments_first ON comments (article_id, created_at, id) WHERE root_id IS NULL",
    "CREATE INDEX ix_comments_root_id ON comments (root_id, created_at, id) WHERE root_id IS NOT NULL",
    "CREATE INDEX ix_comments_parent_id ON comments (parent_id)",
    "CREATE INDEX ix_comments_article_id ON comments (article_id, status)",
    "CREATE INDEX ix_comments_queue ON comments (status, created_at DESC, id DESC) WHERE deleted_at IS NULL",
    "CREATE INDEX ix_comments_author_id ON comments (author_id, created_at DESC)",
    "CREATE INDEX ix_comments_moderated_by ON comments (moderated_by)",
    "CREATE INDEX ix_comments_deleted_by ON comments (deleted_by)",
    "CREATE INDEX ix_comments_deleted_at ON comments (deleted_at) WHERE deleted_at IS NOT NULL",
    """
    CREATE TABLE reactions (
      article_id uuid NOT NULL CONSTRAINT fk_reactions_article_id_articles REFERENCES articles (id) ON DELETE CASCADE,
      user_id uuid NOT NULL CONSTRAINT fk_reactions_user_id_users REFERENCES users (id) ON DELETE CASCADE,
      kind text NOT NULL CONSTRAINT ck_reactions_kind CHECK (kind IN ('like', 'love', 'clap', 'insight')),
      created_at timestamptz NOT NULL DEFAULT now(),
      CONSTRAINT pk_reactions PRIMARY KEY (article_id, user_id, kind)
    )
    """,
    "CREATE INDEX ix_reactions_user_id ON reactions (user_id)",
    """
    CREATE TABLE follows (
      id uuid NOT NULL CONSTRAINT pk_follows PRIMARY KEY,
      follower_id uuid NOT NULL CONSTRAINT fk_follows_follower_id_users REFERENCES users (id) ON DELETE CASCADE,
      author_id uuid CONSTRAINT fk_follows_author_id_users REFERENCES users (id) ON DELETE CASCADE,
      tag_id uuid CONSTRAINT fk_follows_tag_id_tags REFERENCES tags (id) ON DELETE CASCADE,
      created_at timestamptz NOT NULL DEFAULT now(),
      CONSTRAINT ck_follows_one_thing CHECK (num_nonnulls(author_id, tag_id) = 1),
      CONSTRAINT uq_follows_author UNIQUE (follower_id, author_id),
      CONSTRAINT uq_follows_tag UNIQUE (follower_id, tag_id)
    )
    """,
    "CREATE INDEX ix_follows_author_id ON follows (author_id, follower_id) WHERE author_id IS NOT NULL",
    "CREATE INDEX ix_follows_tag_id ON follows (tag_id, follower_id) WHERE tag_id IS NOT NULL",
    """
    CREATE TABLE uploads (
      id uuid NOT NULL CONSTRAINT pk_uploads PRIMARY KEY,
      owner_id uuid CONSTRAINT fk_uploads_owner_id_users REFERENCES users (id) ON DELETE SET NULL,
      url text NOT NULL,
      name text NOT NULL DEFAULT '',
      width integer NOT NULL,
      height integer NOT NULL,
      bytes bigint NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      CONSTRAINT uq_uploads_owner_url UNIQUE (owner_id, url)
    )
    """,
    "CREATE INDEX ix_uploads_newest ON uploads (owner_id, created_at DESC, id DESC)",
    """
    CREATE TABLE import_rows (
      job_id uuid NOT NULL CONSTRAINT fk_import_rows_job_id_import_jobs REFERENCES import_jobs (id) ON DELETE CASCADE,
      number integer NOT NULL,
      kind text NOT NULL,
      key text NOT NULL,
      outcome text NOT NULL CONSTRAINT ck_import_rows_outcome
        CHECK (outcome IN ('imported', 'updated', 'unchanged', 'skipped', 'failed')),
      reason text NOT NULL DEFAULT '',
      title text NOT NULL DEFAULT '',
      slug text NOT NULL DEFAULT '',
      warnings text[] NOT NULL DEFAULT '{}',
      CONSTRAINT pk_import_rows PRIMARY KEY (job_id, number)
    )
    """,
    "CREATE INDEX ix_import_rows_outcome ON import_rows (job_id, outcome, number)",
)

# Every article has the state it is in among its revisions.
_FIRST_REVISIONS = """
INSERT INTO article_revisions (
  article_id, number, act, version, slug, title, body, excerpt, summary, tags, cover_url, cover_alt, language,
  visibility, canonical_url, meta_title, meta_description, saved_by, saved_at
)
SELECT id, 1, 'saved', version, slug, title, body, excerpt, summary,
  ARRAY(SELECT tags.name FROM article_tags JOIN tags ON tags.id = tag_id WHERE article_id = articles.id ORDER BY 1),
  cover_url, cover_alt, language, visibility, canonical_url, meta_title, meta_description, author_id, updated_at
FROM articles
"""
_ARTICLES = (
    """
    ALTER TABLE articles ADD COLUMN kind text NOT NULL DEFAULT 'article'
      CONSTRAINT ck_articles_kind CHECK (kind IN ('article', 'page'))
    """,
    "ALTER TABLE articles ADD COLUMN reactions jsonb NOT NULL DEFAULT '{}'",
    "ALTER TABLE articles ADD COLUMN has_comments boolean NOT NULL DEFAULT true",
    "CREATE INDEX ix_articles_publish_at ON articles (publish_at) WHERE status = 'scheduled' AND deleted_at IS NULL",
    f"CREATE INDEX ix_articles_pages ON articles (lower(title), id) WHERE {_PUBLIC} AND kind = 'page'",
)
_IMPORTS = (
    "ALTER TABLE import_jobs DROP CONSTRAINT ck_import_jobs_status",
    """
    ALTER TABLE import_jobs ADD CONSTRAINT ck_import_jobs_status
      CHECK (status IN ('waiting', 'running', 'finished', 'stopped', 'failed', 'cancelled'))
    """,
    "ALTER TABLE import_jobs ADD COLUMN title text NOT NULL DEFAULT ''",
    "ALTER TABLE import_jobs ADD COLUMN choices jsonb NOT NULL DEFAULT '{}'",
    "ALTER TABLE import_jobs ADD COLUMN file text",
    """
    ALTER TABLE import_jobs ADD COLUMN asked_by uuid
      CONSTRAINT fk_import_jobs_asked_by_users REFERENCES users (id) ON DELETE SET NULL
    """,
    "ALTER TABLE import_jobs ADD COLUMN is_trial boolean NOT NULL DEFAULT false",
    "ALTER TABLE import_jobs ADD COLUMN is_cancel_asked boolean NOT NULL DEFAULT false",
    "ALTER TABLE import_jobs ADD COLUMN phase text NOT NULL DEFAULT ''",
    "ALTER TABLE import_jobs ADD COLUMN total integer NOT NULL DEFAULT 0",
    "ALTER TABLE import_jobs ADD COLUMN done integer NOT NULL DEFAULT 0",
    "ALTER TABLE import_jobs ADD COLUMN error text",
    "CREATE INDEX ix_import_jobs_asked_by ON import_jobs (asked_by)",
    "CREATE INDEX ix_import_jobs_newest ON import_jobs (started_at DESC, id DESC)",
    "ALTER TABLE import_items ADD COLUMN kind text NOT NULL DEFAULT 'article'",
    """
    ALTER TABLE import_items ADD COLUMN comment_id uuid
      CONSTRAINT fk_import_items_comment_id_comments REFERENCES comments (id) ON DELETE SET NULL
    """,
    "CREATE INDEX ix_import_items_comment_id ON import_items (comment_id)",
)
_IMPORT_COLUMNS = (
    "title", "choices", "file", "asked_by", "is_trial", "is_cancel_asked", "phase", "total", "done", "error",
)  # fmt: skip

_PERMISSION = sa.text("INSERT INTO permissions (name, description) VALUES (:name, :description)")
_GRANT = sa.text("INSERT INTO role_permissions (role, permission) VALUES (:role, :name)")
PERMISSIONS = {
    "create:comment": ("Write comments", ("viewer", "creator", "moderator", "admin")),
    "moderate:comment": ("Approve, hide and delete everybody's comments", ("moderator", "admin")),
    "upload:media": ("Upload pictures", ("creator", "moderator", "admin")),
    "manage:imports": ("Import into the site and export all of it", ("admin",)),
}


def upgrade() -> None:
    for statement in (*_ARTICLES, *TABLES, *_IMPORTS):
        op.execute(statement)
    for name, columns in _LISTS.items():
        op.execute(f"DROP INDEX {name}")
        op.execute(f"CREATE INDEX {name} ON articles ({columns}) WHERE {_LISTED}")
    op.execute(_FIRST_REVISIONS)
    for name, (description, roles) in PERMISSIONS.items():
        op.execute(_PERMISSION.bindparams(name=name, description=description))
        for role in roles:
            op.execute(_GRANT.bindparams(role=role, name=name))
    op.execute("UPDATE permission_revision SET revision = revision + 1")


def downgrade() -> None:
    for name in PERMISSIONS:
        op.execute(sa.text("DELETE FROM permissions WHERE name = :name").bindparams(name=name))
    op.execute("UPDATE permission_revision SET revision = revision + 1")
    for name, columns in _LISTS.items():
        op.execute(f"DROP INDEX {name}")
        op.execute(f"CREATE INDEX {name} ON articles ({columns}) WHERE {_PUBLIC}")
    for column in ("kind", "comment_id"):
        op.execute(f"ALTER TABLE import_items DROP COLUMN {column}")
    for column in _IMPORT_COLUMNS:
        op.execute(f"ALTER TABLE import_jobs DROP COLUMN {column}")
    op.execute("UPDATE import_jobs SET status = 'stopped' WHERE status IN ('waiting', 'failed', 'cancelled')")
    op.execute("ALTER TABLE import_jobs DROP CONSTRAINT ck_import_jobs_status")
    op.execute(
        "ALTER TABLE import_jobs ADD CONSTRAINT ck_import_jobs_status "
        "CHECK (status IN ('running', 'finished', 'stopped'))"
    )
    op.execute("DROP INDEX ix_import_jobs_newest")
    for table in (
        "import_rows", "uploads", "follows", "reactions", "comments", "preview_links", "article_revisions",
    ):  # fmt: skip
        op.execute(f"DROP TABLE {table}")
    op.execute("DROP INDEX ix_articles_publish_at, ix_articles_pages")
    for column in ("kind", "reactions", "has_comments"):
        op.execute(f"ALTER TABLE articles DROP COLUMN {column}")
