"""What is generated from the models: the JSON Schema for editors and the reference of keys for people."""

import json
import types
from collections.abc import Iterator
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from netmon.config.kinds import Kind, Or
from netmon.config.schema import Main, ScheduleEntry

COMMAND = "python -m netmon.config.generate"
"""What brings the generated files up to date."""

MINIMAL = """\
data_dir: /var/lib/netmon
credentials:
  lecture: {version: 2c, community: "${file:secrets/snmp-community}"}
snmp: {credential: lecture}
communes:
  - {name: Bègles, insee: "33039", population: 31831, tile: [4, 5]}
sites:
  - {id: begles-mairie, name: Hôtel de ville, kind: town_hall, commune: Bègles}
nodes:
  - {id: sw-begles-1, site: begles-mairie, role: access_switch, address: 192.0.2.10}
checks:
  - id: portail
    site: begles-mairie
    via: [sw-begles-1]
    http: {url: "https://portail.example/"}
services:
  - {id: portail-citoyens, name: Portail des citoyens, family: web, communes: "*", expression: portail and sw-begles-1}
"""

_INTRODUCTION = f"""\
# Configuration

`netmon check-config` checks all files and tells every mistake at once, with its file, line and column.
`config/netmon.schema.json` tells editors what this page tells people; both are generated from the models in
`netmon/config` by `{COMMAND}`.

A whole configuration can be as small as this:

```yaml
{MINIMAL}```

## Files

The main file is the one given with `-c`, else `config/netmon.yml`, else `/etc/netmon/netmon.yml`. It may include
others, these again others; a file is read once. Lists of several files are joined; mappings are joined key by key, and
a key said twice is refused. Paths are relative to the file that says them. Files are YAML in UTF-8: anchors, aliases
and `<<` work, tags do not.

What a value is follows from its key: `no` is a text where a text is expected. Durations have a unit: `1500ms`, `30s`,
`5m`, `1h`, `90d`. Sizes may have one: `64KiB`, `1MiB`.

## Secrets

A secret is never written in the configuration, only referred to, and never shown by any command:

| reference | the secret is |
|---|---|
| `${{file:secrets/snmp-community}}` | what the file says, without the line break at its end |
| `${{env:NAME}}` | the value of an environment variable |
| `${{credential:NAME}}` | a credential of systemd (`LoadCredential=NAME:/path`) |

## Expressions

A service names checks and nodes: `all(a, b)` (also `a and b`) is as bad as its worst member, `any(a, b)` (also `a or
b`) as good as its best, `at_least(2, a, b, c)` as good as its second best. A node's SNMP check is called `<node>/snmp`;
the id of a node stands for all its checks.

## TLS, users, headers

`web.config_file` names a web configuration file as all of Prometheus' exporters have it:

```yaml
tls_server_config:
  cert_file: netmon.pem                 # or cert: and key: with the text itself
  key_file: netmon.key
  client_auth_type: RequireAndVerifyClientCert
  client_ca_file: prometheus-ca.pem
  client_allowed_sans: [prometheus.example]
http_server_config:
  headers: {{Strict-Transport-Security: max-age=31536000}}
basic_auth_users:
  prometheus: $2y$10$…                  # htpasswd -nBC 10 prometheus
rate_limit: {{interval: 100ms, burst: 50}}
```

It is read again within a second when it, or a certificate it names, changes; what is wrong then changes nothing, is
logged, and sets `netmon_web_config_last_reload_successful` to 0. What netmon cannot do is refused with its line:
`RequestClientCert` and `RequireAnyClientCert` (a certificate that nobody vouches for proves nothing), TLS before 1.2,
several curves with Python before 3.15. HTTP/2 is passed over with a note. Where `reports.accounts` are configured,
`/reports/` asks for those instead of `basic_auth_users`.
"""


