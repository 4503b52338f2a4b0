"""Recordings of real devices are not part of the project: where they are not, there is nothing to test with them."""

from tests.collectors.snmp.recordings import RECORDINGS

collect_ignore = [] if RECORDINGS else ["test_snmp_exporter_recordings.py"]
