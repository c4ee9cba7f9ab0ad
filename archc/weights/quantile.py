"""The normal distribution's quantiles, to the same bit on every machine.

Wichura 1988 (Applied Statistics 37, algorithm AS241, PPND16): rational functions whose relative
error is about 1e-16. It uses only + - * / and the square root, which IEEE 754 rounds in exactly one
way; the logarithms of mathematical libraries differ, so there is one here.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]

WHOLE = 0.5
"""Half of the total probability."""
WITHIN_TWO = 0.4772498680518208
"""Half of the probability of the numbers within two standard deviations: Φ(2) - 1/2."""

# Coefficients from the highest power down, for the middle, the tails, and the far tails.
_A = (2.5090809287301226727e3, 3.3430575583588128105e4, 6.7265770927008700853e4,
      4.5921953931549871457e4, 1.3731693765509461125e4, 1.9715909503065514427e3,
      1.3314166789178437745e2, 3.3871328727963666080e0)  # fmt: skip
_B = (5.2264952788528545610e3, 2.8729085735721942674e4, 3.9307895800092710610e4,
      2.1213794301586595867e4, 5.3941960214247511077e3, 6.8718700749205790830e2,
      4.2313330701600911252e1, 1.0)  # fmt: skip
_C = (7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1,
      1.27045825245236838258e0, 3.64784832476320460504e0, 5.76949722146069140550e0,
      4.63033784615654529590e0, 1.42343711074968357734e0)  # fmt: skip
_D = (1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2,
      1.48103976427480074590e-1, 6.89767334985100004550e-1, 1.67638483018380384940e0,
      2.05319162663775882187e0, 1.0)  # fmt: skip
_E = (2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3,
      2.65321895265761230930e-2, 2.96560571828504891230e-1, 1.78482653991729133580e0,
      5.46378491116411436990e0, 6.65790464350110377720e0)  # fmt: skip
_F = (2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5,
      7.86869131145613259100e-4, 1.48753612908506148525e-2, 1.36929880922735805310e-1,
      5.99832206555887937690e-1, 1.0)  # fmt: skip
_SERIES = tuple(1.0 / (2 * n + 1) for n in reversed(range(12)))
_LN2 = 0.6931471805599453
_SQRT_HALF = 0.7071067811865476


def quantile(q: Doubles) -> Doubles:
    """The number below which a standard normal one lies with probability 1/2 + q, |q| < 1/2."""
    # Outside the middle, its formula must only not overflow.
    r = np.maximum(0.180625 - q * q, 0.0)
    found = q * _ratio(_A, _B, r)
    tail = np.flatnonzero(np.abs(q) > 0.425)
    r = np.sqrt(-log(0.5 - np.abs(q[tail])))
    value = _ratio(_C, _D, r - 1.6)
    far = np.flatnonzero(r > 5.0)
    value[far] = _ratio(_E, _F, r[far] - 5.0)
    found[tail] = np.copysign(value, q[tail])
    return found


def log(x: Doubles) -> Doubles:
    """The natural logarithm of positive numbers: x = 2ᵉ·m with m near 1, and the series of artanh
    in (m - 1) / (m + 1), of which twelve terms are enough."""
    m, e = np.frexp(x)
    low = m < _SQRT_HALF
    m = np.where(low, m + m, m)
    s = (m - 1.0) / (m + 1.0)
    return (e - low) * _LN2 + 2.0 * s * _polynomial(_SERIES, s * s)


def _ratio(above: Sequence[float], below: Sequence[float], x: Doubles) -> Doubles:
    quotient: Doubles = _polynomial(above, x) / _polynomial(below, x)
    return quotient


def _polynomial(coefficients: Sequence[float], x: Doubles) -> Doubles:
    """By Horner's rule, one rounded operation at a time."""
    first, second, *others = coefficients
    found = x * first
    found += second
    for coefficient in others:
        found *= x
        found += coefficient
    return found
