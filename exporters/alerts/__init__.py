"""Alerts: ``content`` makes the document of a notice, ``alertmanager`` and ``webhook`` what goes over the wire, and
``http`` hands it over."""

from exporters.alerts.http import Destination, PostError, post

__all__ = ["Destination", "PostError", "post"]
