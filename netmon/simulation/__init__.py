"""The simulated metropolis of ``netmon demo``: 28 communes, their devices and web sites, and what goes wrong there.

Pure: ``build`` (metropolis), ``write_script`` (faults, from a seed), ``World`` (what a poll of any check sees at any
instant). Real: SNMP agents and web servers on loopback in a child process, behaving as the world says. A demo does::

    demo = Demo(seed, start=live_start - history, live_start=live_start)
    child = Child(demo, directory, on_fault=show)
    child.start()                                   # agents and web sites come up meanwhile
    for check in inventory.checks:                  # the past, through the real state engine
        for at in demo.world.changes(check): …      # polls in between see the same again
        reading = demo.world.look(check, at)
    windows = demo.world.maintenance(demo.start, demo.live_start)
    placement = child.ready()
    main_file = demo.write(directory, placement, listen="127.0.0.1:8730", data_dir=data)
    …                                               # the daemon runs on main_file
    child.stop()

``write`` needs the placement, and loading its result the child's certificate: both are there once ``ready`` returned.
"""

from netmon.simulation.build import build
from netmon.simulation.child import Child
from netmon.simulation.demo import Demo
from netmon.simulation.faults import Fault, FaultKind
from netmon.simulation.metropolis import Metropolis
from netmon.simulation.placement import Placement
from netmon.simulation.script import INTERVAL, Script, write_script
from netmon.simulation.world import World

__all__ = [
    "INTERVAL",
    "Child",
    "Demo",
    "Fault",
    "FaultKind",
    "Metropolis",
    "Placement",
    "Script",
    "World",
    "build",
    "write_script",
]
