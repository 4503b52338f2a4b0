"""Secrets: where they come from, and that nothing shows them."""

import logging
import traceback
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from netmon.config import ConfigError, load
from netmon.config.reference import json_schema
from netmon.settings import SnmpSettings
from tests.config.good import GOOD, OTHER_SECRET, SECRET, changed, problems, read, write

MEND = (
    "a secret is never written here: put it in a file and refer to it as ${file:secrets/NAME}"
    " (or ${env:NAME}, or ${credential:NAME} under systemd)"
)

WRONG = {
    "a literal": (SECRET, MEND),
    "a literal in quotes": (f'"{SECRET}"', MEND),
    "a literal around a reference": (f'"{SECRET}${{file:secret}}"', MEND),
    "a reference of an unknown kind": ('"${vault:secret}"', MEND),
    "a reference to nothing": ('"${file:}"', MEND),
    "a number": ("12345", MEND),
    "no value": ("", "expected a reference to a secret: ${file:…}, ${env:…} or ${credential:…}, found nothing"),
    "a list": (f"[{SECRET}]", "expected a reference to a secret: ${file:…}, ${env:…} or ${credential:…}, found a list"),
    "a missing file": ('"${file:nope}"', "the file 'nope' cannot be read: No such file or directory"),
    "a directory": ('"${file:more}"', "the file 'more' is a directory"),
    "an empty file": ('"${file:empty}"', "the file 'empty' is empty"),
    "a file of several lines": ('"${file:lines}"', "the file 'lines' holds more than one line, or control characters"),
    "a file of other bytes": ('"${file:bytes}"', "the file 'bytes' is not UTF-8 text"),
    "a large file": ('"${file:large}"', "the file 'large' is larger than 65536 bytes"),
    "an unset variable": ('"${env:NETMON_NOT_SET}"', "the environment variable NETMON_NOT_SET is not set"),
    "a name that no variable has": ('"${env:A B}"', "'A B' cannot be the name of an environment variable"),
    "a missing credential": (
        '"${credential:nope}"', "the systemd credential 'nope' cannot be read: No such file or directory"
    ),
    "a credential outside": ('"${credential:../secret}"', "'../secret' cannot be the name of a systemd credential"),
    "the directory of credentials": ('"${credential:..}"', "'..' cannot be the name of a systemd credential"),
}  # fmt: skip
FILES = {"empty": "\n", "lines": f"# mine\n{SECRET}\n", "bytes": b"\xff\xfe", "large": "x" * 65_537}


