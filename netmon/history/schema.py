"""The tables of the history: append-only facts, one row that says until when the daemon watched, a roll-up, the post.

Columns named ``at``, ``start``, ``end``, ``earliest``, ``recorded`` are integer milliseconds since the epoch, UTC.
"""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, MetaData, String, Table, Text, UniqueConstraint

metadata = MetaData()

_key = BigInteger().with_variant(Integer, "sqlite")

transitions = Table(
    "transitions",
    metadata,
    Column("id", _key, primary_key=True, autoincrement=True),
    Column("object", String(255), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("earliest", BigInteger, nullable=False),
    Column("old", String(16), nullable=False),
    Column("new", String(16), nullable=False),
    Column("reason", String(32), nullable=False),
    Column("detail", Text, nullable=False),
    Column("recorded", BigInteger, nullable=False),
    Index("transitions_object_at", "object", "at"),
    Index("transitions_at", "at"),
)

maintenance = Table(
    "maintenance",
    metadata,
    Column("id", _key, primary_key=True, autoincrement=True),
    Column("object", String(255), nullable=False),
    Column("start", BigInteger, nullable=False),
    Column("end", BigInteger),
    Column("text", Text, nullable=False),
    Column("recorded", BigInteger, nullable=False),
    Column("window", String(255), nullable=False, server_default=""),
    Column("author", Text, nullable=False, server_default=""),
)

monitor = Table(
    "monitor",
    metadata,
    Column("id", _key, primary_key=True, autoincrement=True),
    Column("at", BigInteger, nullable=False),
    Column("state", String(16), nullable=False),
)

heartbeat = Table(
    "heartbeat",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
)

members = Table(
    "members",
    metadata,
    Column("id", _key, primary_key=True, autoincrement=True),
    Column("object", String(255), nullable=False),
    Column("start", BigInteger, nullable=False),
    Column("end", BigInteger),
    Column("commune", String(255), nullable=False),
    Column("weight", Integer, nullable=False),
)

corrections = Table(
    "corrections",
    metadata,
    Column("id", _key, primary_key=True, autoincrement=True),
    Column("object", String(255), nullable=False),
    Column("start", BigInteger, nullable=False),
    Column("end", BigInteger, nullable=False),
    Column("state", String(16), nullable=False),
    Column("author", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("recorded", BigInteger, nullable=False),
)

incident_steps = Table(
    "incident_steps",
    metadata,
    Column("id", _key, primary_key=True, autoincrement=True),
    Column("incident", String(255), nullable=False),
    Column("step", String(16), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("object", String(255), nullable=False),
    Column("contract", String(255), nullable=False),
    Column("author", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("recorded", BigInteger, nullable=False),
)

attributions = Table(
    "attributions",
    metadata,
    Column("id", _key, primary_key=True, autoincrement=True),
    Column("object", String(255), nullable=False),
    Column("start", BigInteger, nullable=False),
    Column("end", BigInteger),
    Column("party", String(16), nullable=False),
    Column("incident", String(255), nullable=False),
    Column("author", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("recorded", BigInteger, nullable=False),
)

editions = Table(
    "editions",
    metadata,
    Column("id", _key, primary_key=True, autoincrement=True),
    Column("period", String(64), nullable=False),
    Column("name", String(64), nullable=False),
    Column("closed", Boolean, nullable=False),
    Column("start", BigInteger, nullable=False),
    Column("end", BigInteger, nullable=False),
    Column("generated", BigInteger, nullable=False),
    Column("inputs", String(64), nullable=False),
    Column("manifest", Text, nullable=False),
    UniqueConstraint("period", "name", name="editions_period_name"),
)

report_runs = Table(
    "report_runs",
    metadata,
    Column("id", _key, primary_key=True, autoincrement=True),
    Column("schedule", String(255), nullable=False),
    Column("due", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("text", Text, nullable=False),
)

link_days = Table(
    "link_days",
    metadata,
    Column("node", String(255), primary_key=True),
    Column("interface", String(255), primary_key=True),
    Column("day", String(10), primary_key=True),
    Column("speed", BigInteger, nullable=False),
    Column("threshold", Integer, nullable=False),
    Column("measured", BigInteger, nullable=False),
    Column("over", BigInteger, nullable=False),
    Column("peak", Integer, nullable=False),
    Index("link_days_day", "day"),
)
"""A roll-up, not facts: the row of a day is replaced while the day lasts."""

post = Table(
    "post",
    metadata,
    Column("id", _key, primary_key=True, autoincrement=True),
    Column("message_id", String(255), nullable=False, unique=True),
    Column("address", String(320), nullable=False),
    Column("letter", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("queued", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next", BigInteger, nullable=False),
    Column("said", Text, nullable=False),
    Column("settled", BigInteger),
    Index("post_state_next", "state", "next"),
)
"""Mails: their rows change, as they are tried, sent or given up."""

notices = Table(
    "notices",
    metadata,
    Column("id", _key, primary_key=True, autoincrement=True),
    Column("key", String(64), nullable=False, unique=True),
    Column("receiver", String(255), nullable=False),
    Column("address", String(320), nullable=False),
    Column("incident", String(255), nullable=False),
    Column("event", String(16), nullable=False),
    Column("severity", String(16), nullable=False),
    Column("content", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("queued", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next", BigInteger, nullable=False),
    Column("said", Text, nullable=False),
    Column("settled", BigInteger),
    Index("notices_state_next", "state", "next"),
    Index("notices_incident", "incident"),
)
"""Notices of incidents: their rows change like those of the post."""
