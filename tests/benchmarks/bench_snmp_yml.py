"""Time to load a module file of the stock snmp.yml's size, against PyYAML reading the same text, in one run.

    python tests/benchmarks/bench_snmp_yml.py [--modules 45]

The file is generated (``tests.config.modulefiles``): the stock one is not ours to carry along. Loading is everything
``snmp.module_files`` does: reading, checking every value, making the modules. CPU of this process.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import yaml

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from netmon.config.snmpyml import ModuleFiles
from tests.config.modulefiles import stock

SPOILT = ("    type: counter\n", "    type: conter\n")


def seconds(work: Callable[[], object]) -> float:
    """CPU seconds of this process for one go."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def load(path: Path) -> int:
    """The number of problems found."""
    files = ModuleFiles()
    files.read(path, path.name)
    return len(files.problems)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--modules", type=int, default=45)
    text = stock(parser.parse_args().modules)
    with tempfile.TemporaryDirectory() as directory:
        good, bad = Path(directory, "snmp.yml"), Path(directory, "bad.yml")
        good.write_text(text)
        at = text.rindex(SPOILT[0])
        bad.write_text(text[:at] + SPOILT[1] + text[at + len(SPOILT[0]) :])
        first, again = seconds(lambda: load(good)), seconds(lambda: load(good))
        wrong = seconds(lambda: load(bad))
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        peer = seconds(lambda: yaml.load(text, loader))
    size = len(text) / 1e6
    print(f"{size:.1f} MB, {text.count(chr(10))} lines")
    print(f"netmon, first time     {first:6.2f} s")
    print(f"netmon, same text again{again:6.2f} s")
    print(f"netmon, with a mistake {wrong:6.2f} s")
    print(f"PyYAML (C), text only  {peer:6.2f} s    ratio {peer / first:.1f}")


if __name__ == "__main__":
    main()
