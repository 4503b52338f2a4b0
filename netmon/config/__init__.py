"""The configuration: YAML files in, a checked ``Configuration`` out, or every problem with its place.

``files`` joins the files (``reader``, ``source``: trees that keep positions), ``names`` collects what can be referred
to, ``sections`` reads entries by the models of ``schema`` and ``targets``, ``build`` makes the inventory, ``loading``
does all of it in order.
"""

from netmon.config.loading import DEFAULT_PATHS, Configuration, WebSettings, find, listens, load
from netmon.errors import ConfigError

__all__ = ["DEFAULT_PATHS", "ConfigError", "Configuration", "WebSettings", "find", "listens", "load"]
