"""What the background guard found in comments and articles."""

from alembic import op

revision = "0013"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE comments ADD COLUMN judgement jsonb")


def downgrade() -> None:
    op.execute("ALTER TABLE comments DROP COLUMN judgement")
