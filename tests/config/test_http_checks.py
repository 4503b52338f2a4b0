"""Everything a check's `http` can say: what the collector gets of it, and what is wrong with it otherwise."""

from dataclasses import replace
from pathlib import Path

import pytest

from netmon.settings import (
    AddressChoice,
    Authorization,
    BasicAuth,
    ContentMatch,
    Extract,
    HeaderMatch,
    HttpSettings,
    HttpStep,
    OAuth2,
    Proxy,
    Secret,
    Selector,
    TlsSettings,
)
from tests.collectors.http.servers import Authority
from tests.config.good import OTHER_SECRET, SECRET, problems, read

MAIN = "data_dir: var\nchecks:\n  - id: portail\n    http:\n"
SECRETS = {"secret": f"{SECRET}\n"}


def indented(text: str) -> str:
    return MAIN + "".join(f"      {line}\n" for line in text.strip("\n").split("\n"))


def settings(directory: Path, text: str) -> HttpSettings:
    found = read(directory, {"netmon.yml": indented(text), **SECRETS}).inventory.checks["portail"].settings
    assert isinstance(found, HttpSettings)
    return found


def test_everything_that_can_be_asked_and_expected(tmp_path: Path) -> None:
    Authority(tmp_path).files("netmon.example", stem="client")
    found = settings(
        tmp_path,
        """
url: https://portail.example/
method: POST
headers: {X-Key: "${file:secret}", Accept: text/html}
body: |
  {"password": "${file:secret}"}
expect_status: [200]
expect_version: [HTTP/1.1]
header_regex: [{header: Server, regex: nginx}]
header_not_regex: [{header: X-Powered-By, regex: PHP, allow_missing: true}]
body_regex: [Bienvenue, à Bègles]
body_not_regex: Erreur
json_expression: body.ok && body.n > 2
json_not_expression: size(body.errors) > 0
content:
  - {json: $.status, match: up}
  - {css: "input[name=csrf]", attribute: value}
  - {regex: "version ([0-9]+)"}
min_bytes: 1KiB
maintenance: {regex: en maintenance, status: true}
fail_if_not_ssl: true
compression: br
basic_auth: {username: jean, password: "${env:NETMON_TEST_SECRET}"}
ip_protocol: ip6
ip_protocol_fallback: false
source_address: 192.0.2.9
proxy:
  url: http://netmon:${file:secret}@proxy.example:3128
  no_proxy: localhost, .example
  connect_headers: {X-Site: talence}
  skip_resolve: true
tls: {cert_file: client.pem, key_file: client.key, min_version: TLS12, max_version: TLS13}
""",
    )
    assert found == HttpSettings(
        url="https://portail.example/", method="POST",
        headers=(("X-Key", Secret(SECRET)), ("Accept", "text/html")),
        body=Secret(f'{{"password": "{SECRET}"}}\n'), expected_status=(200,), expected_versions=("HTTP/1.1",),
        header_matches=(HeaderMatch("Server", "nginx"),),
        header_not_matches=(HeaderMatch("X-Powered-By", "PHP", allow_missing=True),),
        body_regex=("Bienvenue", "à Bègles"), body_not_regex=("Erreur",),
        json_expression="body.ok && body.n > 2", json_not_expression="size(body.errors) > 0",
        content=(
            ContentMatch(Selector("json", "$.status"), "up"),
            ContentMatch(Selector("css", "input[name=csrf]", "value")),
            ContentMatch(Selector("regex", "version ([0-9]+)")),
        ),
        min_bytes=1024, maintenance_regex=("en maintenance",), maintenance_status=True, fail_if_not_tls=True,
        compression="br", auth=BasicAuth("jean", Secret(OTHER_SECRET)),
        addresses=AddressChoice("ip6", fallback=False, source="192.0.2.9"),
        proxy=Proxy(
            Secret(f"http://netmon:{SECRET}@proxy.example:3128"), "localhost, .example",
            connect_headers=(("X-Site", "talence"),), skip_resolve=True,
        ),
        tls=TlsSettings(
            cert_file=str(tmp_path / "client.pem"), key_file=str(tmp_path / "client.key"), min_version="TLS12",
            max_version="TLS13",
        ),
    )  # fmt: skip


def test_a_url_alone_is_enough_and_a_pattern_may_stand_alone(tmp_path: Path) -> None:
    found = settings(tmp_path, "url: http://a.example/\nbody_regex: Bienvenue")
    assert found == HttpSettings("http://a.example/", body_regex=("Bienvenue",))


def test_tokens_and_credentials(tmp_path: Path) -> None:
    bearer = settings(tmp_path, 'url: http://a.example/\nauthorization: {credentials: "${file:secret}"}')
    assert bearer.auth == Authorization("Bearer", Secret(SECRET))
    oauth = """
url: http://a.example/
proxy: {from_environment: true}
oauth2:
  {client_id: netmon, client_secret: "${file:secret}", token_url: "https://id.example/token", scopes: [a],
   endpoint_params: {audience: api}, tls: {verify: false}}
"""
    proxy = Proxy(from_environment=True)
    assert settings(tmp_path, oauth).auth == OAuth2(
        "netmon", Secret(SECRET), "https://id.example/token", ("a",), (("audience", "api"),), TlsSettings(verify=False),
        proxy,
    )  # fmt: skip


JOURNEY = """
slow: 3s
tls: {min_days: 7}
steps:
  - name: form
    url: https://billets.example/login
    extract: {csrf: {css: "input[name=csrf]", attribute: value}, action: {css: form, attribute: action}}
  - name: login
    url: "{{action}}"
    method: POST
    form: {user: netmon, password: "${file:secret}", csrf: "{{csrf}}"}
    extract: {token: {json: $.token}}
  - name: basket
    url: https://billets.example/basket?csrf={{csrf}}
    headers: {Authorization: "Bearer {{token}}"}
    body_regex: Panier
"""


