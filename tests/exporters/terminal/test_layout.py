"""Which columns of a table are shown in which width."""

from rich.text import Text

from exporters.terminal.layout import Column, table


def column(title: str, width: int, drop: int | None = None, shrink: int | None = None) -> Column:
    return Column(title, [Text("x" * width)], drop, shrink)


def titles(columns: list[Column], width: int) -> list[str]:
    return table(columns, width, "…")[0].plain.split()


def test_a_column_that_gave_way_in_vain_comes_back() -> None:
    columns = [column("name", 40), column("for", 5, 0), column("because", 30, 1)]
    assert titles(columns, 80) == ["name", "for", "because"]
    assert titles(columns, 75) == ["name", "because"]
    assert titles(columns, 60) == ["name", "for"]
    assert titles(columns, 42) == ["name"]


def test_of_several_that_would_fit_again_the_one_that_was_to_stay_longest_comes_back() -> None:
    columns = [column("name", 20), column("first", 10, 0), column("second", 12, 1), column("last", 60, 2)]
    assert titles(columns, 36) == ["name", "second"]
