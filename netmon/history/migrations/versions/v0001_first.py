"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Create what ``netmon.history.schema`` held at the first release."""
    _create_transitions()
    op.create_table(
        "maintenance",
        sa.Column("id", _KEY, primary_key=True, autoincrement=True),
        sa.Column("object", sa.String(255), nullable=False),
        sa.Column("start", sa.BigInteger, nullable=False),
        sa.Column("end", sa.BigInteger),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("recorded", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "monitor",
        sa.Column("id", _KEY, primary_key=True, autoincrement=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
    )
    op.create_table(
        "heartbeat",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    _create_findings()


def _create_transitions() -> None:
    op.create_table(
        "transitions",
        sa.Column("id", _KEY, primary_key=True, autoincrement=True),
        sa.Column("object", sa.String(255), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("earliest", sa.BigInteger, nullable=False),
        sa.Column("old", sa.String(16), nullable=False),
        sa.Column("new", sa.String(16), nullable=False),
        sa.Column("reason", sa.String(32), nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("recorded", sa.BigInteger, nullable=False),
    )
    op.create_index("transitions_object_at", "transitions", ["object", "at"])
    op.create_index("transitions_at", "transitions", ["at"])


def _create_findings() -> None:
    op.create_table(
        "members",
        sa.Column("id", _KEY, primary_key=True, autoincrement=True),
        sa.Column("object", sa.String(255), nullable=False),
        sa.Column("start", sa.BigInteger, nullable=False),
        sa.Column("end", sa.BigInteger),
        sa.Column("commune", sa.String(255), nullable=False),
        sa.Column("weight", sa.Integer, nullable=False),
    )
    op.create_table(
        "corrections",
        sa.Column("id", _KEY, primary_key=True, autoincrement=True),
        sa.Column("object", sa.String(255), nullable=False),
        sa.Column("start", sa.BigInteger, nullable=False),
        sa.Column("end", sa.BigInteger, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("recorded", sa.BigInteger, nullable=False),
    )
