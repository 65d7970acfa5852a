"""Operations on whole rows or columns: softmax, batch normalization, scales, dropout.

See `tidu.layers.Softmax`, `tidu.layers.BatchNorm`, `tidu.layers.Scale`, `tidu.layers.Dropout`.
"""

# mypy: allow-untyped-defs (Numba finds the types of kernels)

from __future__ import annotations

import math

from tidu.engines.compiled.kernels.scalar import exp_nonpositive
from tidu.engines.compiled.kernels.views import fill, view
from tidu.native.jit import kernel, summing


@summing
def sum_of(row):
    """Return Σ row."""
    s = row.dtype.type(0)
    for j in range(len(row)):
        s += row[j]
    return s


@summing
def dot(a, b):
    """Return Σ aᵢ bᵢ."""
    s = a.dtype.type(0)
    for j in range(len(a)):
        s += a[j] * b[j]
    return s


@kernel
def argmax(row):
    """Return the index of the first of the largest entries."""
    best = 0
    for j in range(1, len(row)):
        if row[j] > row[best]:
            best = j
    return best


@kernel
def exponentials(x, y, width):
    """y = e^(x − max x) of rows of this width; the powers in one go, for rows may be short."""
    for at in range(0, len(x), width):
        row, out = view(x, at, at + width), view(y, at, at + width)
        top = row[argmax(row)]
        for j in range(width):
            out[j] = row[j] - top
    for j in range(len(y)):
        y[j] = exp_nonpositive(y[j])


@kernel
def normalize_sum(y):
    """Divide a row by its sum, in place; return the sum."""
    s = sum_of(y)
    for j in range(len(y)):
        y[j] = y[j] / s
    return s


@kernel
def softmax(x, y, width):
    """y = e^(x − max x) / Σ of rows of this width."""
    exponentials(x, y, width)
    for at in range(0, len(y), width):
        normalize_sum(view(y, at, at + width))


@kernel
def softmax_backward(dy, y):
    """dxᵢ = yᵢ (dyᵢ − Σⱼ dyⱼ yⱼ), in place of dy."""
    s = dot(dy, y)
    for j in range(len(dy)):
        dy[j] = y[j] * (dy[j] - s)


@kernel
def feature_sums(a, b, sums, n, features, size, low, high):
    """Add up a·b of each feature from ``low`` to ``high`` over the batch, into ``sums``."""
    fill(view(sums, low, high), 0)
    for r in range(n):
        if size == 1:
            first, second = (
                view(a, r * features + low, r * features + high),
                view(b, r * features + low, r * features + high),
            )
            into = view(sums, low, high)
            for c in range(len(into)):
                into[c] += first[c] * second[c]
        else:
            for c in range(low, high):
                at = (r * features + c) * size
                sums[c] += dot(view(a, at, at + size), view(b, at, at + size))


@kernel
def column_sums(a, sums, n, features, size, low, high):
    """Add up each feature from ``low`` to ``high`` over the batch, into ``sums``."""
    fill(view(sums, low, high), 0)
    for r in range(n):
        if size == 1:
            row = view(a, r * features + low, r * features + high)
            into = view(sums, low, high)
            for c in range(len(into)):
                into[c] += row[c]
        else:
            for c in range(low, high):
                at = (r * features + c) * size
                sums[c] += sum_of(view(a, at, at + size))


@kernel
def affine_features(x, y, factor, shift, n, features, size, low, high):
    """y = factor·x + shift, with a factor and a shift for each feature."""
    for r in range(n):
        if size == 1:
            at = r * features
            row, out = view(x, at + low, at + high), view(y, at + low, at + high)
            f, s = view(factor, low, high), view(shift, low, high)
            for c in range(len(out)):
                out[c] = f[c] * row[c] + s[c]
        else:
            for c in range(low, high):
                at = (r * features + c) * size
                row, out = view(x, at, at + size), view(y, at, at + size)
                for j in range(len(out)):
                    out[j] = factor[c] * row[j] + shift[c]


