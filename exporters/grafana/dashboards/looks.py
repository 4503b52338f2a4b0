"""How values look: units, colours, words, what is said when there is nothing; as data, and as the SDK's models."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from grafana_foundation_sdk.models import dashboard as model

Override: TypeAlias = model.DashboardFieldConfigSourceOverrides
Steps: TypeAlias = Sequence[tuple[float | None, str]]
Words: TypeAlias = Mapping[str, tuple[str, str]]
"""Text and colour by value."""

GOOD, NOTE, WARN, BAD, PLAIN, GREY = "green", "yellow", "orange", "red", "blue", "text"
NEUTRAL: Steps = ((None, PLAIN),)


@dataclass(frozen=True, slots=True)
class Query:
    """PromQL, and what its series are called; in a table, the title of its column."""

    expr: str
    legend: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """How values are shown. ``steps``: colours from values on; ``nothing`` is said when there are no series."""

    unit: str = "none"
    decimals: int | None = None
    low: float | None = None
    high: float | None = None
    steps: Steps = NEUTRAL
    words: Words = field(default_factory=dict)
    nothing: str | None = None
    links: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """How one column of a table looks: of a label, or of the query whose ``legend`` is its title.

    ``fill``: its texts are painted; ``gauge``: its values are bars.
    """

    title: str
    look: Look = field(default_factory=Look)
    label: str | None = None
    fill: bool = False
    gauge: bool = False
    width: int | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """What is different about series whose name matches: another name, a colour, drawn below zero."""

    pattern: str
    title: str | None = None
    color: str | None = None
    mirrored: bool = False
    dashed: bool = False


def field_look(look: Look) -> model.FieldConfig:
    """The look as the defaults of a panel."""
    return model.FieldConfig(
        unit=look.unit,
        decimals=look.decimals,
        min_val=look.low,
        max_val=look.high,
        no_value=look.nothing,
        thresholds=_thresholds(look.steps),
        color=model.FieldColor(mode=model.FieldColorModeId.THRESHOLDS),
        mappings=[_mapping(look.words)] if look.words else None,
        links=[_link(title, url) for title, url in look.links] or None,
    )


def _thresholds(steps: Steps) -> model.ThresholdsConfig:
    return model.ThresholdsConfig(
        mode=model.ThresholdsMode.ABSOLUTE, steps=[model.Threshold(value=value, color=color) for value, color in steps]
    )


def _mapping(words: Words) -> model.ValueMap:
    return model.ValueMap(
        options={
            value: model.ValueMappingResult(text=text, color=color, index=place)
            for place, (value, (text, color)) in enumerate(words.items())
        }
    )


def _link(title: str, url: str) -> model.DashboardLink:
    return model.DashboardLink(title=title, type_val=model.DashboardLinkType.LINK, url=url)


def _override(matcher: str, options: str, properties: Mapping[str, object]) -> Override:
    return Override(
        matcher=model.MatcherConfig(id_val=matcher, options=options),
        properties=[model.DynamicConfigValue(id_val=name, value=value) for name, value in properties.items()],
    )


def series_override(series: Series) -> Override:
    properties: dict[str, object] = {}
    if series.title is not None:
        properties["displayName"] = series.title
    if series.color is not None:
        properties["color"] = {"mode": "fixed", "fixedColor": series.color}
    if series.mirrored:
        properties["custom.transform"] = "negative-Y"
    if series.dashed:
        properties["custom.lineStyle"] = {"fill": "dash", "dash": [8, 6]}
        properties["custom.fillOpacity"] = 0
    return _override("byRegexp", f"/{series.pattern}/", properties)  # without slashes Grafana wants all of the name


def column_override(column: Column) -> Override:
    look = column.look
    properties: dict[str, object] = {
        "unit": look.unit,
        "thresholds": _plain(_thresholds(look.steps)),
        "noValue": "–",  # in a cell; what the table says when it has no row is not repeated in each
    }
    if look.decimals is not None:
        properties["decimals"] = look.decimals
    properties |= {name: bound for name, bound in (("min", look.low), ("max", look.high)) if bound is not None}
    if look.words:
        properties["mappings"] = [_plain(_mapping(look.words))]
    if look.links:
        properties["links"] = [{"title": title, "url": url} for title, url in look.links]
    if column.fill:
        properties["custom.cellOptions"] = {"type": "color-text"}
    if column.gauge:
        properties["custom.cellOptions"] = {"type": "gauge", "mode": "basic", "valueDisplayMode": "text"}
    if column.width:
        properties["custom.width"] = column.width
    return _override("byName", column.title, properties)


def _plain(value: Any) -> Any:
    """A model as what JSON knows."""
    if hasattr(value, "to_json"):
        return _plain(value.to_json())
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value
