"""``web.probe_allow`` and ``probe.timeout_offset_seconds``."""

from pathlib import Path

import pytest

from netmon.config import ConfigError, load


def loaded(directory: Path, text: str) -> Path:
    file = directory / "netmon.yml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_configuration_without_nodes_can_allow_whom_it_likes(tmp_path: Path) -> None:
    text = (
        'web: {probe_allow: [127.0.0.0/8, "*.Metropole.example", "::1", ups-1]}\nprobe: {timeout_offset_seconds: 1}\n'
    )
    web = load(loaded(tmp_path, text)).web
    assert web.probe_allow == ("127.0.0.0/8", "*.metropole.example", "::1", "ups-1")
    assert web.timeout_offset == 1.0


def test_nobody_is_allowed_unless_said(tmp_path: Path) -> None:
    web = load(loaded(tmp_path, "language: fr\n")).web
    assert (web.probe_allow, web.timeout_offset) == ((), 0.5)


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ("10.0.0.1/8", "10.0.0.1/8 has host bits set"),
        ("10.0.0.0/33", "does not appear to be an IPv4 or IPv6 network"),
        ("10.0.0", "an address or a pattern of host names"),
        ("a b", "an address or a pattern of host names"),
        ("http://x", "does not appear to be an IPv4 or IPv6 network"),
    ],
)
def test_a_rule_that_is_neither_network_nor_pattern_is_told_with_its_place(tmp_path: Path, rule: str, why: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(loaded(tmp_path, f'web:\n  probe_allow: ["{rule}"]\n'))
    (problem,) = caught.value.problems
    assert (problem.line, problem.column, problem.path) == (2, 17, "web.probe_allow[0]")
    assert why in problem.message


@pytest.mark.parametrize("offset", ["-1", "500ms", "61", '"0.5"'])
def test_an_offset_is_a_plain_number_of_seconds(tmp_path: Path, offset: str) -> None:
    with pytest.raises(ConfigError, match="a number of seconds from 0 to 60, without a unit"):
        load(loaded(tmp_path, f"probe: {{timeout_offset_seconds: {offset}}}\n"))