@kernel
def batch_norm(
    training, x, y, x_hat, gamma, beta, mean, var, weight, new_mean, new_var, new_weight, scratch,
    momentum, eps, n, features, size, low, high,
):  # fmt: skip
    """y = γ x̂ + β for the features from ``low`` to ``high``.

    ``scratch`` has three rows of ``features`` numbers: a factor, a shift, and 1/√(σ² + eps), which
    the way back needs.
    """
    number = x.dtype.type
    factor, shift = view(scratch, 0, features), view(scratch, features, 2 * features)
    inverse_std = view(scratch, 2 * features, 3 * features)
    one, m = number(1), number(n * size)
    if training:
        column_sums(x, shift, n, features, size, low, high)
        for c in range(low, high):
            factor[c] = one
            shift[c] = -(shift[c] / m)
        affine_features(x, x_hat, factor, shift, n, features, size, low, high)
        feature_sums(x_hat, x_hat, factor, n, features, size, low, high)
        unbiased = number(n * size / max(n * size - 1, 1))
        r = momentum if n * size > 1 else number(0)
        for c in range(low, high):
            variance = factor[c] / m
            w = weight[c]
            new_mean[c], new_var[c], new_weight[c] = mean[c], var[c], w + r * (one - w)
            if r > 0:
                new_mean[c] = ((one - r) * w * mean[c] - r * shift[c]) / new_weight[c]
                new_var[c] = ((one - r) * w * var[c] + r * unbiased * variance) / new_weight[c]
            inverse_std[c] = one / math.sqrt(variance + eps)
            factor[c] = inverse_std[c]
            shift[c] = number(0)
        affine_features(x_hat, x_hat, factor, shift, n, features, size, low, high)
        affine_features(x_hat, y, gamma, beta, n, features, size, low, high)
    else:
        for c in range(low, high):
            factor[c] = gamma[c] / math.sqrt(var[c] + eps)
            shift[c] = beta[c] - mean[c] * factor[c]
        affine_features(x, y, factor, shift, n, features, size, low, high)


@kernel
def batch_norm_backward(dy, x_hat, gamma, dgamma, dbeta, scratch, n, features, size, low, high):
    """dx = γ/√(σ² + eps) (dy − (Σ dy + x̂ Σ dy x̂) / m), in place of dy; dγ = Σ dy x̂, dβ = Σ dy."""
    number = dy.dtype.type
    inverse_std, m = view(scratch, 2 * features, 3 * features), number(n * size)
    feature_sums(dy, x_hat, dgamma, n, features, size, low, high)
    column_sums(dy, dbeta, n, features, size, low, high)
    for r in range(n):
        for c in range(low, high):
            slope = gamma[c] * inverse_std[c]
            a, b = dbeta[c] / m, dgamma[c] / m
            at = (r * features + c) * size
            for j in range(at, at + size):
                dy[j] = slope * (dy[j] - (a + x_hat[j] * b))


@kernel
def scale_rows(x, y, s):
    """y = s x of rows as wide as s."""
    width = len(s)
    for at in range(0, len(x), width):
        multiply(view(x, at, at + width), view(y, at, at + width), s)


@kernel
def scale_columns_backward(dy, x, s, ds, width, low, high):
    """ds = Σ dy x and dx = s dy, in place of dy, of the columns from low to high."""
    factors, sums = view(s, low, high), view(ds, low, high)
    fill(sums, 0)
    for at in range(0, len(x), width):
        g, row = view(dy, at + low, at + high), view(x, at + low, at + high)
        for j in range(len(g)):
            sums[j] += g[j] * row[j]
            g[j] = factors[j] * g[j]


@kernel
def multiply(x, y, mask):
    """y = x · mask."""
    for j in range(len(y)):
        y[j] = x[j] * mask[j]
