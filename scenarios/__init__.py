"""The cases and studies that ship: data alone, found by `simulator.scenario.shipped`."""
