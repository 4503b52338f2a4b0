"""The daemon's one HTTP listener: landing page, metrics, API, stored reports."""

from exporters.web.app import create_app
from exporters.web.server import WebServer

__all__ = ["WebServer", "create_app"]
