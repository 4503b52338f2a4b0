"""netmon's own SNMP engine: GET; ``walk`` has the walks."""

from collections.abc import Sequence

from collectors.snmp import codec, contract
from collectors.snmp.contract import Column, ColumnResult, Failure, Session, SnmpError, Value
from collectors.snmp.exchange import Channel, CommunityChannel, Exchange, Question, named
from collectors.snmp.messages import Reply
from collectors.snmp.transport import Transport
from collectors.snmp.usm import Usm
from collectors.snmp.usm_channel import UsmChannel
from collectors.snmp.walk import Walk
from netmon.ber import GET_BULK_REQUEST, GET_NEXT_REQUEST, GET_REQUEST

_GET_NAMES = 24
"""Identifiers in one GET: what fits 1472 octets with room for their values."""


class NetmonEngine:
    """``contract.Engine`` on shared sockets."""

    def __init__(self) -> None:
        self._transport = Transport()
        self._usm = Usm()

    async def start(self) -> None:
        """Open the sockets.

        Raises:
            CollectError: none can be opened.
        """
        await self._transport.start()

    async def stop(self) -> None:
        """Close the sockets."""
        await self._transport.stop()

    async def get(self, session: Session, oids: Sequence[bytes]) -> dict[bytes, Value]:
        """See ``contract.Engine.get``."""
        return await _Get(self._channel(session), session, oids).run()

    async def walk(self, session: Session, columns: Sequence[Column]) -> list[ColumnResult]:
        """See ``contract.Engine.walk``."""
        kind = GET_NEXT_REQUEST if session.settings.credential.version == "1" else GET_BULK_REQUEST
        return await Walk(self._channel(session), session, columns, kind).run()

    def _channel(self, session: Session) -> Channel:
        if session.settings.credential.version == "3":
            return UsmChannel(self._transport, session, self._usm)
        return CommunityChannel(self._transport, session)


class _Get(Exchange[dict[bytes, Value]]):
    def __init__(self, channel: Channel, session: Session, oids: Sequence[bytes]) -> None:
        super().__init__(channel, session)
        self._values: dict[bytes, Value] = {}
        self._waiting = [list(oids[at : at + _GET_NAMES]) for at in range(0, len(oids), _GET_NAMES)]

    def _next(self) -> None:
        if not self._waiting:
            self._finish(self._values)
            return
        names = self._waiting[0]
        what = "GET" if self._session.log is None else f"GET {named(names)}"
        self._channel.ask(Question(GET_REQUEST, (0, 0), names, what))

    def settle(self, outcome: Reply | Failure) -> None:
        """See ``exchange.Asker.settle``."""
        if isinstance(outcome, Failure):
            self.fail(SnmpError(outcome))
            return
        varbinds = list(codec.read_varbinds(outcome.data, outcome.start, outcome.end))
        self._note(outcome, len(varbinds))
        over = self._session.take(outcome.octets, len(varbinds))
        if outcome.error_status:
            over = over or self._refused(outcome)
        else:
            asked = frozenset(self._waiting[0])
            self._values.update((name, value) for name, _, value in varbinds if value is not None and name in asked)
            del self._waiting[0]
        if over is None:
            self._next()
        else:
            self.fail(SnmpError(over))

    def _refused(self, reply: Reply) -> Failure | None:
        """Ask again for less, where that may help."""
        names = self._waiting[0]
        lacks = reply.error_status == contract.NO_SUCH_NAME
        if lacks and 0 < reply.error_index <= len(names):
            del names[reply.error_index - 1]  # v1 answers for all or for none
        elif lacks and len(names) == 1:
            names.clear()
        elif len(names) > 1 and (lacks or reply.error_status == contract.TOO_BIG):
            half = len(names) // 2
            self._waiting[:1] = [names[:half], names[half:]]
        else:
            return contract.refused(self._session, reply.error_status, f"GET {named(names)}")
        if not self._waiting[0]:
            del self._waiting[0]
        return None
