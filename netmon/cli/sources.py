"""Inventories from elsewhere: CSV, the target groups of Prometheus, NetBox. What they say becomes ``Found``."""

import codecs
import csv
import io
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from netmon.cli.foreign import Asking
from netmon.cli.found import MOST, Asked, Found
from netmon.config.source import shown
from netmon.errors import UnavailableError, UsageError

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "name": ("name", "id", "nom", "node", "hostname", "device"),
    "target": ("address", "adresse", "ip", "target", "cible", "url"),
    "commune": ("commune", "ville", "city"),
    "site": ("site", "batiment", "bâtiment", "location"),
    "site_kind": ("site_kind", "type_de_site"),
    "role": ("role", "rôle", "fonction"),
    "uplinks": ("uplinks", "uplink", "parents", "liens"),
}
"""What columns may be called, in any case."""

_PAGE = 200
_MOST_PAGES = 1000
_URL = re.compile(r"https?://")


def from_csv(content: bytes, source: str) -> Iterator[Found]:
    """Rows of a table with a head, separated by comma, semicolon or tab; in UTF-8, or as French spreadsheets write it.

    Raises:
        UsageError: it is no such table; told with the line.
    """
    text = _decoded(content)
    head, _, _ = text.partition("\n")
    separator = max(",;\t", key=head.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        columns = _columns(reader.fieldnames or (), source)
        for row in reader:
            where = f"{source}:{reader.line_num}"
            if None in row:
                raise UsageError(f"{where}: more values than the head has columns")
            told = {key: (row[column] or "").strip() for key, column in columns.items()}
            if any(told.values()):
                yield _row(where, told)
    except csv.Error as error:
        raise UsageError(f"{source}:{reader.line_num}: not CSV: {error}") from error


def _decoded(content: bytes) -> str:
    try:
        if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return content.decode("utf-16")
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _columns(names: Any, source: str) -> dict[str, str]:
    known = {name.strip().lower(): name for name in names if isinstance(name, str)}
    columns = {key: known[word] for key, words in COLUMNS.items() for word in reversed(words) if word in known}
    if "target" not in columns:
        raise UsageError(f"{source}:1: no column for addresses: expected {', '.join(COLUMNS['target'])}")
    return columns


def _row(where: str, told: Mapping[str, str]) -> Found:
    target = told["target"]
    uplinks = tuple(name for part in re.split("[,|]", told.get("uplinks", "")) if (name := part.strip()))
    asked: Asked = "http" if _URL.match(target) else "snmp"
    rest = {key: told.get(key, "") for key in ("name", "commune", "site", "site_kind", "role")}
    return Found(where, target=target, asked=asked, uplinks=uplinks, **rest)


def from_groups(groups: Any, source: str, asked: Asked | None = None) -> Iterator[Found]:
    """Targets of ``file_sd`` or ``http_sd``, with the labels that netmon gives them itself or that are usual.

    URLs become HTTP checks; other targets what netmon's own label or ``asked`` says, else nodes polled over SNMP.

    Raises:
        UsageError: they are no such groups; told with the place.
    """
    if not isinstance(groups, list):
        raise UsageError(f"{source}: expected a list of groups, each with 'targets' and perhaps 'labels'")
    for number, group in enumerate(groups):
        where = f"{source}: [{number}]"
        targets = group.get("targets") if isinstance(group, dict) else None
        labels = group.get("labels") or {} if isinstance(group, dict) else {}
        if not isinstance(targets, list) or not all(isinstance(target, str) for target in targets):
            raise UsageError(f"{where}: expected 'targets', a list of texts")
        if not isinstance(labels, dict) or not all(isinstance(value, str) for value in labels.values()):
            raise UsageError(f"{where}: expected 'labels', names with texts")
        for index, target in enumerate(targets):
            yield _target(f"{where}.targets[{index}]", str(target), labels, asked, alone=len(targets) == 1)


def _target(where: str, target: str, labels: Mapping[str, str], asked: Asked | None, *, alone: bool) -> Found:
    def label(*names: str) -> str:
        return next((labels[name] for name in names if labels.get(name)), "")

    ours = label("__meta_netmon_collector")
    if ours and ours not in {"snmp", "http", "icmp", "tcp"}:
        raise UsageError(f"{where}: a check of kind {shown(ours)} cannot be made of a target alone")
    kind: Any = ours or ("http" if _URL.match(target) else asked or "snmp")
    name = label("node", "name", "hostname") if kind == "snmp" else label("__meta_netmon_check_id", "check", "name")
    return Found(
        where,
        name if alone else "",
        target,
        kind,
        label("commune", "ville", "city"),
        label("__meta_netmon_site_name", "site", "location"),
        label("__meta_netmon_site_kind"),
        label("__meta_netmon_role", "role"),
        tuple(label("__meta_netmon_uplinks").split(",")) if label("__meta_netmon_uplinks") else (),
    )


class NetBox:
    """Devices of a NetBox (3.5 and later) over its REST API, active ones with an address; ``query`` selects further.

    A device's commune is the region its site stands in, or what the site's custom field ``field`` says. ``skipped``
    counts devices without an address.
    """

    def __init__(self, url: str, asking: Asking, query: str = "", field: str = "") -> None:
        self._url = url.rstrip("/").removesuffix("/api")
        self._asking = asking
        self._query = query
        self._field = field
        self.skipped = 0

    def devices(self) -> Iterator[Found]:
        """What is there.

        Raises:
            UnavailableError: it does not answer, or not as NetBox does.
        """
        communes = {site["id"]: self._commune(site) for site in self._all("dcim/sites", "")}
        query = "&".join(part for part in ("status=active", self._query.lstrip("?&")) if part)
        for device in self._all("dcim/devices", query):
            address = _text(device, "primary_ip", "address") or _text(device, "primary_ip4", "address")
            if not address:
                self.skipped += 1
                continue
            site = device.get("site")
            yield Found(
                f"{self._url}: device {device['id']}",
                _text(device, "name") or _text(device, "display"),
                address.partition("/")[0],
                commune=communes.get(site.get("id"), "") if isinstance(site, dict) else "",
                site=_text(device, "site", "name"),
                role=_text(device, "role", "slug") or _text(device, "device_role", "slug"),
            )

    def _commune(self, site: Mapping[str, Any]) -> str:
        return _text(site, "custom_fields", self._field) if self._field else _text(site, "region", "name")

    def _all(self, path: str, query: str) -> Iterator[Mapping[str, Any]]:
        """The results of all pages. Where the next one is we say ourselves: the token goes nowhere else, and a proxy
        that NetBox does not know of does no harm."""
        start = f"{self._url}/api/{path}/"
        total = 0
        for _ in range(_MOST_PAGES):
            asked = urlencode({"limit": _PAGE, "offset": total})
            page = self._asking.document(f"{start}?{query}{'&' if query else ''}{asked}")
            results = page.get("results") if isinstance(page, dict) else None
            if not isinstance(results, list) or not all(isinstance(each, dict) and "id" in each for each in results):
                raise UnavailableError(f"{start}: what answers is no NetBox: expected a page of results")
            yield from results
            total += len(results)
            if page.get("next") is None or not results:
                return
            if total > MOST:
                raise UnavailableError(f"{start}: more than {MOST} results")
        raise UnavailableError(f"{start}: more than {_MOST_PAGES} pages")


def _text(record: Mapping[str, Any], *path: str) -> str:
    found: Any = record
    for step in path:
        found = found.get(step) if isinstance(found, dict) else None
    return found.strip() if isinstance(found, str) else ""
