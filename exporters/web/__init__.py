"""The daemon's HTTP listeners: status page, metrics, API, stored reports; and what everybody may see of it."""

from exporters.web.app import create_app, create_public_app
from exporters.web.server import WebServer

__all__ = ["WebServer", "create_app", "create_public_app"]
