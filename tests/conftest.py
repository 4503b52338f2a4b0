"""What all tests share: refusing skipped tests in continuous integration, and how examples are drawn."""

import pytest
from hypothesis import settings

# Drawn anew every day by whoever works here; the same ones each time where a failure must fail again when looked into.
settings.register_profile("everyday", deadline=None, print_blob=True)
settings.register_profile("fixed", deadline=None, print_blob=True, derandomize=True)
settings.load_profile("everyday")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--no-skips", action="store_true", help="a skipped test is a failed one")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that wait for other programs first: with a long one last, one worker would end long after the other."""
    items.sort(key=lambda item: not item.nodeid.startswith(("tests/peers/", "tests/daemon/")))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> object:
    report: pytest.TestReport = yield
    if report.skipped and item.config.getoption("--no-skips") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, which --no-skips does not allow: {report.longrepr}"
    return report
