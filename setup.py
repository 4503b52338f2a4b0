"""What pyproject.toml cannot say: files of ``config/`` that an installed netmon exports go into its package."""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

SHIPPED = ("grafana", "prometheus", "systemd")
"""Directories of ``config/`` that become ``netmon/shipped``; a checkout reads them where they are."""


class BuildWithShipped(build_py):
    """``build_py``, then the copies."""

    def run(self) -> None:
        super().run()
        if self.editable_mode:
            return
        for name in SHIPPED:
            source = Path("config", name)
            if source.is_dir():
                shutil.copytree(source, Path(self.build_lib, "netmon", "shipped", name), dirs_exist_ok=True)


setup(cmdclass={"build_py": BuildWithShipped})
