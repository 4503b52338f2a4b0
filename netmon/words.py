"""Words for the closed lists of the model: states, reasons, families, kinds of sites, roles. English ids, translated
where they are shown: ``_(STATE_WORDS[state])``."""

from collections.abc import Callable

from netmon.conventions import Reason
from netmon.i18n import mark
from netmon.model import Party, Role, SiteKind, State, Step

STATE_WORDS: dict[State, str] = {
    State.UP: mark("up"),
    State.DEGRADED: mark("degraded"),
    State.DOWN: mark("down"),
    State.UNREACHABLE: mark("unreachable"),
    State.UNKNOWN: mark("unknown"),
    State.PENDING: mark("pending"),
}

REASON_WORDS: dict[Reason, str] = {
    Reason.OK: mark("works"),
    Reason.RESOLVE_FAILED: mark("name not found (DNS)"),
    Reason.CONNECT_REFUSED: mark("connection refused"),
    Reason.CONNECT_TIMEOUT: mark("no answer to the connection"),
    Reason.CONNECT_FAILED: mark("connection failed"),
    Reason.TIMEOUT: mark("no answer in time"),
    Reason.HOST_UNREACHABLE: mark("the network says it cannot be reached"),
    Reason.TTL_EXCEEDED: mark("packets go round in a circle"),
    Reason.PACKET_LOSS: mark("packets are lost"),
    Reason.TLS_HANDSHAKE: mark("secure connection failed"),
    Reason.TLS_EXPIRED: mark("certificate expired"),
    Reason.TLS_NAME_MISMATCH: mark("certificate made out to another name"),
    Reason.TLS_UNTRUSTED: mark("certificate not trusted"),
    Reason.TLS_EXPIRES_SOON: mark("certificate expires soon"),
    Reason.STATUS: mark("unexpected HTTP status"),
    Reason.BODY: mark("unexpected page content"),
    Reason.HEADER: mark("unexpected HTTP header"),
    Reason.SCHEME: mark("secure connection where none was expected, or the reverse"),
    Reason.VERSION: mark("unexpected HTTP version"),
    Reason.TOO_LARGE: mark("answer too large"),
    Reason.SLOW: mark("answer too slow"),
    Reason.MAINTENANCE_SEEN: mark("the page says maintenance"),
    Reason.RESPONSE: mark("unexpected answer"),
    Reason.RCODE: mark("the name server reports an error"),
    Reason.PROTOCOL: mark("answer breaks the protocol"),
    Reason.REDIRECT_LOOP: mark("endless redirects"),
    Reason.RESET: mark("connection cut"),
    Reason.GARBAGE: mark("unreadable answer"),
    Reason.OID_LOOP: mark("SNMP agent repeats itself endlessly"),
    Reason.AGENT_ERROR: mark("error reported by the SNMP agent"),
    Reason.PARTIAL: mark("incomplete answer"),
    Reason.AUTHENTICATION: mark("authentication refused"),
    Reason.REBOOT: mark("device restarted"),
    Reason.PARENT_DOWN: mark("cut off by a failure upstream"),
    Reason.AGENT_SILENT: mark("SNMP agent silent, the device answers otherwise"),
    Reason.OTHER: mark("another reason"),
    Reason.CREDENTIAL: mark("credential missing"),
    Reason.FORBIDDEN: mark("not allowed to be asked"),
    Reason.PROXY: mark("failure of the proxy"),
    Reason.PERMISSION: mark("a right is missing on the monitoring host"),
    Reason.NO_SOCKET: mark("no network socket on the monitoring host"),
    Reason.OVERLOAD: mark("monitoring overloaded"),
    Reason.NOT_POLLED: mark("not polled"),
    Reason.BLIND: mark("the monitoring host itself was cut off"),
    Reason.INTERNAL: mark("internal error of the monitoring"),
}

