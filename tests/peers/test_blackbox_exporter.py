"""netmon's ``/probe`` beside Debian's blackbox_exporter: the same modules on the same servers say the same.

Whatever differs on purpose is in a table of ``collectors/http/README.md``, and has a test here.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.collectors.http.servers import Authority
from tests.collectors.http.test_peer_nginx import free_ports, wait_for
from tests.peers.blackbox_exporter import Pair, both, differences
from tests.peers.programs import need, running

pytestmark = pytest.mark.peer
NAME = "portail.invalid"

MODULES = """\
modules:
  http: {prober: http, timeout: 5s, http: &ip4 {preferred_ip_protocol: ip4}}
  short: {prober: http, timeout: 1s, http: *ip4}
  http1: {prober: http, timeout: 5s, http: {<<: *ip4, enable_http2: false}}
  stay: {prober: http, timeout: 5s, http: {<<: *ip4, follow_redirects: false}}
  moved: {prober: http, timeout: 5s, http: {<<: *ip4, follow_redirects: false, valid_status_codes: [301]}}
  trusted: {prober: http, timeout: 5s, http: {<<: *ip4, tls_config: {ca_file: ca.pem}}}
  blind: {prober: http, timeout: 5s, http: {<<: *ip4, tls_config: {insecure_skip_verify: true}}}
  no_tls: {prober: http, timeout: 5s, http: {<<: *ip4, fail_if_ssl: true, tls_config: {insecure_skip_verify: true}}}
  only_tls: {prober: http, timeout: 5s, http: {<<: *ip4, fail_if_not_ssl: true}}
  wants: {prober: http, timeout: 5s, http: {<<: *ip4, fail_if_body_not_matches_regexp: ["Bienvenue"]}}
  wants_other: {prober: http, timeout: 5s, http: {<<: *ip4, fail_if_body_not_matches_regexp: ["Welcome"]}}
  shuns: {prober: http, timeout: 5s, http: {<<: *ip4, fail_if_body_matches_regexp: ["Bienvenue"]}}
  server: {prober: http, timeout: 5s, http: {<<: *ip4, fail_if_header_not_matches: [{header: Server, regexp: nginx}]}}
  no_server: {prober: http, timeout: 5s, http: {<<: *ip4, fail_if_header_matches: [{header: Server, regexp: nginx}]}}
  missing: {prober: http, timeout: 5s, http: {<<: *ip4, fail_if_header_not_matches: [{header: X-None, regexp: x}]}}
  missing_ok: {prober: http, timeout: 5s, http: {<<: *ip4, fail_if_header_not_matches: [{header: X-None, regexp: x, allow_missing: true}]}}
  gzip: {prober: http, timeout: 5s, http: {<<: *ip4, compression: gzip, headers: {Accept-Encoding: gzip}}}
  small: {prober: http, timeout: 5s, http: {<<: *ip4, body_size_limit: 100B}}
  version: {prober: http, timeout: 5s, http: {<<: *ip4, valid_http_versions: ["HTTP/1.1"]}}
  old_version: {prober: http, timeout: 5s, http: {<<: *ip4, valid_http_versions: ["HTTP/1.0"]}}
  statuses: {prober: http, timeout: 5s, http: {<<: *ip4, valid_status_codes: [404, 503]}}
  tcp: {prober: tcp, timeout: 2s, tcp: *ip4}
  tls: {prober: tcp, timeout: 2s, tcp: {<<: *ip4, tls: true, tls_config: {ca_file: ca.pem, server_name: portail.invalid}}}
  tls_blind: {prober: tcp, timeout: 2s, tcp: {<<: *ip4, tls: true, tls_config: {insecure_skip_verify: true}}}
  tls_untrusted: {prober: tcp, timeout: 2s, tcp: {<<: *ip4, tls: true}}
  icmp: {prober: icmp, timeout: 2s, icmp: *ip4}
  icmp6: {prober: icmp, timeout: 2s}
"""
NGINX = """
daemon off; master_process off; pid {root}/nginx.pid; error_log {root}/error.log;
events {{}}
http {{
  access_log off; gzip on; gzip_types text/html; gzip_min_length 1; root {root}/www;
  client_body_temp_path {root}/tmp; proxy_temp_path {root}/tmp; fastcgi_temp_path {root}/tmp;
  uwsgi_temp_path {root}/tmp; scgi_temp_path {root}/tmp; server_tokens off;
  server {{
    listen 127.0.0.1:{plain}; server_name {name};
    location = /old {{ return 301 /; }} location = /busy {{ return 503; }}
    location = /round {{ return 302 /round; }} location = /empty {{ return 204; }}
    location = /to-tls {{ return 302 https://127.0.0.1:{tls}/; }}
    location = /plain.txt {{ gzip off; }}
  }}
  server {{
    listen 127.0.0.1:{tls} ssl; server_name {name}; ssl_certificate {cert}; ssl_certificate_key {key};
  }}
  server {{ listen 127.0.0.1:{h2} ssl http2; server_name {name}; ssl_certificate {cert}; ssl_certificate_key {key}; }}
  server {{ listen 127.0.0.1:{old} ssl; server_name {name}; ssl_certificate {old_cert}; ssl_certificate_key {old_key}; }}
}}
"""


class Site(NamedTuple):
    """Ports of nginx: plain, TLS, TLS with HTTP/2, TLS with a certificate that has expired."""

    plain: int
    tls: int
    h2: int
    old: int


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("blackbox_exporter")


@pytest.fixture(scope="module")
def site(root: Path) -> Iterator[Site]:
    (root / "www").mkdir()
    (root / "www" / "index.html").write_text("<h1>Bienvenue à Bègles</h1>" * 200, encoding="utf-8")
    (root / "www" / "plain.txt").write_text("Bienvenue\n", encoding="utf-8")
    authority = Authority(root)
    (root / "ca.pem").write_bytes(Path(authority.file).read_bytes())
    cert, key = authority.files(NAME, "127.0.0.1")
    old_cert, old_key = authority.files(NAME, "127.0.0.1", days=-3, stem="old")
    ports = Site(*free_ports(4))
    text = NGINX.format(root=root, name=NAME, cert=cert, key=key, old_cert=old_cert, old_key=old_key, **ports._asdict())
    (root / "nginx.conf").write_text(text)
    program = need("nginx", "nginx-light")
    with running([program, "-p", str(root), "-c", str(root / "nginx.conf")], root) as process:
        wait_for(ports.plain, process, root)
        yield ports


@pytest.fixture(scope="module")
def pair(root: Path, site: Site) -> Iterator[Pair]:
    with both(root, MODULES) as running_pair:
        yield running_pair
