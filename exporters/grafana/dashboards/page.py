"""A dashboard around its panels: layout, variables, links, annotations; the same in every language."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from grafana_foundation_sdk.models import dashboard as model
from grafana_foundation_sdk.models import prometheus as promql

from exporters.grafana.dashboards.kit import SOURCE
from netmon.conventions import Metric
from netmon.i18n import translator

NAMES = ("metropole", "commune", "node", "web", "sla", "netmon")
"""Every dashboard, in the order of the menu."""
NETMON_URL = "http://127.0.0.1:8730"
"""Where the shipped dashboards look for netmon's own pages: the default of ``web.listen``."""
_WIDTH = 24

Texts = Callable[[str], str]


def uid_of(name: str, language: str) -> str:
    """The fixed identifier of a dashboard: links and provisioning rely on it."""
    return f"netmon-{name}-{language}"


def link_to(name: str, language: str, *variables: str) -> str:
    """The address of a dashboard with data source, job and time range kept; ``variables`` are ``name=value``."""
    kept = ("${datasource:queryparam}", "${job:queryparam}", "${__url_time_range}")
    chosen = (f"var-{each}" for each in variables)
    return f"/d/{uid_of(name, language)}?{'&'.join((*chosen, *kept))}"


@dataclass(frozen=True, slots=True)
class Variable:
    """A choice above the panels: the values of a label, that of its name if not said, among the series of ``selector``.

    When all are meant, series without the label are too: a web site has no device. Without ``everything`` the first is
    chosen until somebody does, and all cannot be: where that would ask for the interfaces of a whole métropole.
    """

    name: str
    title: str
    selector: str
    label: str = ""
    everything: bool = True

    @property
    def query(self) -> str:
        """The question to Prometheus."""
        return f"label_values({self.selector}, {self.label or self.name})"


