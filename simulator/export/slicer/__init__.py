"""3D Slicer: plan, course of the tip and near misses as markups, and a scene that opens by one file."""