@pytest.mark.parametrize(("written", "expected"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_reference_is_told_without_what_was_written(tmp_path: Path, written: str, expected: str) -> None:
    said = problems(tmp_path, {**changed('community: "${file:secret}"', f"community: {written}"), **FILES})
    assert len(said) == 1
    assert said[0].endswith(f"credentials.lecture.community: {expected}")
    assert SECRET not in said[0]


def test_credentials_need_systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "credentials: {a: {version: 1, community: '${credential:c}'}}\n"
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    with pytest.raises(ConfigError, match=r"no \$CREDENTIALS_DIRECTORY: start netmon .* with LoadCredential=c:/"):
        load(write(tmp_path, {"netmon.yml": text}))


def test_commands_beside_the_service_find_its_credentials(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "netmon.service").mkdir()
    (tmp_path / "netmon.service" / "c").write_text("public\n")
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    monkeypatch.setattr("netmon.config.secrets.CREDENTIALS", str(tmp_path / "netmon.service"))
    text = "credentials: {a: {version: 1, community: '${credential:c}'}}\n"
    credential = load(write(tmp_path, {"netmon.yml": text})).credentials["a"]
    assert credential.community is not None
    assert credential.community.reveal() == "public"


@pytest.mark.parametrize(
    ("content", "secret"), [("public", "public"), ("public\n", "public"), ("public\r\n", "public"), (" é \n", " é ")]
)
def test_only_the_line_break_at_the_end_is_no_part_of_a_secret(tmp_path: Path, content: str, secret: str) -> None:
    files = {**GOOD, "secret": content, "more/web.yml": ""}
    check = read(tmp_path, files).inventory.checks["core-1/snmp"]
    assert isinstance(check.settings, SnmpSettings)
    assert check.settings.credential.community is not None
    assert check.settings.credential.community.reveal() == secret


def test_a_file_is_beside_the_file_that_refers_to_it(tmp_path: Path) -> None:
    files = {
        "netmon.yml": "include: [sub/*.yml]\n",
        "sub/a.yml": "credentials: {a: {version: 1, community: '${file:secrets/c}'}}\n",
        "sub/secrets/c": "x",
    }
    assert problems(tmp_path, files) == []


def test_a_password_of_version_3_has_eight_characters(tmp_path: Path) -> None:
    said = problems(tmp_path, {**GOOD, "credentials.d/privacy": "s3v3n77"})
    where = "netmon.yml:16:37: credentials.private.priv.password"
    assert said == [f"{where}: the secret is shorter than 8 characters (RFC 3414, section 11.2)"]


@pytest.mark.parametrize("name", ["Authorization", "proxy-authorization", "Cookie", "X-Api-Key", "X-Auth-Token"])
def test_a_header_that_carries_secrets_is_only_written_by_reference(tmp_path: Path, name: str) -> None:
    said = problems(tmp_path, changed('Authorization: "Bearer ${file:../secret}"', f"{name}: {SECRET}"))
    assert [line.split(": ", 1)[1] for line in said] == [f"checks.portail.http.headers.{name}: {MEND}"]


@pytest.mark.parametrize("value", ["${file:", "${vault:x}", "a ${env:NETMON_NOT_SET}", "${file:lines}"])
def test_a_wrong_reference_in_a_header_is_told_without_its_value(tmp_path: Path, value: str) -> None:
    files = {**changed('"Bearer ${file:../secret}"', f'"{SECRET} {value}"'), "more/lines": FILES["lines"]}
    said = problems(tmp_path, files)
    assert len(said) == 1
    assert "headers.Authorization" in said[0]
    assert SECRET not in said[0]


# Every place where someone might write a secret by mistake; quoted, so that its letters are only text.
MISPLACED = [
    f"credentials: {{a: {{version: 2c, community: '{SECRET}'}}}}",
    f"credentials: {{a: '{SECRET}'}}",
    f"credentials: ['{SECRET}']",
    f"credentials: '{SECRET}'",
    f"credentials: {{a: {{version: '{SECRET}'}}}}",
    f"credentials: {{a: {{version: 3, username: x, auth: '{SECRET}', priv: ['{SECRET}']}}}}",
    f"credentials: {{a: {{version: 3, username: x, auth: {{protocol: '{SECRET}', password: '{SECRET}'}}}}}}",
    f"credentials: {{a: {{version: 2c, community: {{'{SECRET}': '{SECRET}'}}}}}}",
    f"credentials: {{a: {{version: 2c, community: !{SECRET} }}}}",
    f"credentials: {{a: {{version: 2c, community: *{SECRET} }}}}",
    f"credentials: {{a: {{version: 2c, community: @{SECRET} }}}}",
    f"credentials: {{a: {{version: 2c, community: '{SECRET}' '{SECRET}'}}}}",
    f"credentials: {{a: {{version: 2c, comunity: '{SECRET}'}}}}",
    f"snmp: {{credential: '{SECRET}'}}",
    f"snmp: '{SECRET}'",
    f"password: '{SECRET}'",
    f"checks: [{{id: a, http: {{url: 'http://u:{SECRET}@a.example/'}}}}]",
    f"checks: [{{id: a, http: {{url: 'http://u:{SECRET}@a.example:x/'}}}}]",
    f"checks: [{{id: a, http: {{url: 'htp://a.example/?token={SECRET}'}}}}]",
    f"checks: [{{id: a, http: {{url: 'http://a b/?token={SECRET}'}}}}]",
    f"checks: [{{id: a, http: {{url: 'http://a/', headers: {{Authorization: '{SECRET}'}}}}}}]",
    f"checks: [{{id: a, http: {{url: 'http://a/', headers: {{X: '{SECRET} \u20ac'}}}}}}]",
    f"checks: [{{id: a, http: {{url: 'http://a/', headers: '{SECRET}'}}}}]",
    f"checks: ['{SECRET}']",
]


@pytest.mark.parametrize("text", MISPLACED)
def test_a_misplaced_secret_is_refused_and_shown_by_no_error(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, {"netmon.yml": text})
    shown = "".join(traceback.format_exception(caught.value)) + repr(caught.value) + str(caught.value.args)
    assert SECRET not in shown.replace(text, "")
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_secrets_are_shown_by_no_form_of_the_configuration(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    configuration = read(tmp_path, GOOD)
    inventory = configuration.inventory
    forms = [str(configuration), repr(configuration), f"{configuration}", str(inventory), json_schema(), caplog.text]
    forms += [form(check.settings) for check in inventory.checks.values() for form in (str, repr)]
    forms += [form(check) for check in inventory.checks.values() for form in (str, repr)]
    for secret in (SECRET, OTHER_SECRET):
        assert not [form for form in forms if secret in form]


_LETTERS = st.characters(categories=["L", "N", "P", "S"])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(_LETTERS, min_size=12, max_size=30), st.sampled_from(["2c", "3", "x"]))
def test_no_literal_secret_is_ever_repeated(tmp_path: Path, secret: str, version: str) -> None:
    quoted = secret.replace("'", "''")
    text = f"credentials: {{a: {{version: {version}, community: '{quoted}', auth: {{password: '{quoted}'}}}}}}\n"
    said = problems(tmp_path, {"netmon.yml": text})
    assert said
    assert not [line for line in said if secret in line]
