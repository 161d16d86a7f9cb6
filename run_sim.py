"""Start the simulator: `python run_sim.py --help` lists what it can do."""

import sys

from simulator.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
