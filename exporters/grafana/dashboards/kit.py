"""The kinds of panels dashboards are made of.

The models of grafana-foundation-sdk are filled in directly: every field that reaches the JSON stands here.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from grafana_foundation_sdk.models import bargauge, canvas, common, stat, statetimeline, table, timeseries
from grafana_foundation_sdk.models import dashboard as model
from grafana_foundation_sdk.models import prometheus as promql

from exporters.grafana.dashboards.looks import (
    Column,
    Look,
    Query,
    Series,
    column_override,
    field_look,
    series_override,
)

SOURCE = common.DataSourceRef(type_val="prometheus", uid="${datasource}")
"""Whatever Prometheus is chosen above the panels."""


def time_series(
    title: str,
    description: str,
    queries: Sequence[Query],
    look: Look,
    *,
    stacked: bool = False,
    series: Sequence[Series] = (),
    legend_values: Sequence[str] = ("lastNotNull", "max"),
) -> model.Panel:
    """Lines over time; thresholds are drawn where there is more than one."""
    custom = timeseries.FieldConfig(
        line_width=1,
        fill_opacity=40 if stacked else 8,
        show_points=common.VisibilityMode.NEVER,
        span_nulls=False,
        stacking=common.StackingConfig(
            mode=common.StackingMode.NORMAL if stacked else common.StackingMode.NONE, group="A"
        ),
        thresholds_style=common.GraphThresholdsStyleConfig(
            mode=common.GraphThresholdsStyleMode.DASHED if len(look.steps) > 1 else common.GraphThresholdsStyleMode.OFF
        ),
    )
    options = timeseries.Options(
        legend=common.VizLegendOptions(
            display_mode=common.LegendDisplayMode.TABLE,
            placement=common.LegendPlacement.BOTTOM,
            show_legend=True,
            calcs=list(legend_values),
        ),
        tooltip=common.VizTooltipOptions(mode=common.TooltipDisplayMode.MULTI, sort=common.SortOrder.DESCENDING),
    )
    made = _panel("timeseries", title, description, queries, look, options, custom)
    _config(made).overrides = [series_override(each) for each in series]
    _defaults(made).color = model.FieldColor(mode=model.FieldColorModeId.PALETTE_CLASSIC)
    return made


def number(title: str, description: str, query: Query, look: Look) -> model.Panel:
    """One value, large, painted by its thresholds; as of now, for the last one of some hours would outlive netmon."""
    options = stat.Options(
        graph_mode=common.BigValueGraphMode.NONE,
        color_mode=common.BigValueColorMode.VALUE,
        justify_mode=common.BigValueJustifyMode.AUTO,
        text_mode=common.BigValueTextMode.NAME if query.legend else common.BigValueTextMode.VALUE,
        reduce_options=_last(),
        orientation=common.VizOrientation.AUTO,
    )
    made = _panel("stat", title, description, [query], look, options)
    _at_once(made, promql.PromQueryFormat.TIME_SERIES)
    return made


def bars(title: str, description: str, query: Query, look: Look) -> model.Panel:
    """A bar for each series, as of now, in the order of the query."""
    options = bargauge.Options(
        display_mode=common.BarGaugeDisplayMode.BASIC,
        value_mode=common.BarGaugeValueMode.TEXT,
        name_placement=common.BarGaugeNamePlacement.LEFT,
        sizing=common.BarGaugeSizing.AUTO,
        orientation=common.VizOrientation.HORIZONTAL,
        reduce_options=_last(),
    )
    made = _panel("bargauge", title, description, [query], look, options)
    _at_once(made, promql.PromQueryFormat.TIME_SERIES)
    return made


def timeline(title: str, description: str, queries: Sequence[Query], look: Look) -> model.Panel:
    """A band for each series, painted by its value."""
    options = statetimeline.Options(
        show_value=common.VisibilityMode.NEVER,
        merge_values=True,
        align_value=common.TimelineValueAlignment.LEFT,
        legend=common.VizLegendOptions(
            display_mode=common.LegendDisplayMode.LIST, placement=common.LegendPlacement.BOTTOM, show_legend=True
        ),
        tooltip=common.VizTooltipOptions(mode=common.TooltipDisplayMode.SINGLE),
    )
    return _panel("state-timeline", title, description, queries, look, options, statetimeline.FieldConfig(line_width=0))


def grid(
    title: str, description: str, queries: Sequence[Query], columns: Sequence[Column], *, sort: str, most: bool = False
) -> model.Panel:
    """A table as of now: a row for each set of labels, the columns as listed; what is not listed is hidden.

    ``sort``: the title of the column, its lowest first, or its highest with ``most``. What the first column says
    when there is nothing holds for the table.
    """
    options = table.Options(
        show_header=True,
        cell_height=common.TableCellHeight.SM,
        sort_by=[common.TableSortByFieldState(display_name=sort, desc=most)],
    )
    look = Look(nothing=columns[0].look.nothing)
    made = _panel("table", title, description, queries, look, options, common.TableFieldOptions())
    _at_once(made, promql.PromQueryFormat.TABLE)
    values = [(query.legend, _value_field(place, len(queries))) for place, query in enumerate(queries)]
    fields = [column.label or dict(values)[column.title] for column in columns]
    hidden = ["Time", *(name for _, name in values if name not in fields)]
    arranged = {
        "excludeByName": dict.fromkeys(hidden, True),
        "indexByName": {name: place for place, name in enumerate(fields)},
        "renameByName": {name: column.title for name, column in zip(fields, columns, strict=True)},
    }
    made.transformations = [
        model.DataTransformerConfig(id_val="merge", options={}),
        model.DataTransformerConfig(id_val="organize", options=arranged),
    ]
    _config(made).overrides = [column_override(column) for column in columns]
    return made


def _value_field(place: int, queries: int) -> str:
    """What Grafana calls the values of a table's query."""
    return f"Value #{chr(ord('A') + place)}" if queries > 1 else "Value"


