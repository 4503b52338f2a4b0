"""What certificates say of a target: how long they last, and which one was refused."""

import time

from collectors.net.failures import TargetError, clean
from collectors.net.tls import TlsFacts
from netmon.conventions import Reason
from netmon.settings import TlsSettings

_DAY = 86_400
_ABOUT_CERTIFICATES = frozenset({Reason.TLS_EXPIRED, Reason.TLS_NAME_MISMATCH, Reason.TLS_UNTRUSTED})


def expires_soon(settings: TlsSettings, facts: TlsFacts) -> str:
    """Which certificate has fewer days left than wanted, in words; empty: none, or nobody wants to know."""
    first = facts.first_to_expire
    if not settings.verify or first is None:
        return ""
    days = (first.not_after - time.time()) / _DAY
    if days >= settings.min_days:
        return ""
    return f"certificate {first.subject} expires {first.expiry}, in {days:.1f} days"


def explained(failure: TargetError, facts: TlsFacts) -> str:
    """The failure's detail, with what is known of the certificate where it is about one."""
    if failure.reason not in _ABOUT_CERTIFICATES or not facts.sent:
        return failure.detail
    # Expired may be any of the chain, a wrong or unknown name is the server's own.
    expired = failure.reason is Reason.TLS_EXPIRED
    certificate = facts.first_to_expire if expired else facts.sent[0]
    if certificate is None:
        return failure.detail
    names = ", ".join(certificate.names) or certificate.subject
    return clean(
        f"{failure.detail}: certificate for {names}, issued by {certificate.issuer}, expires {certificate.expiry}"
    )
