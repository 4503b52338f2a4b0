"""Dynamic filters of modules: of some columns only the rows are wanted that another column chooses.

Where few rows are chosen they are asked for one by one; else the column is walked and the others are left out. A filter
whose own column could not be read chooses everything.
"""

from collections.abc import Iterable, Sequence

from collectors.snmp.contract import Column, ColumnResult, Engine, Rows, Session, SnmpError, Value
from collectors.snmp.plan import Rule
from collectors.snmp.texts import text
from netmon.conventions import Reason

_LOCAL = frozenset({Reason.OID_LOOP, Reason.AGENT_ERROR})
"""Failures of a column that say nothing of the others."""


class Filters:
    """The filters of one check, and what their columns said last."""

    def __init__(self, rules: Sequence[Rule] = ()) -> None:
        self._rules = rules
        self._rows: dict[bytes, Rows] = {}

    def through(self, engine: Engine) -> Engine:
        """``engine``, asking only for what is wanted."""
        return _Filtering(engine, self) if self._rules else engine

    def is_target(self, column: Column) -> bool:
        """Whether rows of the column are chosen."""
        return any(column.prefix in rule.targets for rule in self._rules)

    def sources(self, columns: Sequence[Column]) -> list[Column]:
        """The columns that choose, as far as they are asked for anyway or needed for ``columns``."""
        asked = {column.prefix for column in columns}
        needed = [
            rule.column
            for rule in self._rules
            if rule.column.prefix in asked or (rule.targets & asked and rule.column.prefix not in self._rows)
        ]
        return list({column.prefix: column for column in needed}.values())

    def take(self, column: Column, result: ColumnResult) -> None:
        """What a choosing column said."""
        if result.failure is None:
            self._rows[column.prefix] = result.rows
        else:
            self._rows.pop(column.prefix, None)

    def wanted(self, column: Column) -> tuple[frozenset[bytes], int] | None:
        """The rows of a target all its filters choose, and of how many; None: all."""
        chosen: list[frozenset[bytes]] = []
        among = 0
        for rule in self._rules:
            rows = self._rows.get(rule.column.prefix)
            if column.prefix in rule.targets and rows is not None:
                chosen.append(frozenset(index for index, value in rows.items() if _matches(rule, value)))
                among = max(among, len(rows))
        return (chosen[0].intersection(*chosen), among) if chosen else None


def _matches(rule: Rule, value: Value) -> bool:
    said = text(value, "DisplayString")
    return any(pattern.search(said) for pattern in rule.patterns)


class _Filtering:
    """``contract.Engine`` with filters before it."""

    def __init__(self, engine: Engine, filters: Filters) -> None:
        self._engine = engine
        self._filters = filters

    async def start(self) -> None:
        await self._engine.start()

    async def stop(self) -> None:
        await self._engine.stop()

    async def get(self, session: Session, oids: Sequence[bytes]) -> dict[bytes, Value]:
        return await self._engine.get(session, oids)

    async def walk(self, session: Session, columns: Sequence[Column]) -> list[ColumnResult]:
        sources = self._filters.sources(columns)
        results = await self._walked(session, sources)
        for column in sources:
            self._filters.take(column, results[column.prefix])
        gone = next((one.failure for one in results.values() if one.failure and one.failure.reason not in _LOCAL), None)
        if gone is not None:  # whoever fell silent is not asked again
            return [results.get(column.prefix) or ColumnResult({}, gone) for column in columns]
        rest = [column for column in columns if column.prefix not in results]
        single = {column.prefix: rows for column in rest if (rows := self._few(column)) is not None}
        results |= await self._walked(session, [column for column in rest if column.prefix not in single])
        results |= await self._got(session, single)
        return [self._restricted(column, results[column.prefix]) for column in columns]

    async def _walked(self, session: Session, columns: Sequence[Column]) -> dict[bytes, ColumnResult]:
        found = await self._engine.walk(session, columns) if columns else []
        return {column.prefix: result for column, result in zip(columns, found, strict=True)}

    def _few(self, column: Column) -> Iterable[bytes] | None:
        """The rows to ask for one by one; None: the column is walked."""
        wanted = self._filters.wanted(column)
        return wanted[0] if wanted is not None and 2 * len(wanted[0]) <= wanted[1] else None

    async def _got(self, session: Session, single: dict[bytes, Iterable[bytes]]) -> dict[bytes, ColumnResult]:
        names = {prefix + index: (prefix, index) for prefix, indexes in single.items() for index in sorted(indexes)}
        results = {prefix: ColumnResult({}) for prefix in single}
        if not names:
            return results
        try:
            values = await self._engine.get(session, list(names))
        except SnmpError as error:
            return {prefix: ColumnResult({}, error.failure) for prefix in single}
        for name, value in values.items():
            prefix, index = names[name]
            results[prefix].rows[index] = value
        return results

    def _restricted(self, column: Column, result: ColumnResult) -> ColumnResult:
        wanted = self._filters.wanted(column)
        if wanted is None:
            return result
        rows = {index: value for index, value in result.rows.items() if index in wanted[0]}
        return ColumnResult(rows, result.failure)
