"""Ground truth: what of the patient goes into an export, where somebody asked for it with `--with-truth`.

The one part of the exports that may import `phantoms`.
"""
