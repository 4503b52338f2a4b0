"""What people did about incidents, and whom they held responsible."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Add the tables of incident steps and attributions."""
    op.create_table(
        "incident_steps",
        sa.Column("id", _KEY, primary_key=True, autoincrement=True),
        sa.Column("incident", sa.String(255), nullable=False),
        sa.Column("step", sa.String(16), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("object", sa.String(255), nullable=False),
        sa.Column("contract", sa.String(255), nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("recorded", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "attributions",
        sa.Column("id", _KEY, primary_key=True, autoincrement=True),
        sa.Column("object", sa.String(255), nullable=False),
        sa.Column("start", sa.BigInteger, nullable=False),
        sa.Column("end", sa.BigInteger),
        sa.Column("party", sa.String(16), nullable=False),
        sa.Column("incident", sa.String(255), nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("recorded", sa.BigInteger, nullable=False),
    )
