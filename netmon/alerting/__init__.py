"""Alerts out: who is told of which incidents, kept durable, delivered and tried again.

``gravity`` says how grave an incident is, ``wanted`` what has to be told (pure), ``senders`` make what goes over the
wire, ``couriers`` deliver what waits, ``service`` is what the daemon runs.
"""

from netmon.alerting.service import Alerting

__all__ = ["Alerting"]
