"""Stored reports, runs of their schedules, and mails."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Add the tables of editions, runs and post."""
    op.create_table(
        "editions",
        sa.Column("id", _KEY, primary_key=True, autoincrement=True),
        sa.Column("period", sa.String(64), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("closed", sa.Boolean, nullable=False),
        sa.Column("start", sa.BigInteger, nullable=False),
        sa.Column("end", sa.BigInteger, nullable=False),
        sa.Column("generated", sa.BigInteger, nullable=False),
        sa.Column("inputs", sa.String(64), nullable=False),
        sa.Column("manifest", sa.Text, nullable=False),
        sa.UniqueConstraint("period", "name", name="editions_period_name"),
    )
    op.create_table(
        "report_runs",
        sa.Column("id", _KEY, primary_key=True, autoincrement=True),
        sa.Column("schedule", sa.String(255), nullable=False),
        sa.Column("due", sa.BigInteger, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
    )
    _create_post()


def _create_post() -> None:
    op.create_table(
        "post",
        sa.Column("id", _KEY, primary_key=True, autoincrement=True),
        sa.Column("message_id", sa.String(255), nullable=False, unique=True),
        sa.Column("address", sa.String(320), nullable=False),
        sa.Column("letter", sa.Text, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("queued", sa.BigInteger, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next", sa.BigInteger, nullable=False),
        sa.Column("said", sa.Text, nullable=False),
        sa.Column("settled", sa.BigInteger),
    )
    op.create_index("post_state_next", "post", ["state", "next"])
