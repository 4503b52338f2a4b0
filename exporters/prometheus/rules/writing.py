"""Rule files as text. One source for both languages: ``summary``, ``description`` and ``runbook`` are in the language
asked for, and once more in every other one, as ``summary_en`` and so on."""

import json
from collections.abc import Iterator

from exporters.prometheus.rules.alerting import ALERTS, Alert
from exporters.prometheus.rules.recording import RECORDINGS, Recording
from netmon.i18n import LANGUAGES, translator

HEAD = """\
# {what} on netmon's metrics, made by 'netmon grafana export' (language: {language}). Your own go into another file:
# this one is overwritten.
groups:
  - name: {name}
    rules:
"""


def recordings_file(language: str) -> str:
    """The recording rules."""
    head = HEAD.format(what="Recording rules", language=language, name="netmon-recording")
    return head + "".join(line for each in RECORDINGS for line in _recording(each))


def alerts_file(language: str) -> str:
    """The alerting rules.

    Raises:
        UsageError: no such language.
    """
    head = HEAD.format(what="Alerting rules", language=language, name="netmon-alerts")
    return head + "".join(line for each in ALERTS for line in _alert(each, language))


def _recording(rule: Recording) -> Iterator[str]:
    yield f"      - record: {rule.record} # {rule.why}\n"
    yield from _expression(rule.expr)


def _alert(rule: Alert, language: str) -> Iterator[str]:
    yield f"      - alert: {rule.name}\n"
    yield from _expression(rule.expr)
    if rule.lasts != "0m":
        yield f"        for: {rule.lasts}\n"
    if rule.keeps:
        yield f"        keep_firing_for: {rule.keeps}\n"
    yield f"        labels:\n          severity: {rule.severity}\n        annotations:\n"
    texts = {"summary": rule.summary, "description": rule.description, "runbook": rule.runbook}
    for each in (language, *(other for other in LANGUAGES if other != language)):
        translate, suffix = translator(each), "" if each == language else f"_{each}"
        for name, text in texts.items():
            yield f"          {name}{suffix}: {json.dumps(translate(text), ensure_ascii=False)}\n"


def _expression(text: str) -> Iterator[str]:
    if "\n" not in text:
        yield f"        expr: {json.dumps(text) if text.startswith('(') else _plain(text)}\n"
        return
    yield "        expr: |\n"
    yield from (f"          {line}\n" for line in text.splitlines())


def _plain(text: str) -> str:
    """As it is where YAML takes it for one string, else in quotes."""
    return text if not set(text) & set(":#{}[]'\"") else json.dumps(text, ensure_ascii=False)
