"""Bones: one vertebra's solids by region, from the morphometric table."""
