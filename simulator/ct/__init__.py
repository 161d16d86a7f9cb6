"""The CT scanner: one file for each link of the chain, in the order of the beam."""
