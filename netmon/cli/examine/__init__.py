"""What ``netmon doctor`` looks at on this host; each part yields findings, and mends nothing itself."""
