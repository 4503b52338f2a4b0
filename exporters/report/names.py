"""Names of the files a report is made of: stable, safe in any file system and address, without the names' surprises."""

import re
import unicodedata

from netmon.model import Commune

INDEX = "index.html"
WHOLE = "metropole.pdf"
OFFICE = "services.csv"
OPEN = "open-data.csv"
OPEN_SCHEMA = "open-data.schema.json"
WORKBOOK = "report.xlsx"
DOCUMENT = "report.json"

_LONGEST = 60


def page_name(commune: Commune) -> str:
    """``33039-begles.html``: unique by the INSEE code, which also orders the directory."""
    return f"{commune_folder(commune)}.html"


def paper_name(commune: Commune) -> str:
    """``33039-begles.pdf``."""
    return f"{commune_folder(commune)}.pdf"


def commune_folder(commune: Commune) -> str:
    """``33039-begles``: what belongs to one commune alone."""
    return "-".join(part for part in (slug(commune.insee), slug(commune.name)) if part)


def slug(text: str) -> str:
    """``text`` in lower-case ASCII letters, digits and hyphens; may be empty."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_LONGEST].rstrip("-")