class Page:
    """One dashboard being put together: panels are laid out from left to right, row after row."""

    def __init__(self, name: str, language: str) -> None:
        self.name, self.language = name, language
        self.text: Texts = translator(language)
        self._panels: list[model.Panel | model.RowPanel] = []
        self._folded: model.RowPanel | None = None
        self._x = self._y = self._tall = 0
        self._below = 0  # the row under a folded one: its panels take no room until it is opened
        self._ids = 0

    def row(self, title: str, *, folded: bool = False) -> None:
        """Begin a row; ``folded``: its panels ask for nothing until somebody opens it."""
        self._break()
        if self._folded is not None:
            self._y = self._below
        place = model.GridPos(h=1, w=_WIDTH, x=0, y=self._y)
        row = model.RowPanel(collapsed=folded, title=title, grid_pos=place, id_val=self._next(), panels=[])
        self._panels.append(row)
        self._folded = row if folded else None
        self._y = self._below = self._y + 1

    def add(self, panel: model.Panel, width: int, height: int) -> None:
        """Place a panel of so many 24ths of the width."""
        if self._x + width > _WIDTH:
            self._break()
        panel.id_val = self._next()
        panel.grid_pos = model.GridPos(h=height, w=width, x=self._x, y=self._y)
        self._x += width
        self._tall = max(self._tall, height)
        if self._folded is None:
            self._panels.append(panel)
        else:
            self._folded.panels.append(panel)

    def link(self, name: str, *variables: str) -> str:
        """The address of a sister dashboard."""
        return link_to(name, self.language, *variables)

    def dashboard(self, title: str, description: str, variables: Sequence[Variable]) -> model.Dashboard:
        """The whole."""
        return model.Dashboard(
            uid=uid_of(self.name, self.language),
            title=title,
            description=description,
            tags=["netmon", f"netmon-{self.language}"],
            timezone="browser",
            week_start="monday",
            editable=False,
            graph_tooltip=model.DashboardCursorSync.CROSSHAIR,
            time=model.DashboardDashboardTime(from_val="now-6h", to="now"),
            refresh="1m",
            panels=self._panels,
            templating=model.DashboardDashboardTemplating(list_val=self._variables(variables)),
            annotations=model.AnnotationContainer(list_val=self._annotations(variables)),
            links=self._links(of_communes=any(each.name == "commune" for each in variables)),
        )

    def _break(self) -> None:
        self._y += self._tall
        self._x = self._tall = 0

    def _next(self) -> int:
        self._ids += 1
        return self._ids

    def _variables(self, variables: Sequence[Variable]) -> list[model.VariableModel]:
        _ = self.text
        source = model.VariableModel(
            type_val=model.VariableType.DATASOURCE, name="datasource", label=_("Data source"), query="prometheus"
        )
        job = _choice("job", "Job", f"label_values({Metric.BUILD_INFO.value}, job)", ".+")
        chained = [_choice(each.name, each.title, each.query, ".*" if each.everything else None) for each in variables]
        address = model.VariableModel(
            type_val=model.VariableType.CONSTANT,
            name="netmon",
            label=_("Address of netmon's pages"),
            query=NETMON_URL,
            hide=model.VariableHide.HIDE_VARIABLE,
            current=model.VariableOption(selected=True, text=NETMON_URL, value=NETMON_URL),
            options=[model.VariableOption(selected=True, text=NETMON_URL, value=NETMON_URL)],
        )
        return [source, job, *chained, address]

    def _annotations(self, variables: Sequence[Variable]) -> list[model.AnnotationQuery]:
        """Incidents and planned works as regions, from the series that are there while they last."""
        _ = self.text
        chosen = {variable.name for variable in variables}
        place = "".join(f', {name}=~"${name}"' for name in ("commune", "site") if name in chosen)
        incidents = f'{Metric.INCIDENT_OPEN.value}{{job=~"$job"{place}}}'
        objects = ', object=~"($node)(/.+)?|($site)|[*]"' if "node" in chosen else ""
        works = f'{Metric.MAINTENANCE_ACTIVE.value}{{job=~"$job"{objects}}}'
        return [
            _annotation(_("Incidents"), "red", incidents, "{{object}} · {{incident}}", "{{commune}}", "commune,state"),
            _annotation(_("Planned works"), "purple", works, _("Planned works on {{object}}"), "", "object"),
        ]

    def _links(self, *, of_communes: bool) -> list[model.DashboardLink]:
        _ = self.text
        sisters = model.DashboardLink(
            title=_("netmon dashboards"),
            type_val=model.DashboardLinkType.DASHBOARDS,
            icon="dashboard",
            tags=[f"netmon-{self.language}"],
            as_dropdown=True,
            include_vars=True,
            keep_time=True,
        )
        now = "${netmon}/?commune=${commune:percentencode}" if of_communes else "${netmon}/"
        pages = ((_("netmon: state now"), now), (_("netmon: reports"), "${netmon}/reports/"))
        return [
            sisters,
            *(
                model.DashboardLink(
                    title=title,
                    type_val=model.DashboardLinkType.LINK,
                    icon="external link",
                    url=url,
                    target_blank=True,
                )
                for title, url in pages
            ),
        ]


def _choice(name: str, title: str, query: str, all_value: str | None) -> model.VariableModel:
    """``all_value``: what stands for all; None: one is chosen, or several."""
    return model.VariableModel(
        type_val=model.VariableType.QUERY,
        name=name,
        label=title,
        datasource=SOURCE,
        query={"query": query, "refId": f"variable-{name}", "qryType": 5},
        definition=query,
        refresh=model.VariableRefresh.ON_TIME_RANGE_CHANGED,
        sort=model.VariableSort.NATURAL_ASC,
        multi=True,
        include_all=all_value is not None,
        all_value=all_value,
        current=model.VariableOption(selected=True, text=["All"], value=["$__all"]) if all_value else None,
        options=[],
    )


def _annotation(name: str, color: str, expr: str, title: str, text: str, tags: str) -> model.AnnotationQuery:
    target = promql.Dataquery(expr=expr, ref_id="Anno", interval="60s")
    return model.AnnotationQuery(
        name=name,
        datasource=SOURCE,
        enable=True,
        icon_color=color,
        target=target,
        title_format=title,
        text_format=text,
        tag_keys=tags,
    )