STEP_WORDS: dict[Step, str] = {
    Step.DETECTED: mark("detected"),
    Step.NOTIFIED: mark("provider notified"),
    Step.STARTED: mark("intervention started"),
    Step.PAUSED: mark("clocks paused"),
    Step.RESUMED: mark("clocks resumed"),
    Step.WORKAROUND: mark("workaround in place"),
    Step.RESTORED: mark("service restored"),
    Step.ACKNOWLEDGED: mark("acknowledged"),
    Step.NOTED: mark("note"),
    Step.MERGED: mark("part of"),
    Step.SPLIT: mark("split off"),
    Step.RECOVERED: mark("works again"),
    Step.FLAPPING: mark("flapping"),
    Step.STEADY: mark("steady again"),
    Step.CLOSED: mark("closed"),
}

POLICY_KEY_WORDS: dict[str, str] = {
    "maintenance": mark("Planned works"),
    "degraded": mark("Degraded service"),
    "unreachable": mark("Service cut off by a failure upstream"),
    "unknown": mark("State unknown, the monitoring could not look"),
    "no_data": mark("Monitoring stopped, or not begun"),
}
"""What the answers of a policy (``netmon.sla.policy``) are about."""

POLICY_ANSWER_WORDS: dict[str, str] = {
    "excluded": mark("left out of the calculation: neither available nor unavailable"),
    "up": mark("counted as available"),
    "down": mark("counted as unavailable"),
    "counted": mark("counted as what was observed meanwhile"),
    "carry": mark("counted as the last state seen before"),
}

FAMILY_WORDS: dict[str, str] = {
    "network": mark("Network"),
    "web": mark("Online services"),
    "ticketing": mark("Ticketing"),
    "wifi": mark("Wi-Fi"),
    "schools": mark("Schools"),
    "energy": mark("Energy"),
    "consultation": mark("Citizen consultation"),
}

SITE_KIND_WORDS: dict[SiteKind, str] = {
    SiteKind.TOWN_HALL: mark("Town hall"),
    SiteKind.SCHOOL: mark("School"),
    SiteKind.LIBRARY: mark("Library"),
    SiteKind.MEDIA_LIBRARY: mark("Media library"),
    SiteKind.POOL: mark("Swimming pool"),
    SiteKind.TRAM: mark("Tram ticketing"),
    SiteKind.DEPOT: mark("Depot"),
    SiteKind.DATA_CENTRE: mark("Data centre"),
    SiteKind.OTHER: mark("Other"),
}

ROLE_WORDS: dict[Role, str] = {
    Role.CORE_ROUTER: mark("Core router"),
    Role.DISTRIBUTION_ROUTER: mark("Distribution router"),
    Role.ACCESS_SWITCH: mark("Access switch"),
    Role.FIREWALL: mark("Firewall"),
    Role.UPS: mark("Uninterruptible power supply"),
    Role.WIFI_CONTROLLER: mark("Wi-Fi controller"),
    Role.SERVER: mark("Server"),
    Role.OTHER: mark("Other"),
}

PARTY_WORDS: dict[Party, str] = {
    Party.OPERATOR: mark("Operator"),
    Party.METROPOLE: mark("Métropole"),
    Party.COMMUNE: mark("Commune"),
    Party.THIRD_PARTY: mark("Third party"),
    Party.FORCE_MAJEURE: mark("Force majeure"),
}

_BY_NAME: dict[str, str] = {
    **{str(reason): words for reason, words in REASON_WORDS.items()},
    **FAMILY_WORDS,
    **{str(kind): words for kind, words in SITE_KIND_WORDS.items()},
}


def words_of(name: str, translate: Callable[[str], str]) -> str:
    """A reason, family or kind of site in words; anything else (the text of a correction, a family of the operator's
    own) as it stands."""
    return translate(_BY_NAME[name]) if name in _BY_NAME else name


def detail_beside(name: str, detail: str) -> str:
    """The detail of a failure where it is told beside its reason: nothing, if it says the same."""
    return "" if detail == _BY_NAME.get(name) else detail
