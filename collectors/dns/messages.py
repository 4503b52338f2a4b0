"""Queries and answers as octets: what is asked, and whether what came answers it."""

import struct
from dataclasses import dataclass

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.opcode
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rdtypes.ANY.SOA
import dns.rrset

from netmon.conventions import Reason
from netmon.errors import CollectError
from netmon.settings import DnsSettings

_HEADER = struct.Struct("!HH")
_RESPONSE, _TRUNCATED = 0x8000, 0x0200


class NotAnAnswerError(Exception):
    """What came is no answer to the query; ``str`` says why. ``garbage``: it cannot even be read."""

    def __init__(self, words: str, *, garbage: bool = False) -> None:
        super().__init__(words)
        self.garbage = garbage


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer's code and sections; records are lines ``name\\tttl\\tclass\\ttype\\tdata``, as in a zone file.

    ``serials`` are those of the SOA records answered.
    """

    rcode: str
    answer: tuple[str, ...]
    authority: tuple[str, ...]
    additional: tuple[str, ...]
    options: int
    serials: tuple[int, ...]


class Query:
    """One question with its own id, in octets."""

    def __init__(self, settings: DnsSettings) -> None:
        try:
            # Without EDNS, as blackbox_exporter: an answer over UDP has 512 octets, beyond which it is cut off.
            self._message = dns.message.make_query(
                dns.name.from_text(settings.query),
                dns.rdatatype.from_text(settings.query_type),
                dns.rdataclass.from_text(settings.query_class),
                use_edns=False,
                flags=dns.flags.RD if settings.recursion else 0,
            )
            self.wire = self._message.to_wire()
        except (dns.exception.DNSException, UnicodeError, ValueError):
            raise CollectError(Reason.INTERNAL, "the name, type or class of this check's query is none") from None

    def read(self, wire: bytes) -> Answer | None:
        """The answer in ``wire``; None: one that says that it is cut off.

        Raises:
            NotAnAnswerError: it is none, or not to this query.
        """
        return None if self._is_cut_off(wire) else self._whole(wire)

    def _is_cut_off(self, wire: bytes) -> bool:
        if len(wire) < 12:
            raise NotAnAnswerError(f"{len(wire)} octets are no DNS message", garbage=True)
        identifier, flags = _HEADER.unpack_from(wire)
        if identifier != self._message.id:
            raise NotAnAnswerError("it has another id than the query")
        if not flags & _RESPONSE:
            raise NotAnAnswerError("it is a query itself")
        return bool(flags & _TRUNCATED)

    def _whole(self, wire: bytes) -> Answer:
        try:
            message = dns.message.from_wire(wire, one_rr_per_rrset=True, ignore_trailing=True)
        except (dns.exception.DNSException, ValueError, IndexError, struct.error) as error:
            words = " ".join(str(error).split()) or type(error).__name__
            raise NotAnAnswerError(f"it cannot be read: {words}", garbage=True) from error
        failed = message.rcode() != dns.rcode.NOERROR
        # Servers that do not understand a query need not repeat it (RFC 1035, 4.1.1).
        if message.question != self._message.question and (message.question or not failed):
            raise NotAnAnswerError("it answers another question")
        return Answer(
            dns.rcode.to_text(message.rcode()),
            _lines(message.answer),
            _lines(message.authority),
            _lines(message.additional),
            int(message.opt is not None),
            tuple(
                record.serial
                for rrset in message.answer
                for record in rrset
                if isinstance(record, dns.rdtypes.ANY.SOA.SOA)
            ),
        )


def _lines(section: list[dns.rrset.RRset]) -> tuple[str, ...]:
    return tuple(
        f"{rrset.name}\t{rrset.ttl}\t{dns.rdataclass.to_text(rrset.rdclass)}\t"
        f"{dns.rdatatype.to_text(rrset.rdtype)}\t{record.to_text(chunksize=0)}"
        for rrset in section
        for record in rrset
    )
