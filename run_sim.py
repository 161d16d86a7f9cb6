"""Start the simulator: `python run_sim.py --help` lists what it can do."""

from simulator.cli import console

if __name__ == "__main__":
    console()