def json_schema() -> str:
    """The JSON Schema of a configuration file."""
    schema: dict[str, Any] = _cleaned(Main.model_json_schema())
    for path, model in _models("", Main):
        properties = (schema["$defs"][model.__name__] if path else schema)["properties"]
        for name, info in model.model_fields.items():
            properties[info.alias or name]["description"] = info.description
    schema |= {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "netmon configuration"}
    return json.dumps(schema, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def _cleaned(schema: Any) -> Any:
    """Without nulls (leaving a key out is how to say nothing), without titles that only repeat keys.

    What pydantic writes in different ways from version to version is made the same.
    """
    if isinstance(schema, list):
        return [_cleaned(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    cleaned = {
        key: {name: _cleaned(value) for name, value in inner.items()}
        if key in {"properties", "$defs"}
        else _cleaned(inner)
        for key, inner in schema.items()
        if not (key == "title" or (key == "default" and inner is None))
    }
    if len(cleaned.get("allOf", ())) == 1:
        cleaned |= cleaned.pop("allOf")[0]
    if "pattern" not in cleaned.get("propertyNames", {"pattern": ""}):  # only some versions tell more of keys
        del cleaned["propertyNames"]
    options = cleaned.get("anyOf")
    if isinstance(options, list) and {"type": "null"} in options:
        del cleaned["anyOf"]
        rest = [option for option in options if option != {"type": "null"}]
        cleaned = {**(rest[0] if len(rest) == 1 else {"anyOf": rest}), **cleaned}
    return cleaned


def markdown() -> str:
    """The reference of keys."""
    places: dict[type[BaseModel], list[str]] = {}
    for path, model in _models("", Main):
        places.setdefault(model, []).append(path)
    return _INTRODUCTION + "".join(_section(paths, model) for model, paths in places.items())


def _models(path: str, model: type[BaseModel]) -> Iterator[tuple[str, type[BaseModel]]]:
    yield path, model
    for name, info in model.model_fields.items():
        inner, suffix = _inner(info.annotation)
        if inner is not None:
            yield from _models(f"{path}.{info.alias or name}{suffix}".removeprefix("."), inner)


def _inner(annotation: Any) -> tuple[type[BaseModel] | None, str]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation, ""
    own = {tuple: "[]", list: "[]", dict: ".NAME"}.get(get_origin(annotation), "")
    for argument in get_args(annotation):
        model, suffix = _inner(argument)
        if model is not None:
            return model, own + suffix
    return None, ""


def _section(paths: list[str], model: type[BaseModel]) -> str:
    about = (model.__doc__ or "").strip()
    own = sorted(model.model_fields.items(), key=lambda item: item[0] in ScheduleEntry.model_fields)
    rows = "".join(_row(info.alias or name, info) for name, info in own)
    heading = ", ".join(f"`{path}`" for path in paths) if paths[0] else "Top level"
    return f"\n## {heading}\n\n{about}\n\n| key | expects | default | |\n|---|---|---|---|\n{rows}"


def _row(key: str, info: FieldInfo) -> str:
    words = _words(info.annotation, info.metadata).replace("|", "\\|")
    return f"| `{key}` | {words} | {_default(info)} | {info.description} |\n"


def _default(info: FieldInfo) -> str:
    if info.is_required():
        return "required"
    extra = info.json_schema_extra
    default = extra["default"] if isinstance(extra, dict) else info.default
    if default is None or default in ((), {}):
        return "none"
    return f"`{json.dumps(default, ensure_ascii=False)}`".replace('"', "")


def _words(annotation: Any, metadata: Any = ()) -> str:
    either = "".join(f" or `{item.word}`" for item in metadata if isinstance(item, Or))
    for item in metadata:
        if isinstance(item, Kind):
            return item.words + either
    origin, arguments = get_origin(annotation), [argument for argument in get_args(annotation) if argument is not ...]
    if origin is Annotated:
        return _words(arguments[0], arguments[1:]) + either
    if origin in {Union, types.UnionType}:
        return _words(next(argument for argument in arguments if argument is not type(None))) + either
    if origin is tuple:
        return f"a list, each {_words(arguments[0])}" + either
    return "a mapping" + either
