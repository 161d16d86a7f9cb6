"""Tissue: composition as densities of the three basis materials. (Under construction.)"""
