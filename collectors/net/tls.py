"""TLS: contexts made once per distinct setting, handshakes under a deadline, and what they tell of the server."""

import ssl
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from socket import socket

from collectors.net.certificates import Certificate, sent_chain, verified_chain
from collectors.net.connect import wake_on_abort
from collectors.net.contexts import Contexts
from collectors.net.deadline import Deadline
from netmon.errors import CollectError
from netmon.settings import TlsSettings


@dataclass(slots=True)
class TlsFacts:
    """What a handshake told: ``sent`` are the server's certificates, also when they were refused; ``verified`` the
    chain up to the authority, empty when nothing was verified."""

    version: str = ""
    cipher: str = ""
    sent: tuple[Certificate, ...] = ()
    verified: tuple[Certificate, ...] = field(default=())

    @property
    def first_to_expire(self) -> Certificate | None:
        """The certificate sent that ends first."""
        return min(self.sent, key=lambda certificate: certificate.not_after, default=None)


@dataclass(frozen=True, slots=True)
class Handshaker:
    """Begins TLS on connections of one poll. ``say`` takes its steps, each certificate where ``verbose``."""

    contexts: Contexts
    deadline: Deadline
    say: Callable[[str], None]
    verbose: bool = False
    alpn: tuple[str, ...] = ()

    def secure(
        self, connection: socket, name: str, settings: TlsSettings, facts: TlsFacts,
        again: Callable[[], socket] | None = None,
    ) -> ssl.SSLSocket:  # fmt: skip
        """Shake hands as ``name``; ``connection`` belongs to the result from here on, and is closed on failure.

        Facts of a certificate that cannot be verified come from a second handshake on a connection that ``again``
        makes, ready for TLS; nothing is asked over it.

        Raises:
            OSError: the handshake failed, or was not finished before the deadline.
            CollectError: a file that ``settings`` name cannot be used.
        """
        try:
            context = self.contexts.get(settings, self.alpn)
        except CollectError:
            connection.close()
            raise
        try:
            secured = start_tls(connection, context, name, self.deadline)
        except ssl.SSLCertVerificationError:
            if again is not None:
                self._look_again(again, name, settings, facts)
            raise
        self._learn(secured, facts)
        return secured

    def _look_again(self, again: Callable[[], socket], name: str, settings: TlsSettings, facts: TlsFacts) -> None:
        try:
            context = self.contexts.blind(settings, self.alpn)
            with start_tls(again(), context, name, self.deadline) as secured:
                self._learn(secured, facts)
        except (OSError, CollectError) as error:
            self.say(f"no second look at the certificate: {type(error).__name__}")

    def _learn(self, secured: ssl.SSLSocket, facts: TlsFacts) -> None:
        for line in learn(secured, facts, verbose=self.verbose):
            self.say(line)


def learn(secured: ssl.SSLSocket | ssl.SSLObject, facts: TlsFacts, *, verbose: bool) -> Iterator[str]:
    """Take in what a finished handshake tells; the lines say it to people, each certificate where ``verbose``."""
    cipher = secured.cipher()
    facts.version, facts.cipher = secured.version() or "", cipher[0] if cipher else ""
    facts.sent, facts.verified = sent_chain(secured), verified_chain(secured)
    yield f"TLS {facts.version} {facts.cipher}"
    for certificate in facts.sent if verbose else ():
        yield (
            f"certificate {certificate.subject} for {', '.join(certificate.names) or 'no name'}, "
            f"issued by {certificate.issuer}, expires {certificate.expiry}"
        )


def start_tls(connection: socket, context: ssl.SSLContext, name: str, deadline: Deadline) -> ssl.SSLSocket:
    """Shake hands as ``name``; ``connection`` belongs to the result from here on, and is closed on failure.

    Raises:
        OSError: as ``ssl`` raises it; TimeoutError at the deadline.
    """
    try:
        wrapped = context.wrap_socket(connection, server_hostname=name or None, do_handshake_on_connect=False)
    except BaseException:
        connection.close()
        raise
    try:
        wrapped.settimeout(deadline.remaining())
        wake_on_abort(wrapped, deadline)
        wrapped.do_handshake()
    except BaseException:
        with suppress(OSError):
            wrapped.close()
        raise
    return wrapped
