"""netmon: network monitoring and SLA reporting for a metropolis and its communes."""

__version__ = "0.1.0"
