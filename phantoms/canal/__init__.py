"""The spinal canal: its curve, the dural sac, cord and roots, and what fills the epidural space."""
