"""Rules for Prometheus on netmon's metrics: what is recorded, what is alerted on, and the texts of alerts.

``recording`` and ``alerting`` hold them, ``writing`` makes the files.
"""

from exporters.prometheus.rules.alerting import ALERTS, Alert
from exporters.prometheus.rules.recording import RECORDINGS, Recording
from exporters.prometheus.rules.writing import alerts_file, recordings_file

__all__ = ["ALERTS", "RECORDINGS", "Alert", "Recording", "alerts_file", "recordings_file"]