def test_a_journey(tmp_path: Path) -> None:
    found = settings(tmp_path, JOURNEY)
    tls = TlsSettings(min_days=7)
    form = HttpSettings("https://billets.example/login", tls=tls)
    assert found.steps == (
        HttpStep(
            "form", form,
            (
                Extract("csrf", Selector("css", "input[name=csrf]", "value")),
                Extract("action", Selector("css", "form", "action")),
            ),
        ),
        HttpStep(
            "login",
            replace(
                form, url="{{action}}", method="POST",
                form=(("user", "netmon"), ("password", Secret(SECRET)), ("csrf", "{{csrf}}")),
            ),
            (Extract("token", Selector("json", "$.token")),),
        ),
        HttpStep(
            "basket",
            replace(
                form, url="https://billets.example/basket?csrf={{csrf}}",
                headers=(("Authorization", "Bearer {{token}}"),), body_regex=("Panier",),
            ),
        ),
    )  # fmt: skip
    assert (found.url, found.slow) == ("https://billets.example/login", 3000)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("body_regex: [a, '(']", "body_regex[1]: not a regular expression: missing ), unterminated subpattern"),
        ("body_regex: [a, {b: c}]", "body_regex[1]: expected a regular expression, found a mapping"),
        ("body_regex:", "body_regex: expected a regular expression, or a list of them, found nothing"),
        ("expect_version: [HTTP/2.0]", "expect_version[0]: expected one of HTTP/1.0, HTTP/1.1, found 'HTTP/2.0'"),
        ("json_expression: 'body +'", "json_expression: not an expression of CEL: mismatched input '<EOF>'"),
        ("json_expression: answer.ok", "json_expression: the page is called 'body' here; there is no 'answer'"),
        ("content: [{css: a, json: $}]", "content[0].css: cannot stand beside 'json'"),
        ("content: [{match: a}]", "content[0].json: is required: one of json, css, regex"),
        ("content: [{css: 'a['}]", "content[0].css: not a CSS selector"),
        ("content: [{json: a.b}]", "content[0].json: not a path such as $.items[0].name (RFC 9535): "),
        ("content: [{json: $.a, attribute: b}]", "content[0].attribute: needs 'css'"),
        ("basic_auth: {username: a, password: SECRET}", "basic_auth.password: a secret is never written here"),
        ("form: {user: a, password: SECRET}", "form.password: a secret is never written here"),
        ("form: {mot_de_passe: SECRET}", "form.mot_de_passe: a secret is never written here"),
        ("body: a\nform: {a: b}", "form: cannot stand beside 'body'"),
        ("min_bytes: 2MiB", "min_bytes: expected no more than 'max_bytes'"),
        (
            'authorization: {credentials: "${file:secret}"}\nbasic_auth: {username: a, password: "${file:secret}"}',
            "authorization: cannot stand beside 'basic_auth'",
        ),
        ("proxy: {no_proxy: a}", "proxy.url: is required, unless 'from_environment' is true"),
        ("proxy: {url: 'socks5://a:1'}", "proxy.url: expected a proxy, http://host:port"),
        ("proxy: {url: 'http://a:SECRET@b:1'}", "proxy.url: a secret is never written here"),
        ("proxy: {url: 'http://b:1', from_environment: true}", "proxy.from_environment: cannot stand beside 'url'"),
        ("source_address: eth0", "source_address: expected an address of this host, found 'eth0'"),
        ("tls: {cert_file: client.pem}", "tls.key_file: is required by 'cert_file'"),
        ("tls: {key_file: client.key}", "tls.cert_file: is required by 'key_file'"),
        ("tls: {key_file: none.key}", "tls.key_file: the file 'none.key' cannot be read: No such file or directory"),
        ("tls: {min_version: TLS13, max_version: TLS12}", "tls.min_version: expected no more than 'max_version'"),
        ("tls: {min_version: SSL3}", "tls.min_version: expected one of TLS10, TLS11, TLS12, TLS13, found 'SSL3'"),
        ("header_regex: [{regex: a}]", "header_regex[0].header: is required: the header's name"),
        ("steps: [{name: a, url: 'http://a/'}]", "url: belongs to a step, where there are 'steps'"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    Authority(tmp_path).files("netmon.example", stem="client")
    (found,) = problems(tmp_path, {"netmon.yml": indented(f"url: http://a.example/\n{text}"), **SECRETS})
    assert f": checks.portail.http.{message}" in found, found
    assert "SECRET" not in found


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("{{csrf}}", "{{crsf}}", "steps[1].form.csrf: no earlier step extracts 'crsf'"),
        ('"{{action}}"', '"{{token}}"', "steps[1].url: no earlier step extracts 'token'"),
        ("name: login", "name: form", "steps[1].name: another step has this name"),
        ("name: login", "name: log in", "steps[1].name: expected a name of letters, digits, '-' and '_', found"),
        ("slow: 3s", "slow: 3s\nmethod: POST", "method: belongs to a step, where there are 'steps'"),
        ('url: "{{action}}"', "", "steps[1].url: is required"),
        ("extract: {token: {json: $.token}}", "extract: {a-b: {json: $}}", "steps[1].extract.a-b: expected a name of"),
        ('"Bearer {{token}}"', "Bearer SECRET", "steps[2].headers.Authorization: a secret is never written here"),
    ],
)
def test_what_is_wrong_with_a_journey_is_said_with_its_place(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in JOURNEY
    found = problems(tmp_path, {"netmon.yml": indented(JOURNEY.replace(old, new, 1)), **SECRETS})
    assert any(f": checks.portail.http.{message}" in one for one in found), found
    assert "SECRET" not in "".join(found)
