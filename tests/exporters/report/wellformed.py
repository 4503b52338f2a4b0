"""Is a page sound? Checks by the standard library's parser: balance, ids, headings, tables, names of charts."""

from html.parser import HTMLParser
from itertools import pairwise

VOID = frozenset({"meta", "br", "link", "img", "input", "hr", "rect", "path", "circle"})
SELF_CONTAINED = ("http:", "https:", "//", "data:")


class Page(HTMLParser):
    """Collects what is wrong with a page in ``faults``, its words in ``text`` and its links in ``links``."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []
        self.open: list[str] = []
        self.ids: list[str] = []
        self.references: list[str] = []
        self.headings: list[int] = []
        self.links: list[str] = []
        self.words: list[str] = []
        self.captions = 0
        self.tables = 0
        self.feed(text)
        self.close()
        self._conclude()

    @property
    def text(self) -> str:
        """What a reader reads, spaces folded."""
        return " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if len(values) != len(attrs):
            self.faults.append(f"{tag}: an attribute twice")
        if tag not in VOID:
            self.open.append(tag)
        self._note(tag, values)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._note(tag, dict(attrs))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> closes nothing, line {self.getpos()[0]}")

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.words.append(data)

    def _note(self, tag: str, values: dict[str, str | None]) -> None:
        if "id" in values:
            self.ids.append(values["id"] or "")
        self.references += (values.get("aria-labelledby") or "").split()
        if tag in {"h1", "h2", "h3", "h4"}:
            self.headings.append(int(tag[1]))
        if tag == "th" and values.get("scope") not in {"row", "col"}:
            self.faults.append(f"th without scope, line {self.getpos()[0]}")
        if tag == "svg" and not (
            values.get("aria-hidden") == "true" or (values.get("role") and values.get("aria-label"))
        ):
            self.faults.append(f"svg that says nothing, line {self.getpos()[0]}")
        if tag in {"script", "iframe", "object", "link", "base", "form"}:
            self.faults.append(f"{tag} in a self-contained page")
        self.faults += [f"{tag}: {name}" for name in values if name.startswith("on")]
        for name in ("href", "src"):
            if name in values:
                self.links.append(values[name] or "")
        self.tables += tag == "table"
        self.captions += tag == "caption"

    def _conclude(self) -> None:
        if self.open:
            self.faults.append(f"never closed: {self.open}")
        if len(set(self.ids)) != len(self.ids):
            self.faults.append("an id twice")
        self.faults += [f"nothing is called {name}" for name in self.references if name not in self.ids]
        if self.headings[:1] != [1] or self.headings.count(1) != 1:
            self.faults.append("not one h1, first")
        self.faults += [f"h{after} after h{before}" for before, after in pairwise(self.headings) if after > before + 1]
        if self.tables != self.captions:
            self.faults.append("a table without caption")
        self.faults += [f"leads outside: {link}" for link in self.links if link.startswith(SELF_CONTAINED)]
        self.faults += [f"leads nowhere: {link}" for link in self.links if link[:1] == "#" and link[1:] not in self.ids]
