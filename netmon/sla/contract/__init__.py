"""Contracts: what was promised, for which objects and when, against what was measured. Pure.

``hours`` reads service hours with their calendars, ``scope`` says which objects count when, ``works`` which planned
works leave the figure, ``imputation`` what is left out by attribution, ``clocks`` runs GTI and GTR, ``penalties``
proposes amounts, ``annex`` tells what corrections changed, and ``settle`` puts it all together.
"""
