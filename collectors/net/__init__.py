"""What collectors of several kinds share: deadlines, lookups, connections, TLS, and whose fault a failure is.

No collector of its own. The collectors are blind to each other; they may all import this.
"""
