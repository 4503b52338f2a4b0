"""Planned works have a name, so that they can be changed and ended, and an author."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the columns; works announced before have neither."""
    with op.batch_alter_table("maintenance") as table:
        table.add_column(sa.Column("window", sa.String(255), nullable=False, server_default=""))
        table.add_column(sa.Column("author", sa.Text, nullable=False, server_default=""))
