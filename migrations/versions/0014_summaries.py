"""What an article says in short, kept with its passages."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE passage_sets ADD COLUMN summary text")


def downgrade() -> None:
    op.execute("ALTER TABLE passage_sets DROP COLUMN summary")
