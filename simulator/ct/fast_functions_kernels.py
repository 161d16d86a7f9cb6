"""Logarithm, exponential, sine and cosine in single precision, for the inner loops of the detector.

They are minimax polynomials with the coefficients of the Cephes library: several times faster than libm, and the same
on every machine.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from phantoms.compiled_kernels import float32, njit


@njit
def fast_log(x):  # type: ignore[no-untyped-def]
    """Natural logarithm of a positive number."""
    bits = np.float32(x).view(np.int32)
    exponent = (bits - np.int32(0x3F3504F3)) >> np.int32(23)
    f = np.int32(bits - (exponent << np.int32(23))).view(np.float32) - float32(1)
    z = f * f
    p = float32(7.0376836292e-2)
    p = p * f + float32(-1.1514610310e-1)
    p = p * f + float32(1.1676998740e-1)
    p = p * f + float32(-1.2420140846e-1)
    p = p * f + float32(1.4249322787e-1)
    p = p * f + float32(-1.6668057665e-1)
    p = p * f + float32(2.0000714765e-1)
    p = p * f + float32(-2.4999993993e-1)
    p = p * f + float32(3.3333331174e-1)
    return f * z * p - float32(0.5) * z + f + float32(exponent) * float32(0.69314718056)


@njit
def fast_sine_cosine(turns):  # type: ignore[no-untyped-def]
    """Sine and cosine of an angle in turns."""
    quarter = np.int32(turns * float32(4) + float32(0.5))
    t = (turns - float32(quarter) * float32(0.25)) * float32(6.283185307)
    z = t * t
    s = t + t * z * (float32(-1.6666654611e-1) + z * (float32(8.3321608736e-3) + z * float32(-1.9515295891e-4)))
    c = (
        float32(1)
        - float32(0.5) * z
        + z
        * z
        * (float32(4.166664568298827e-2) + z * (float32(-1.388731625493765e-3) + z * float32(2.443315711809948e-5)))
    )
    odd = (quarter & np.int32(1)) != 0
    sine = c if odd else s
    cosine = s if odd else c
    sine = -sine if (quarter & np.int32(2)) != 0 else sine
    cosine = -cosine if ((quarter + np.int32(1)) & np.int32(2)) != 0 else cosine
    return sine, cosine


@njit
def fast_exp(x):  # type: ignore[no-untyped-def]
    """exp(x) for x <= 0, relative error below 3e-7; zero from -87 down."""
    x = max(x, float32(-87.0))
    n = np.int32(x * float32(1.4426950409) - float32(0.5))
    f = x - float32(n) * float32(0.693359375) - float32(n) * float32(-2.12194440e-4)
    p = float32(1.9875691500e-4)
    p = p * f + float32(1.3981999507e-3)
    p = p * f + float32(8.3334519073e-3)
    p = p * f + float32(4.1665795894e-2)
    p = p * f + float32(1.6666665459e-1)
    p = p * f + float32(5.0000001201e-1)
    p = p * f * f + f + float32(1)
    return p * np.int32((n + np.int32(127)) << np.int32(23)).view(np.float32)


@njit(cache=True, nogil=True)
def elementary(values: NDArray[np.float32], out: NDArray[np.float32]) -> None:
    """log(x), exp(-x), sine and cosine of x turns, shape (4, n) with 0 < x < 1; for tests."""
    for i in range(values.size):
        out[0, i] = fast_log(values[i])
        out[1, i] = fast_exp(-values[i] * float32(80))
        out[2, i], out[3, i] = fast_sine_cosine(values[i])
