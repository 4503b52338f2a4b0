import pytest

from netmon.errors import UsageError
from netmon.sla import policy as explained
from netmon.sla.policy import ANSWERS, PRESETS, Policy, parse_policy

TABLE = """
contract    | excluded, up,   down,     excluded, excluded
strict      | excluded, down, down,     down,     down
icinga      | up,       up,   down,     down,     carry
nagios      | counted,  down, down,     down,     carry
zabbix      | excluded, down, down,     up,       up
equipment   | excluded, up,   excluded, excluded, excluded
centreon    | excluded, up,   excluded, excluded, excluded
uptime-kuma | excluded, up,   down,     down,     excluded
"""


def test_presets_answer_as_the_table_says() -> None:
    rows = [line.split("|") for line in TABLE.strip().splitlines()]
    expected = {name.strip(): tuple(word.strip() for word in answers.split(",")) for name, answers in rows}
    assert {name: tuple(answer for _, answer in policy.items()) for name, policy in PRESETS.items()} == expected


@pytest.mark.parametrize(
    ("text", "policy"),
    [
        ("contract", Policy()),
        ("icinga,unknown=excluded", Policy("up", "up", "down", "excluded", "carry")),
        ("no_data=carry", Policy(no_data="carry")),
        (" unknown = down , degraded=excluded", Policy(degraded="excluded", unknown="down")),
    ],
)
def test_presets_and_answers_combine(text: str, policy: Policy) -> None:
    assert parse_policy(text) == policy


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("icing", "did you mean 'icinga'?"),
        ("unknwon=down", "did you mean 'unknown'?"),
        ("unknown=dwon", "did you mean 'down'?"),
        ("unknown", "'unknown' needs an answer: expected unknown=excluded, unknown=down or unknown=up"),
        ("maintenance=carry", "'maintenance' cannot be 'carry'"),
        ("unknown=down,icinga", "must come first"),
        ("unknown=down,unknown=up", "twice"),
        ("", "no preset or answer ''"),
        ("zzz", "expected contract, strict"),
    ],
)
def test_what_is_no_policy_is_refused_with_the_nearest_name(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message.replace("?", r"\?")):
        parse_policy(text)


def test_every_key_has_answers_and_every_preset_is_explained() -> None:
    assert tuple(ANSWERS) == tuple(key for key, _ in Policy().items())
    for name in PRESETS:
        assert f"\n{name}\n    " in (explained.__doc__ or "")
