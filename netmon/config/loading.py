"""Configuration files into a ``Configuration``, or every problem at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from netmon.alertplan import AlertSettings
from netmon.clock import Millis
from netmon.config.alerts import alert_settings
from netmon.config.blackboxyml import read_probe_files
from netmon.config.build import Builder
from netmon.config.delivery import mail_settings, report_settings
from netmon.config.files import Files, read_all
from netmon.config.names import collect, uplink_circles, wrong_expressions
from netmon.config.sections import read_sections
from netmon.config.snmpyml import read_module_files
from netmon.config.webyml import WebFile, read_web_file
from netmon.config.wrong import Advisor
from netmon.errors import ConfigError, Problem
from netmon.model import Inventory, MaintenanceWindow, RecurringWork
from netmon.probemodules import ProbeLibrary
from netmon.reportplan import MailSettings, ReportSettings
from netmon.settings import SNMP_MODULES, Secret, SeriesLimits, SnmpCredential, TrapSettings, WebAccess
from netmon.snmpmodules import ModuleLibrary

DEFAULT_PATHS = (Path("config/netmon.yml"), Path("/etc/netmon/netmon.yml"))
"""Where the main file is looked for when none is named."""

DEFAULT_DATA_DIR = Path("/var/lib/netmon")
STORE_NAME = "netmon.sqlite"


@dataclass(frozen=True, slots=True)
class WebSettings:
    """Where netmon answers over HTTP; ``probe_allow``: who else than the inventory may be asked on a scraper's behalf.

    ``timeout_offset`` are seconds kept back from the time a scraper says it waits. ``public`` is where everybody is
    answered; None: nowhere. ``access`` is what ``config_file`` said when it was read, ``access_files`` are it and those
    it names.
    """

    host: str
    port: int
    probe_allow: tuple[str, ...] = ()
    timeout_offset: float = 0.5
    public: tuple[str, int] | None = None
    config_file: Path | None = None
    access: WebAccess = field(default_factory=WebAccess)
    access_files: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Configuration:
    """Everything the configuration says, checked. ``source`` is the main file, ``files`` all that were read.

    ``credentials`` are those of SNMP, by name; ``traps`` None: netmon does not listen for traps.
    ``vantage`` are the checks that show whether netmon sees anything at all, by id; none: that is not asked.
    ``snmp_modules`` is what module files say besides the built-in modules, ``probe_modules`` what files of
    blackbox_exporter say; ``notes`` tell what of them cannot be used, ``web_notes`` what of the web configuration file
    has no effect. MIB files in
    ``mib_dirs`` only explain.
    """

    inventory: Inventory
    credentials: Mapping[str, SnmpCredential]
    data_dir: Path
    store: Secret | None
    timezone: str
    language: str
    web: WebSettings
    heartbeat: Millis
    http_threads: int
    maintenance: tuple[MaintenanceWindow, ...]
    source: Path
    files: tuple[Path, ...]
    traps: TrapSettings | None = None
    vantage: tuple[str, ...] = ()
    snmp_modules: ModuleLibrary = field(default_factory=ModuleLibrary)
    wrap_large_counters: bool = True
    probe_modules: ProbeLibrary = field(default_factory=dict)
    notes: tuple[Problem, ...] = ()
    mib_dirs: tuple[Path, ...] = ()
    reports: ReportSettings = field(default_factory=ReportSettings)
    mail: MailSettings | None = None
    recurring: tuple[RecurringWork, ...] = ()
    web_notes: tuple[Problem, ...] = ()
    series_limits: SeriesLimits = field(default_factory=SeriesLimits)
    alerts: AlertSettings = field(default_factory=AlertSettings)

    @property
    def history(self) -> Path | str:
        """Where the history is: a file, or the URL of a database."""
        return self.data_dir / STORE_NAME if self.store is None else self.store.reveal()


def load(path: Path | None = None) -> Configuration:
    """Read and check the configuration; without ``path`` the first of ``DEFAULT_PATHS`` that exists.

    Raises:
        ConfigError: with every problem of every file, in the order of files and lines.
    """
    main = path if path is not None else find()
    return _configuration(main, read_all(main))


def listens(path: Path | None = None) -> tuple[str, int]:
    """Where the daemon listens, for whoever asks it: also while something else is wrong, or is the daemon's alone to
    read, as secrets are.

    Raises:
        ConfigError: there is no main file, or it cannot be read.
    """
    files = read_all(path if path is not None else find())
    if not files.tree:
        raise ConfigError(files.problems)
    return read_sections(files.tree, collect(files.tree), Advisor()).main.web.listen


def _configuration(main: Path, files: Files) -> Configuration:
    advisor = Advisor()
    library = read_module_files(files, advisor)
    probes = read_probe_files(files, advisor)
    names = collect(files.tree)
    names.of("module").update(dict.fromkeys((*SNMP_MODULES, *library.modules), files.tree.mark))
    names.of("probe module").update(dict.fromkeys(probes.library, files.tree.mark))
    sections = read_sections(files.tree, names, advisor)
    builder = Builder(sections, probes.library)
    inventory, maintenance, recurring = builder.inventory(), builder.maintenance(), builder.recurring()
    builder.delivery()
    problems = [*files.problems, *names.problems, *sections.problems, *builder.problems]
    problems += uplink_circles(files.tree)
    problems += wrong_expressions(files.tree, names, advisor)
    web = sections.main.web
    web_file = WebFile() if web.config_file is None else read_web_file(web.config_file, str(web.config_file))
    problems += web_file.problems
    if problems:
        order = {str(file): position for position, file in enumerate(files.paths)}
        raise ConfigError(sorted(set(problems), key=lambda problem: (order.get(problem.file, -1), problem)))
    settings = sections.main
    return Configuration(
        inventory=inventory,
        credentials=builder.credentials,
        data_dir=settings.data_dir or DEFAULT_DATA_DIR,
        store=settings.store,
        timezone=settings.timezone,
        language=settings.language,
        web=WebSettings(
            *web.listen,
            web.probe_allow,
            settings.probe.timeout_offset_seconds,
            web.public_listen,
            web.config_file,
            web_file.access,
            web_file.files,
        ),
        heartbeat=settings.heartbeat,
        http_threads=settings.http.threads,
        maintenance=maintenance,
        recurring=recurring,
        source=main,
        files=tuple(files.paths),
        traps=builder.traps(),
        vantage=tuple(dict.fromkeys(settings.vantage.references)) if settings.vantage else (),
        snmp_modules=library,
        wrap_large_counters=settings.snmp.wrap_large_counters,
        probe_modules=probes.library,
        notes=tuple(probes.notes),
        web_notes=web_file.notes,
        mib_dirs=settings.snmp.mib_dirs,
        reports=report_settings(settings.reports),
        mail=mail_settings(settings.mail, settings.language),
        series_limits=settings.exposition.limits(),
        alerts=alert_settings(settings.alerts, settings.language),
    )


def find() -> Path:
    """The main configuration file where none was named.

    Raises:
        ConfigError: there is none; the problem names the places looked at.
    """
    for path in DEFAULT_PATHS:
        if path.exists():
            return path
    others = " or ".join(str(path) for path in DEFAULT_PATHS)
    raise ConfigError(
        [Problem(str(DEFAULT_PATHS[0]), 1, 1, "", f"no configuration: expected {others}, or a file after -c")]
    )
