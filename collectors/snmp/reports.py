"""What the counters that agents report say of a refused SNMPv3 request, in words an operator can act on."""

from enum import StrEnum
from typing import Final

from collectors.snmp.contract import Failure, Session
from netmon.ber import encode_oid
from netmon.conventions import Reason
from netmon.settings import SnmpCredential


class Report(StrEnum):
    """A counter of RFC 3414, section 5, RFC 3412, section 5, or RFC 3413, section 4.1.2."""

    UNSUPPORTED_LEVEL = "usmStatsUnsupportedSecLevels"
    NOT_IN_TIME_WINDOW = "usmStatsNotInTimeWindows"
    UNKNOWN_USER = "usmStatsUnknownUserNames"
    UNKNOWN_ENGINE = "usmStatsUnknownEngineIDs"
    WRONG_DIGEST = "usmStatsWrongDigests"
    DECRYPTION = "usmStatsDecryptionErrors"
    UNKNOWN_MODEL = "snmpUnknownSecurityModels"
    INVALID_MESSAGE = "snmpInvalidMsgs"
    UNKNOWN_PDU_HANDLER = "snmpUnknownPDUHandlers"
    UNAVAILABLE_CONTEXT = "snmpUnavailableContexts"
    UNKNOWN_CONTEXT = "snmpUnknownContexts"


_OIDS: Final = {
    Report.UNSUPPORTED_LEVEL: "1.3.6.1.6.3.15.1.1.1",
    Report.NOT_IN_TIME_WINDOW: "1.3.6.1.6.3.15.1.1.2",
    Report.UNKNOWN_USER: "1.3.6.1.6.3.15.1.1.3",
    Report.UNKNOWN_ENGINE: "1.3.6.1.6.3.15.1.1.4",
    Report.WRONG_DIGEST: "1.3.6.1.6.3.15.1.1.5",
    Report.DECRYPTION: "1.3.6.1.6.3.15.1.1.6",
    Report.UNKNOWN_MODEL: "1.3.6.1.6.3.11.2.1.1",
    Report.INVALID_MESSAGE: "1.3.6.1.6.3.11.2.1.2",
    Report.UNKNOWN_PDU_HANDLER: "1.3.6.1.6.3.11.2.1.3",
    Report.UNAVAILABLE_CONTEXT: "1.3.6.1.6.3.12.1.4",
    Report.UNKNOWN_CONTEXT: "1.3.6.1.6.3.12.1.5",
}
_BY_NAME: Final = {encode_oid(oid): report for report, oid in _OIDS.items()}


def reported(name: bytes) -> Report | None:
    """The counter an encoded identifier stands for, with or without instance; None: one that nobody defined."""
    return _BY_NAME.get(name) or _BY_NAME.get(name[:-1])


def refusal(session: Session, report: Report) -> Failure:
    """The agent refuses our requests and said by which counter."""
    why = _why(report, session.settings.credential)
    return refused_credential(session, f"{why} ({report.value})")


def refused_credential(session: Session, why: str) -> Failure:
    """The agent refuses our requests."""
    name = session.settings.credential.name
    return Failure(Reason.AUTHENTICATION, f"{session.agent} refuses the credential '{name}': {why}")


def level(credential: SnmpCredential) -> str:
    """The security level a credential asks for, as RFC 3411 calls it."""
    if credential.auth_protocol is None:
        return "noAuthNoPriv"
    return "authNoPriv" if credential.priv_protocol is None else "authPriv"


_WHY: Final = {
    Report.UNKNOWN_USER: "it has no user of that name",
    Report.WRONG_DIGEST: "wrong authentication password, or not {auth} for this user",
    Report.DECRYPTION: "wrong privacy password, or not {priv} for this user",
    Report.UNSUPPORTED_LEVEL: "the user is not set up for {level}",
    Report.NOT_IN_TIME_WINDOW: "however often we set our clock by its own, it finds it wrong",
    Report.UNKNOWN_ENGINE: "engine discovery never ends, it denies the engine id it told us",
    Report.UNAVAILABLE_CONTEXT: "it has no context '{context}'",
    Report.UNKNOWN_CONTEXT: "it has no context '{context}'",
}
_OTHER: Final = "it does not take messages of the user-based security model"


def _why(report: Report, credential: SnmpCredential) -> str:
    return _WHY.get(report, _OTHER).format(
        auth=credential.auth_protocol,
        priv=credential.priv_protocol,
        level=level(credential),
        context=credential.context,
    )
