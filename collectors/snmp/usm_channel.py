"""SNMPv3 with the user-based security model, as the asking side (RFC 3412, RFC 3414).

An agent is met by discovery: an empty message that it answers with its engine id, boots and time. What it says there
proves nothing, so it is kept beyond the poll only when an answer under its keys has come. A report that our time is
wrong is believed when it is signed: it answers a message id nobody could know, so it cannot be an old one, and boots or
time may also have gone back (a device reset, a clock set), where RFC 3414, section 3.2, step 7b, would never talk to
the agent again.
"""

import time

from collectors.snmp.codec import read_varbinds
from collectors.snmp.contract import Failure, Session, Stamp
from collectors.snmp.crypto import Keys
from collectors.snmp.exchange import Asker, Question
from collectors.snmp.messages import V3, Reply, encode_pdu
from collectors.snmp.reports import Report, refusal, refused_credential, reported
from collectors.snmp.sealed import (
    AUTH,
    PRIV,
    Sealed,
    blanked,
    clock_of,
    decode_scoped,
    encode_scoped,
    encode_sealed,
)
from collectors.snmp.transport import RefusedError, Request, Transport, UntrustedError
from collectors.snmp.usm import Agent, Usm
from netmon.ber import GET_REQUEST, REPORT, BerError
from netmon.conventions import Reason
from netmon.errors import CollectError

_ROUNDS = 3
"""Times a question is asked anew because of what reports say."""


