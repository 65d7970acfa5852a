"""e^−x, tanh, log(1 + y), cos and sin as polynomials, which the compiler turns into vectors.

Importing this module gives Numba these forms of the functions in `scalar`. Each is held to its
definition by tests: to 3e-7 in float32 and 1e-15 in float64. A NaN stays a NaN. The powers of two
are put together from bits, so that no conversion to an integer is in the way of the vectors.

References
----------
Moshier, "Methods and programs for mathematical functions", 1989 (the Cephes library).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic, overload

from tidu.engines.compiled.kernels.scalar import (
    cos,
    exp_nonpositive,
    log1p_unit,
    normal_or_zero,
    select,
    sin,
    tanh,
)
from tidu.native.jit import inlined

f = np.float32


@intrinsic
def _two_to(typingctx: Any, rounded: Any) -> Any:
    """Return 2ⁿ for a float to which a large one was added, so that its lowest bits are n."""
    single = rounded == types.float32
    integer = ir.IntType(32 if single else 64)
    real = ir.FloatType() if single else ir.DoubleType()
    digits, bias = (23, 127 - _ROUND_BITS) if single else (52, 1023 - _ROUND_BITS64)

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        n = builder.add(builder.bitcast(args[0], integer), integer(bias))
        return builder.bitcast(builder.shl(n, integer(digits)), real)

    return rounded(rounded), generate


@intrinsic
def _select(typingctx: Any, condition: Any, a: Any, b: Any) -> Any:
    return a(condition, a, a), lambda ctx, builder, sig, args: builder.select(*args)


OPTIONS = {"error_model": "numpy", "fastmath": {"contract"}, "forceinline": True}


@overload(select, jit_options=OPTIONS)
def _select_form(condition: Any, a: Any, b: Any) -> Any:
    def form(condition: Any, a: Any, b: Any) -> Any:
        return _select(condition, a, b)

    return form


_LEAST32, _LEAST64 = f(2.0**-126), 2.0**-1022


@overload(normal_or_zero, jit_options=OPTIONS)
def _normal_or_zero(x: Any) -> Any:
    def single(x: Any) -> Any:
        return _select(abs(x) < _LEAST32, _ZERO32, x)

    def double(x: Any) -> Any:
        return _select(abs(x) < _LEAST64, 0.0, x)

    return single if x == types.float32 else double


_LOG2_E, _LN2_HIGH, _LN2_LOW = f(1.44269504088896341), f(0.693359375), f(-2.12194440e-4)
_ROUND, _ROUND_BITS = f(12582912.0), int(f(12582912.0).view(np.int32))
_LOWEST = f(-87.0)
_E2, _E3, _E4 = f(5.0000001201e-1), f(1.6666665459e-1), f(4.1665795894e-2)
_E5, _E6, _E7 = f(8.3334519073e-3), f(1.3981999507e-3), f(1.9875691500e-4)
_ONE32 = f(1.0)
_ZERO32 = f(0.0)

_LOG2_E64, _LN2_HIGH64, _LN2_LOW64 = (
    1.4426950408889634074,
    6.93145751953125e-1,
    1.42860682030941723212e-6,
)
_ROUND64 = 6755399441055744.0
_ROUND_BITS64 = int(np.float64(_ROUND64).view(np.int64))
_INVERSE_FACTORIALS = tuple(1 / math.factorial(n) for n in range(14))
(_, _, _F2, _F3, _F4, _F5, _F6, _F7, _F8, _F9, _F10, _F11, _F12, _F13) = _INVERSE_FACTORIALS


def _exp_nonpositive_32(x: Any) -> Any:
    held = _LOWEST if x < _LOWEST else x
    rounded = held * _LOG2_E + _ROUND  # the nearest integer is now in the lowest bits
    n = rounded - _ROUND
    r = held - n * _LN2_HIGH - n * _LN2_LOW
    p = ((((_E7 * r + _E6) * r + _E5) * r + _E4) * r + _E3) * r + _E2
    y = p * r * r + r + _ONE32
    return _select(x < _LOWEST, _ZERO32, y * _two_to(rounded))


def _exp_nonpositive_64(x: Any) -> Any:
    held = -708.0 if x < -708.0 else x
    rounded = held * _LOG2_E64 + _ROUND64
    n = rounded - _ROUND64
    r = held - n * _LN2_HIGH64 - n * _LN2_LOW64
    p = ((((_F13 * r + _F12) * r + _F11) * r + _F10) * r + _F9) * r + _F8
    p = (((((p * r + _F7) * r + _F6) * r + _F5) * r + _F4) * r + _F3) * r + _F2
    y = p * r * r + r + 1.0
    return _select(x < -708.0, 0.0, y * _two_to(rounded))


@overload(exp_nonpositive, jit_options=OPTIONS)
def _exp_nonpositive(x: Any) -> Any:
    return _exp_nonpositive_32 if x == types.float32 else _exp_nonpositive_64


_T0, _T1, _T2 = f(-3.33332819422e-1), f(1.33314422036e-1), f(-5.37397155531e-2)
_T3, _T4 = f(2.06390887954e-2), f(-5.70498872745e-3)
_SMALL, _TWO32 = f(0.625), f(2.0)


def _tanh_32(x: Any) -> Any:
    size = abs(x)
    z = x * x
    near = ((((_T4 * z + _T3) * z + _T2) * z + _T1) * z + _T0) * z * x + x
    e = exp_nonpositive(-(size + size))
    far = (_ONE32 - e) / (_ONE32 + e)
    return _select(size < _SMALL, near, _select(x < _ZERO32, -far, far))


def _tanh_64(x: Any) -> Any:
    size = abs(x)
    z = x * x
    p = (-9.64399179425052238628e-1 * z - 9.92877231001918586564e1) * z - 1.61468768441708447952e3
    q = ((z + 1.12811678491632931402e2) * z + 2.23548839060100448583e3) * z
    near = x + x * z * p / (q + 4.84406305325125486048e3)
    e = exp_nonpositive(-(size + size))
    far = (1.0 - e) / (1.0 + e)
    return _select(size < 0.625, near, _select(x < 0.0, -far, far))


@overload(tanh, jit_options=OPTIONS)
def _tanh(x: Any) -> Any:
    return _tanh_32 if x == types.float32 else _tanh_64


# log(1 + y) = 2 artanh s = 2 (s + s³/3 + ...) with s = y / (2 + y)
_L1, _L2, _L3, _L4, _L5, _L6, _L7, _L8, _L9 = (f(2 / (2 * k + 1)) for k in range(9))


def _log1p_32(y: Any) -> Any:
    s = y / (_TWO32 + y)
    z = s * s
    p = (((((((_L9 * z + _L8) * z + _L7) * z + _L6) * z + _L5) * z + _L4) * z + _L3) * z + _L2) * z
    return (p + _L1) * s


(_M1, _M2, _M3, _M4, _M5, _M6, _M7, _M8, _M9, _M10, _M11, _M12, _M13, _M14, _M15, _M16, _M17) = (
    2 / (2 * k + 1) for k in range(17)
)


def _log1p_64(y: Any) -> Any:
    s = y / (2.0 + y)
    z = s * s
    p = (((((_M17 * z + _M16) * z + _M15) * z + _M14) * z + _M13) * z + _M12) * z + _M11
    p = (((((p * z + _M10) * z + _M9) * z + _M8) * z + _M7) * z + _M6) * z + _M5
    return ((((p * z + _M4) * z + _M3) * z + _M2) * z + _M1) * s


@overload(log1p_unit, jit_options=OPTIONS)
def _log1p_unit(y: Any) -> Any:
    return _log1p_32 if y == types.float32 else _log1p_64


# r = x − 2πn between −π and π, then sin y = y − y³/3! + ... for |y| up to π/2
_TURNS, _TURN_HIGH, _TURN_LOW = f(1 / (2 * math.pi)), f(6.28125), f(2 * math.pi - 6.28125)
_PI_HIGH, _PI_LOW = f(3.140625), f(math.pi - 3.140625)
_HALF_HIGH, _HALF_LOW = f(1.5703125), f(math.pi / 2 - 1.5703125)
_S3, _S5, _S7, _S9, _S11, _S13 = (f((-1) ** k / math.factorial(2 * k + 1)) for k in range(1, 7))

_PI32, _PI64 = f(math.pi), math.pi
"""Where x is too large for a difference to be left, r is held here."""
_TURN_HIGH64 = 6.283185243606567382812
_TURN_LOW64 = 6.357301909411279e-08
_SINES = tuple((-1) ** k / math.factorial(2 * k + 1) for k in range(11))
(_, _D3, _D5, _D7, _D9, _D11, _D13, _D15, _D17, _D19, _D21) = _SINES


@inlined
def _within_a_turn_32(x: Any) -> Any:
    n = (x * _TURNS + _ROUND) - _ROUND
    r = (x - n * _TURN_HIGH) - n * _TURN_LOW
    return _select(r > _PI32, _PI32, _select(r < -_PI32, -_PI32, r))


@inlined
def _within_a_turn_64(x: Any) -> Any:
    n = (x * 0.15915494309189535 + _ROUND64) - _ROUND64
    r = (x - n * _TURN_HIGH64) - n * _TURN_LOW64
    return _select(r > _PI64, _PI64, _select(r < -_PI64, -_PI64, r))


@inlined
def _sine_32(y: Any) -> Any:
    z = y * y
    return (((((_S13 * z + _S11) * z + _S9) * z + _S7) * z + _S5) * z + _S3) * z * y + y


@inlined
def _sine_64(y: Any) -> Any:
    z = y * y
    p = ((((_D21 * z + _D19) * z + _D17) * z + _D15) * z + _D13) * z + _D11
    return ((((p * z + _D9) * z + _D7) * z + _D5) * z + _D3) * z * y + y


@overload(cos, jit_options=OPTIONS)
def _cos(x: Any) -> Any:
    def single(x: Any) -> Any:
        return _sine_32((_HALF_HIGH - abs(_within_a_turn_32(x))) + _HALF_LOW)

    def double(x: Any) -> Any:
        return _sine_64(1.5707963267948966 - abs(_within_a_turn_64(x)))

    return single if x == types.float32 else double


@overload(sin, jit_options=OPTIONS)
def _sin(x: Any) -> Any:
    def single(x: Any) -> Any:
        r = _within_a_turn_32(x)
        y = abs(r)
        p = _sine_32(_select(y > _HALF_HIGH, (_PI_HIGH - y) + _PI_LOW, y))
        return _select(r < _ZERO32, -p, p)

    def double(x: Any) -> Any:
        r = _within_a_turn_64(x)
        y = abs(r)
        p = _sine_64(_select(y > 1.5707963267948966, _PI64 - y, y))
        return _select(r < 0.0, -p, p)

    return single if x == types.float32 else double
