"""The running part: when checks are polled, what becomes of the readings, and how the engine itself fares."""
