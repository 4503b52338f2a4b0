"""How ``netmon probe`` shows what it asked."""

import dataclasses

from netmon.cli.probe import settings_shown
from netmon.model import Check
from netmon.settings import HttpSettings, Secret, SnmpCredential, SnmpSettings, TlsSettings


def check(settings: HttpSettings | SnmpSettings) -> Check:
    return Check(
        id="c", name="c", collector="http", target="t", commune="", site="", node="", via=(), interval=60_000,
        timeout=5_000, fall=1, rise=1, settings=settings,
    )  # fmt: skip


def test_settings_read_as_in_the_configuration() -> None:
    shown = dict(settings_shown(check(SnmpSettings("192.0.2.1", 161, SnmpCredential("ro", "2c", Secret("hush"))))))
    assert shown["timeout"] == "5 s"
    assert shown["credential"] == "ro (version 2c)"
    assert shown["modules"] == "system, if_mib"


def test_what_is_not_set_is_not_shown_and_a_secret_never_is() -> None:
    web = HttpSettings(
        "https://example.org/",
        headers=(("X-A", "b"), ("Authorization", Secret("hush"))),
        slow=1500,
        connect_to=("192.0.2.7", 8443),
        tls=TlsSettings(ca_file="ca.pem"),
    )
    shown = dict(settings_shown(check(web)))
    assert shown["headers"] == "X-A: b, Authorization: …"
    assert shown["expected_status"] == "2xx"
    assert shown["slow"] == "1.5 s"
    assert shown["connect_to"] == "192.0.2.7:8443"
    assert shown["tls"] == "verify: yes, ca_file: ca.pem, min_days: 14"
    assert "body" not in shown
    assert not {"None", "()", "True"} & set(shown.values())
    only = dict(settings_shown(check(dataclasses.replace(web, expected_status=(200, 301)))))
    assert only["expected_status"] == "200, 301"
