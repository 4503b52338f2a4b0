"""Pure judgement: what observations mean. No I/O, no clock."""
