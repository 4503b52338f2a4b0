"""How full links were, by day."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the table: one row for each interface and civil day."""
    op.create_table(
        "link_days",
        sa.Column("node", sa.String(255), primary_key=True),
        sa.Column("interface", sa.String(255), primary_key=True),
        sa.Column("day", sa.String(10), primary_key=True),
        sa.Column("speed", sa.BigInteger, nullable=False),
        sa.Column("threshold", sa.Integer, nullable=False),
        sa.Column("measured", sa.BigInteger, nullable=False),
        sa.Column("over", sa.BigInteger, nullable=False),
        sa.Column("peak", sa.Integer, nullable=False),
    )
    op.create_index("link_days_day", "link_days", ["day"])
