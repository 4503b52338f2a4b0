"""Outages as columns are what a list of outages would be."""

from hypothesis import given
from hypothesis import strategies as st

from netmon.model import Outage, Outages
from netmon.model.outages import counted

OUTAGES = st.lists(
    st.builds(
        Outage, st.sampled_from("abc"), st.integers(0, 9), st.integers(10, 19), st.integers(0, 5), st.sampled_from("xy")
    )
)


@given(OUTAGES, OUTAGES)
def test_columns_hold_what_was_told_and_sort_as_a_list_does(some: list[Outage], more: list[Outage]) -> None:
    first, whole = Outages(), Outages()
    first.extend(some)
    whole.extend(first)
    whole.extend(more)

    assert list(whole) == [*some, *more]
    assert sorted(counted(whole)) == sorted(counted([*some, *more]))
    whole.sort()
    assert whole == sorted([*some, *more], key=lambda outage: (outage.start, outage.object))
    assert whole[1:3] == list(whole)[1:3]


@given(OUTAGES.filter(bool))
def test_what_is_taken_back_is_gone(some: list[Outage]) -> None:
    columns = Outages()
    columns.extend(some)

    assert columns.ended() == some[-1].end
    assert columns.take_back() == some[-1]
    assert columns == some[:-1]