def drawing(
    title: str, description: str, query: Query, look: Look, elements: Sequence[Mapping[str, Any]]
) -> model.Panel:
    """A canvas; ``elements`` as its JSON says them, painted by the series whose names they give."""
    root = canvas.CanvasOptionsRoot(
        name=title, elements=[canvas.CanvasElementOptions.from_json(dict(element)) for element in elements]
    )
    options = canvas.Options(
        inline_editing=False, show_advanced_types=False, pan_zoom=False, infinite_pan=False, root=root
    )
    made = _panel("canvas", title, description, [query], look, options)
    _at_once(made, promql.PromQueryFormat.TIME_SERIES)
    return made


def _panel(
    kind: str,
    title: str,
    description: str,
    queries: Sequence[Query],
    look: Look,
    options: object,
    custom: object = None,
) -> model.Panel:
    defaults = field_look(look)
    defaults.custom = custom
    return model.Panel(
        type_val=kind,
        title=title,
        description=description,
        datasource=SOURCE,
        targets=[_target(query, place) for place, query in enumerate(queries)],
        options=options,
        field_config=model.FieldConfigSource(defaults=defaults, overrides=[]),
    )


def _target(query: Query, place: int) -> promql.Dataquery:
    return promql.Dataquery(
        datasource=SOURCE,
        expr=query.expr,
        legend_format=query.legend or "__auto",
        ref_id=chr(ord("A") + place),
        range_val=True,
        instant=False,
        editor_mode=promql.QueryEditorMode.CODE,
    )


def _at_once(made: model.Panel, form: promql.PromQueryFormat) -> None:
    """Ask for the present only."""
    for target in made.targets or []:
        if isinstance(target, promql.Dataquery):
            target.instant, target.range_val, target.format_val = True, False, form


def _last() -> common.ReduceDataOptions:
    return common.ReduceDataOptions(values=False, calcs=["lastNotNull"])


def _config(made: model.Panel) -> model.FieldConfigSource:
    if made.field_config is None:  # never: _panel sets it
        made.field_config = model.FieldConfigSource()
    return made.field_config


def _defaults(made: model.Panel) -> model.FieldConfig:
    return _config(made).defaults
