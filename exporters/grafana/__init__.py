"""Grafana: dashboards made in code, shipped as JSON, provisioned by file.

``exporters.grafana.dashboards`` makes them and needs grafana-foundation-sdk; what an installation needs is ``shipped``
and needs nothing.
"""
