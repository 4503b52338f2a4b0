"""Names of the files a report is made of: stable, safe in any file system and address, without the names' surprises."""

import re
import unicodedata

from netmon.model import Commune

INDEX = "index.html"
OFFICE = "services.csv"
OPEN = "services-open-data.csv"
DOCUMENT = "report.json"

_LONGEST = 60


def page_name(commune: Commune) -> str:
    """``33039-begles.html``: unique by the INSEE code, which also orders the directory."""
    parts = (slug(commune.insee), slug(commune.name))
    return "-".join(part for part in parts if part) + ".html"


def slug(text: str) -> str:
    """``text`` in lower-case ASCII letters, digits and hyphens; may be empty."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_LONGEST].rstrip("-")
