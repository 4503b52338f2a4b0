"""PromQL that several dashboards ask, and how its answers look."""

from exporters.grafana.dashboards.looks import BAD, GOOD, GREY, NOTE, WARN, Look, Query, Series, Steps, Words
from exporters.grafana.dashboards.page import Texts
from netmon.conventions import Metric
from netmon.model import State
from netmon.words import REASON_WORDS, STATE_WORDS

JOB = 'job=~"$job"'
COMMUNE = f'{JOB}, commune=~"$commune"'
NODE = f'{COMMUNE}, site=~"$site", node=~"$node"'
PORT = f'{NODE}, ifDescr=~"$interface"'
CONTRACT = f'{COMMUNE}, contract=~"$contract"'
SITE_CHECK = f'{COMMUNE}, check=~"$check"'

SHARE: Steps = ((None, BAD), (0.5, WARN), (0.9, NOTE), (1, GOOD))
"""Of what works: all of it is good, a tenth missing is worth a look."""
NONE_IS_GOOD: Steps = ((None, GOOD), (1, BAD))
_ORDER = (State.UP, State.DEGRADED, State.DOWN, State.UNREACHABLE, State.UNKNOWN)
_COLORS = {
    State.UP: GOOD, State.DEGRADED: NOTE, State.DOWN: BAD, State.UNREACHABLE: WARN, State.UNKNOWN: GREY,
}  # fmt: skip
_MAINTENANCE = "maintenance"


def of(metric: str, *matchers: str) -> str:
    """The metric's series that match all of it."""
    return f"{metric}{{{', '.join(matchers)}}}"


def in_state(state: str, *matchers: str) -> str:
    """1 for each check in the state, 0 for the others."""
    return of(Metric.CHECK_STATE, *matchers, f'state="{state}"')


def in_trouble(*matchers: str) -> str:
    """1 for each check that is down, cut off or degraded."""
    return of(Metric.CHECK_STATE, *matchers, 'state=~"down|unreachable|degraded"')


def once(expression: str) -> str:
    """What several netmon tell of the same thing as one series, the highest: sums would count it for each of them."""
    return f"max without (job, instance) ({expression})"


def speed(metric: str, *matchers: str) -> str:
    """How fast a counter grows, a second."""
    return f"rate({of(metric, *matchers)}[$__rate_interval])"


def within(metric: str, share: float) -> str:
    """The value that so many of a histogram's observations stayed below."""
    return f"histogram_quantile({share}, sum by (le) ({speed(f'{metric}_bucket', JOB)}))"


END = " @ end()"
"""Makes a ranking one for the whole time shown: otherwise each instant has its own, and lines come and go."""


def top(count: int, by: str, shown: str, ranked: str, *, least: bool = False) -> str:
    """Of ``shown`` the series, told apart ``by``, that are highest in ``ranked``; or lowest."""
    return f"{shown} and on ({by}) {'bottomk' if least else 'topk'}({count}, {ranked})"


def grown(metric: str, by: str, *matchers: str) -> str:
    """By how much a counter grew in the time shown, for a ranking."""
    return f"max by ({by}) (increase({of(metric, *matchers)}[$__range]{END}))"


def highest(metric: str, by: str, *matchers: str) -> str:
    """The highest value in the time shown, for a ranking."""
    return f"max by ({by}) (max_over_time({of(metric, *matchers)}[$__range]{END}))"


def truncated(share: str, decimals: int) -> str:
    """A share cut to so many decimals of a percentage, as in reports: 99.996 % is never shown as 100 %."""
    unit = f"1e{decimals + 2}"
    return f"floor(({share}) * {unit} + 1e-6) / {unit}"


def announced(metric: str, matchers: str) -> str:
    """Of how many objects there are series of a metric that is only there while something lasts.

    0 while nothing does; nothing while netmon is not scraped, for then nobody knows.
    """
    return f"count(count by (object) ({of(metric, matchers)})) or count({of(Metric.BUILD_INFO, JOB)}) * 0"


def state_number(by: str, matchers: str) -> str:
    """The state of each check as its place in ``state_words``; of several netmon that which stands last there."""
    terms = (
        f"{in_state(name, matchers)} * {place}"
        for place, name in enumerate((*(state.value for state in _ORDER), _MAINTENANCE))
    )
    return f"max by ({by}) ({' or '.join(terms)})"


def state_words(_: Texts) -> Words:
    """The words and colours of ``state_number``."""
    named = {str(place): (_(STATE_WORDS[state]), _COLORS[state]) for place, state in enumerate(_ORDER)}
    return named | {str(len(_ORDER)): (_("maintenance"), "purple")}


def named_states(_: Texts) -> Words:
    """The words of states that are told by name."""
    return {state.value: (_(STATE_WORDS[state]), _COLORS[state]) for state in _ORDER}


def yes_no(_: Texts) -> Words:
    """The words of what is 0 or 1."""
    return {"1": (_(STATE_WORDS[State.UP]), GOOD), "0": (_(STATE_WORDS[State.DOWN]), BAD)}


def state_series(_: Texts) -> list[Series]:
    """How series named by a state are called and painted."""
    named = [Series(f"^{state.value}$", _(STATE_WORDS[state]), _COLORS[state]) for state in _ORDER]
    return [*named, Series(f"^{_MAINTENANCE}$", _("maintenance"), "purple")]


def reason_series(_: Texts) -> list[Series]:
    """How series named by a reason are called."""
    return [Series(f"^{reason.value}$", _(words)) for reason, words in REASON_WORDS.items()]


def failures(matchers: str) -> Query:
    """Polls a minute that did not find their target up, by reason."""
    return Query(f"sum by (reason) ({once(speed(Metric.CHECK_FAILURES, matchers))}) * 60", "{{reason}}")


def budget_look(nothing: str) -> Look:
    """Time that may still be lost: red when overdrawn, orange in the last minutes."""
    return Look("s", steps=((None, BAD), (0, WARN), (600, GOOD)), nothing=nothing)


def availability_look(nothing: str) -> Look:
    """A share of time, with enough decimals to tell 99.95 % from 99.9 %; no colour, for contracts differ."""
    return Look("percentunit", decimals=3, nothing=nothing)
