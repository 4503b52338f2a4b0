"""The life of a report after its figures: stored, closed, compared, signed, made by schedule, mailed.

``making`` gathers what a report is made of, ``archive`` keeps editions as folders that are there whole or not at all,
``closing`` makes them, ``verifying`` makes them again and compares; ``occasions`` says when schedules are due, ``jobs``
and ``mailing`` work for the daemon, each on a thread of its own.
"""