class UsmChannel:
    """``exchange.Channel`` of SNMPv3.

    Raises:
        CollectError: the credential has no user, is incomplete, or this host refuses its protocols.
    """

    asker: Asker

    def __init__(self, transport: Transport, session: Session, usm: Usm) -> None:
        credential = session.settings.credential
        if not credential.username:
            raise CollectError(Reason.CREDENTIAL, f"credential '{credential.name}' has no username")
        self.request: Request | None = None
        self._transport = transport
        self._session = session
        self._usm = usm
        self._credential = credential
        self._user = credential.username.encode()
        self._context = credential.context.encode()
        self._agent = usm.agents.get(session.address)
        self._is_proven = self._agent is not None
        self._keys = usm.keys(credential, self._agent.engine_id if self._agent else b"")
        self._flags = (AUTH if self._keys.authentication else 0) | (PRIV if self._keys.privacy else 0)
        self._question: Question | None = None
        self._rumour: Stamp | None = None
        self._rounds = 0

    def ask(self, question: Question) -> None:
        """See ``exchange.Channel.ask``."""
        self._question = question
        self._rumour = None
        self._rounds = 0
        if self._agent is None:
            self._discover()
        else:
            self._send(question, self._agent)

    def close(self) -> None:
        """See ``exchange.Channel.close``."""
        if self.request is not None:
            self._transport.cancel(self.request)
            self.request = None

    def _discover(self) -> None:
        request_id = self._transport.new_id()
        scoped = encode_scoped(b"", b"", encode_pdu(GET_REQUEST, request_id, (0, 0), ()))
        message = encode_sealed(request_id, Stamp(b"", 0, 0), b"", Keys(), b"", scoped)
        self.request = Request(
            self._session, request_id, V3, message, "engine discovery", self._discovered, self.asker.fail
        )
        self._transport.submit(self.request)

    def _discovered(self, outcome: Sealed | Failure) -> None:
        question = self._question
        if question is None:
            return
        if isinstance(outcome, Failure):
            self.asker.settle(outcome)
            return
        if outcome.flags:
            raise UntrustedError("a protected answer to engine discovery, which has no keys")
        reply = decode_scoped(outcome.data, outcome.start, outcome.end, len(outcome.data))
        if reply.pdu != REPORT or not outcome.stamp.engine_id:
            raise BerError("engine discovery was answered without an engine id")
        self._log(f"engine discovery: {_shown(outcome.stamp)}")
        self._meet(outcome.stamp)
        self._again(question)

    def _meet(self, stamp: Stamp) -> None:
        self._agent = Agent(stamp)
        self._is_proven = False
        self._keys = self._usm.keys(self._credential, stamp.engine_id)

    def _again(self, question: Question) -> None:
        if self._agent is not None:
            self._send(question, self._agent)

    def _send(self, question: Question, agent: Agent) -> None:
        request_id = self._transport.new_id()
        message = self._message(question, agent, request_id)
        self.request = Request(
            self._session, request_id, V3, message, question.what, self._answered, self.asker.fail, self._retried
        )
        self._transport.submit(self.request)

    def _message(self, question: Question, agent: Agent, request_id: int) -> bytes:
        pdu = encode_pdu(question.kind, request_id, question.fields, question.names)
        stamp = agent.now()
        scoped = encode_scoped(self._credential.context_engine_id or stamp.engine_id, self._context, pdu)
        return encode_sealed(request_id, stamp, self._user, self._keys, self._usm.salts(), scoped)

    def _retried(self, request: Request) -> None:
        question = self.asker.lost()
        if question is not None and self._agent is not None:
            self._question = question
            request.message = self._message(question, self._agent, request.id)
            request.what = question.what

    def _answered(self, outcome: Sealed | Failure) -> None:
        question, request = self._question, self.request
        if question is None or request is None:
            return
        if isinstance(outcome, Failure):
            self._unanswered(question, outcome)
            return
        reply = self._unseal(outcome)
        if reply.pdu == REPORT:
            self._reported(question, outcome, reply)
            return
        if outcome.flags != self._flags:
            raise UntrustedError("it is less protected than the request was")
        if reply.request_id != request.id:
            raise UntrustedError("it answers another request inside than outside")
        self._prove(outcome)
        self._rumour = None
        self.asker.settle(reply)

    def _unanswered(self, question: Question, failure: Failure) -> None:
        rumour, self._rumour = self._rumour, None
        if rumour is None or self._rounds >= _ROUNDS:
            self.asker.settle(self._explained(failure))
            return
        self._rounds += 1
        self._meet(rumour)
        self._again(question)

    def _unseal(self, sealed: Sealed) -> Reply:
        """Verify and decrypt.

        Raises:
            UntrustedError: the digest is not that of the message under the user's key.
            BerError: what is inside cannot be read.
        """
        data, start, end = sealed.data, sealed.start, sealed.end
        if sealed.flags & AUTH:
            self._verify(sealed)
        if sealed.flags & PRIV:
            privacy = self._keys.privacy
            if privacy is None or len(sealed.salt) != 8:
                raise UntrustedError("it is encrypted, but not for us")
            data = privacy.decrypt(data[start:end], clock_of(sealed.stamp), sealed.salt)
            start, end = 0, len(data)
        return decode_scoped(data, start, end, len(sealed.data))

    def _verify(self, sealed: Sealed) -> None:
        authentication = self._keys.authentication
        if authentication is None or self._agent is None:
            raise UntrustedError("it is signed, though nobody agreed on a key")
        if sealed.stamp.engine_id != self._agent.engine_id or sealed.user != self._user:
            raise UntrustedError("it is signed by another engine, or for another user")
        if not authentication.verify(blanked(sealed), sealed.data[sealed.digest : sealed.digest_end]):
            raise UntrustedError("its digest is not that of the credential: forged, altered, or not the agent's")

    def _prove(self, sealed: Sealed) -> None:
        """An answer under the user's keys has come: the agent is the one it said it is.

        Raises:
            UntrustedError: it was, but long ago.
        """
        agent = self._agent
        if agent is None:
            return
        if self._is_proven:
            if self._flags and not agent.hear(sealed.stamp):
                raise UntrustedError(f"its time is over: {_shown(sealed.stamp)}, where {_shown(agent.now())} was due")
        else:
            agent.set(sealed.stamp)
            self._is_proven = True
            self._usm.agents.put(self._session.address, agent)
        self._session.stamp = sealed.stamp

    def _reported(self, question: Question, sealed: Sealed, reply: Reply) -> None:
        """Settle a REPORT: ask again where it tells how, else tell the refusal.

        Raises:
            UntrustedError: it would have to be signed, and is not.
            RefusedError: it is a refusal that anybody could have sent.
            BerError: it reports nothing.
        """
        names = [name for name, _, _ in read_varbinds(reply.data, reply.start, reply.end)]
        if not names:
            raise BerError("a report without a counter")
        report = reported(names[0]) or Report.INVALID_MESSAGE
        self._log(f"report to {question.what}: {report.value}, {_shown(sealed.stamp)}")
        signed = bool(sealed.flags & AUTH)
        refused = refusal(self._session, report)
        if report is Report.NOT_IN_TIME_WINDOW and self._agent is not None and self._rounds < _ROUNDS:
            if self._flags and not signed:
                raise UntrustedError("an unsigned report that our time is wrong")
            self._agent.set(sealed.stamp)
            self._rounds += 1
            self._again(question)
        elif signed:
            self.asker.settle(refused)
        else:
            if report is Report.UNKNOWN_ENGINE and self._agent and sealed.stamp.engine_id != self._agent.engine_id:
                self._rumour = sealed.stamp  # another one answers at this address now, or somebody says so
            raise RefusedError(refused)

    def _explained(self, failure: Failure) -> Failure:
        """Silence after discovery is not that of a device that is down."""
        request = self.request
        if failure.reason is not Reason.TIMEOUT or self._agent is None or request is None:
            return failure
        if self._is_proven:
            # Perhaps its engine id changed and it does not say so: meet it anew at the next poll.
            self._usm.agents.drop(self._session.address)
            return failure
        if time.monotonic() - request.begun < 0.9 * self._session.patience:
            return failure  # discovery has taken the time
        wrong = "privacy password or protocol" if self._flags & PRIV else "user or password" if self._flags else "user"
        why = f"it answers engine discovery but no request: wrong {wrong} or context, which some agents do not tell"
        return refused_credential(self._session, why)

    def _log(self, line: str) -> None:
        if self._session.log is not None:
            self._session.log.append(line)


def _shown(stamp: Stamp) -> str:
    return f"engine id {stamp.engine_id.hex()}, boots {stamp.boots}, time {stamp.time} s"
