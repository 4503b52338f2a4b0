"""A module file in the shape and of the size of snmp_exporter's stock ``snmp.yml``, which is not ours to carry along.

Written by PyYAML as the generator's library writes: block style, lines folded at 80 columns, lists not indented.
"""

import random
from typing import Any

import yaml

from collectors.snmp.iftypes import IF_TYPES

WORDS = [
    "The", "number", "of", "octets", "packets", "received", "on", "this", "interface", "(sub-layer),", "which", "were",
    "not", "addressed", "to", "a", "multicast", "or", "broadcast", "address,", "including", "those", "discarded", "-",
    "see", "'ifTable'", "in", "RFC", "2863;", '"best', 'effort"',
]  # fmt: skip


def stock(modules: int = 45, seed: int = 1) -> str:
    """About 2 MB with the default number of modules."""
    chance = random.Random(seed)
    document: dict[str, Any] = {
        "auths": {
            name: {
                "community": "public", "security_level": "noAuthNoPriv", "auth_protocol": "MD5",
                "priv_protocol": "DES", "version": version,
            }
            for name, version in (("public_v1", 1), ("public_v2", 2))
        },
        "modules": {f"vendor_{number}": module(chance, number) for number in range(modules)},
    }  # fmt: skip
    text: str = yaml.dump(document, Dumper=getattr(yaml, "CSafeDumper", yaml.SafeDumper), sort_keys=False, width=80)
    return (
        "# WARNING: This file was auto-generated using snmp_exporter generator, manual changes will be lost.\n" + text
    )


def module(chance: random.Random, number: int) -> dict[str, Any]:
    base = f"1.3.6.1.4.1.{number + 1000}"
    metrics = [metric(chance, base, place) for place in range(chance.randint(60, 150))]
    if number % 3 == 0:
        metrics.append(
            {
                "name": "ifType", "oid": "1.3.6.1.2.1.2.2.1.3", "type": "EnumAsInfo",
                "help": "The type of interface - 1.3.6.1.2.1.2.2.1.3",
                "indexes": [{"labelname": "ifIndex", "type": "gauge"}], "enum_values": dict(IF_TYPES),
            }
        )  # fmt: skip
    said: dict[str, Any] = {"walk": [base, "1.3.6.1.2.1.2"], "get": ["1.3.6.1.2.1.1.3.0"], "metrics": metrics}
    if number % 4 == 0:
        said |= {"max_repetitions": 10, "retries": 2, "timeout": "10s", "allow_nonincreasing_oids": True}
    if number % 5 == 0:
        said["filters"] = [{"oid": f"{base}.1.1.7", "targets": [f"{base}.1.1.4"], "values": ["1", "^up$"]}]
    return said


def metric(chance: random.Random, base: str, place: int) -> dict[str, Any]:
    oid = f"{base}.{place // 10}.1.{place}"
    kind = chance.choice(["gauge", "gauge", "counter", "DisplayString", "EnumAsInfo", "OctetString", "PhysAddress48"])
    said: dict[str, Any] = {
        "name": f"m{place}x{base.rpartition('.')[2]}", "oid": oid, "type": kind,
        "help": " ".join(chance.choices(WORDS, k=chance.randint(4, 25))) + f" - {oid}",
    }  # fmt: skip
    index = f"row{place // 10}"
    if chance.random() < 0.8:
        said["indexes"] = [{"labelname": index, "type": chance.choice(["gauge", "gauge", "DisplayString"])}]
        if chance.random() < 0.4:
            said["lookups"] = [
                {"labels": [index], "labelname": f"name{place // 10}", "oid": f"{oid}.2", "type": "DisplayString"},
                {"labels": [], "labelname": index},
            ]
    if chance.random() < 0.3:
        said["enum_values"] = dict(IF_TYPES[: chance.randint(2, 12)])
    if chance.random() < 0.03:
        said["regex_extracts"] = {"": [{"regex": "(.*)", "value": "$1"}]}
    if chance.random() < 0.05:
        said["scale"] = 0.1
    return said
