"""Right solutions in other styles than the library's own: none of them may be called wrong.

Each function is named after its exercise, and what is special about it.
"""

import math

import numpy as np


def numerical_diff__small_step(f, x):
    h = 1e-6
    return (f(x + h) - f(x - h)) / (h + h)


def numerical_diff__large_step(f, x):
    delta = 0.001
    up, down = f(x + delta), f(x - delta)
    return 0.5 * (up - down) / delta


def numerical_diff__array(f, x):
    return np.array([(f(x + 1e-5) - f(x - 1e-5)) / 2e-5])[0]


def numerical_gradient__nditer(f, x):
    h = 1e-4
    x = x.astype(float)
    grad = np.zeros_like(x)
    it = np.nditer(x, flags=["multi_index"])
    for _ in it:
        i = it.multi_index
        old = x[i]
        x[i] = old + h
        up = f(x)
        x[i] = old - h
        grad[i] = (up - f(x)) / (2 * h)
        x[i] = old
    return grad


def numerical_gradient__unit_vectors(f, x):
    rows = np.eye(x.size).reshape(x.size, *x.shape) * 1e-5
    return np.array([(f(x + e) - f(x - e)) / 2e-5 for e in rows]).reshape(x.shape)


def numerical_gradient__puts_back(f, x):
    flat = x.reshape(-1)
    out = []
    for k in range(flat.size):
        keep = flat[k]
        flat[k] = keep + 1e-4
        up = f(x)
        flat[k] = keep - 1e-4
        down = f(x)
        flat[k] = keep
        out.append((up - down) / 2e-4)
    return np.array(out).reshape(x.shape)


def descent__while(gradient, x, lr, steps):
    k = 0
    x = x.copy()
    while k < steps:
        x -= lr * gradient(x)
        k += 1
    return x


def activations__masks(x):
    step = (x > 0).astype(int)
    sigmoid = 0.5 * (1 + np.tanh(0.5 * x))
    relu = x.copy()
    relu[relu < 0] = 0
    return [step, sigmoid, relu]


def activations__loops(x):
    flat = x.ravel()
    step = np.array([1.0 if v > 0 else 0.0 for v in flat]).reshape(x.shape)
    sigmoid = np.array(
        [1 / (1 + math.exp(-v)) if v >= 0 else math.exp(v) / (1 + math.exp(v)) for v in flat]
    )
    return step, sigmoid.reshape(x.shape), np.where(x > 0, x, 0)


def softmax__rows(x):
    if x.ndim == 1:
        e = np.exp(x - np.max(x))
        return e / np.sum(e)
    return np.array([softmax__rows(row) for row in x])


def softmax__transposed(x):
    if x.ndim == 2:
        x = x.T
        x = x - np.max(x, axis=0)
        return (np.exp(x) / np.sum(np.exp(x), axis=0)).T
    x = x - np.max(x)
    return np.exp(x) / np.sum(np.exp(x))


def softmax__logarithms(x):
    z = x - x.max(axis=-1, keepdims=True)
    return np.exp(z - np.log(np.exp(z).sum(axis=-1, keepdims=True)))


def cross_entropy__loops(y, t):
    total = 0.0
    for n in range(y.shape[0]):
        for k in range(y.shape[1]):
            total -= t[n, k] * np.log(y[n, k] + 1e-7)
    return total / y.shape[0]


def cross_entropy__mean(y, t):
    return np.mean(np.sum(-t * np.log(y + 1e-7), axis=1))


def cross_entropy_labels__list(y, t):
    return float(np.mean([-math.log(row[k] + 1e-7) for row, k in zip(y, t, strict=True)]))


def cross_entropy_labels__one_hot(y, t):
    onehot = np.eye(y.shape[1])[t]
    return -(onehot * np.log(y + 1e-7)).sum() / len(y)


def one_hot__eye(t, classes):
    return np.eye(classes, dtype=int)[t]


def one_hot__comparison(t, classes):
    return t[:, None] == np.arange(classes)


def one_hot__lists(t, classes):
    return [[1 if k == c else 0 for c in range(classes)] for k in t]


def mini_batch__shuffled_first(x, t, order, k, size):
    start = size * k
    stop = min(start + size, len(x))
    return x[order][start:stop], t[order][start:stop]


def mini_batch__list(x, t, order, k, size):
    chosen = list(order)[k * size : (k + 1) * size]
    return np.array([x[i] for i in chosen]), np.array([t[i] for i in chosen])


def multiply_add__list(dy, a, b, c):
    return [b * dy, a * dy, 1.0 * dy]


def relu_backward__copy(dy, x):
    dx = dy.copy()
    dx[x <= 0] = 0
    return dx


def sigmoid_backward__expanded(dy, y):
    return dy * (y - y**2)


def affine_backward__dot(dy, x, W):
    return np.dot(dy, W.T), np.dot(x.T, dy), np.sum(dy, 0)


def affine_backward__einsum(dy, x, W):
    return [
        np.einsum("nk,dk->nd", dy, W),
        np.einsum("nd,nk->dk", x, dy),
        np.ones(len(dy)) @ dy,
    ]


def softmax_loss_backward__labels(x, t):
    z = x - x.max(axis=1)[:, None]
    y = np.exp(z) / np.exp(z).sum(axis=1)[:, None]
    dx = y.copy()
    dx[np.arange(len(x)), t.argmax(axis=1)] -= 1
    return dx / len(x)


def two_layer_network__shifted(x, t, W1, b1, W2, b2):
    z1 = 0.5 + 0.5 * np.tanh((x @ W1 + b1) / 2)
    a2 = z1 @ W2 + b2
    a2 = a2 - a2.max(axis=1, keepdims=True)
    y = np.exp(a2) / np.exp(a2).sum(axis=1, keepdims=True)
    d2 = (y - t) / x.shape[0]
    d1 = (d2 @ W2.T) * (z1 - z1**2)
    return x.T @ d1, d1.sum(0), z1.T @ d2, d2.sum(0)


def two_three_two__loops(x, t, W1, W2, lr):
    h = [1 / (1 + math.exp(-(sum(W1[j, i] * x[i] for i in range(2)) + 0.35))) for j in range(3)]
    o = [1 / (1 + math.exp(-(sum(W2[k, j] * h[j] for j in range(3)) + 0.65))) for k in range(2)]
    new1, new2 = W1.copy(), W2.copy()
    for k in range(2):
        d = (o[k] - t[k]) * o[k] * (1 - o[k])
        for j in range(3):
            new2[k, j] -= lr * d * h[j]
            for i in range(2):
                new1[j, i] -= lr * d * W2[k, j] * h[j] * (1 - h[j]) * x[i]
    return np.array(o), new1, new2


def sgd__copy(w, g, lr):
    w = w.copy()
    w -= lr * g
    return w


def momentum__opposite_sign(w, v, g, lr, mu):
    u = mu * -v + lr * g
    return w - u, -u


def adagrad__power(w, h, g, lr):
    h = h + g * g
    return w - lr * g / (1e-7 + h**0.5), h


def adam__increments(w, m, v, g, k, lr):
    m = m + (1 - 0.9) * (g - m)
    v = v + (1 - 0.999) * (g * g - v)
    m_hat, v_hat = m / (1 - 0.9**k), v / (1 - 0.999**k)
    return w - lr * m_hat / (1e-8 + np.sqrt(v_hat)), m, v


def initial_weights__divided(z):
    n = z.shape[0]
    return z / math.sqrt(n), z / math.sqrt(n / 2)


def batch_norm_backward__step_by_step(dy, x, gamma):
    n = len(x)
    mu = x.mean(axis=0)
    xc = x - mu
    std = np.sqrt((xc**2).mean(axis=0) + 1e-5)
    xn = xc / std
    dxn = gamma * dy
    dstd = -(dxn * xc / std**2).sum(axis=0)
    dxc = dxn / std + xc * (dstd / std) / n
    return dxc - dxc.sum(axis=0) / n, (xn * dy).sum(axis=0), dy.sum(axis=0)


def dropout__where(x, u, share, training):
    if not training:
        return x
    return np.where(u < share, 0.0, x / (1.0 - share))


def penalized_step__decay(w, g, lr, strength):
    l1 = w - lr * g - lr * strength * np.where(w > 0, 1, np.where(w < 0, -1, 0))
    return l1, (1 - lr * strength) * w - lr * g


def early_stopping__while(losses, patience):
    low, best, bad, epoch = math.inf, 0, 0, -1
    while epoch + 1 < len(losses) and bad < patience:
        epoch += 1
        bad += 1
        if losses[epoch] < low:
            low, best, bad = losses[epoch], epoch, 0
    return best, epoch


def output_delta__tanh(z, t):
    a = 0.5 + 0.5 * np.tanh(z / 2)
    error = a - t
    return error * (a - a * a), error


def bug_accuracy__mean(y, t):
    return np.mean(np.argmax(y, axis=1) == np.argmax(t, axis=1))


def bug_epoch__dot(x, t, w, b, lr, order, size):
    x, t = x[order], t[order]
    for k in range(0, len(x), size):
        xb, tb = x[k : k + size], t[k : k + size]
        error = np.dot(xb, w) + b - tb
        w, b = w - lr * np.dot(xb.T, error) / len(xb), b - lr * np.mean(error)
    return w, b


def bug_step__gradients_first(x, t, W1, W2, lr):
    h = np.maximum(0, x @ W1)
    y = np.exp(h @ W2) / np.exp(h @ W2).sum(axis=1, keepdims=True)
    d = (y - t) / len(t)
    dW2, dW1 = h.T @ d, x.T @ ((d @ W2.T) * (h > 0))
    return W1 - lr * dW1, W2 - lr * dW2


def bug_gradient__expanded(x, t, W1, W2):
    h = 1 / (1 + np.exp(-(x @ W1)))
    y = 1 / (1 + np.exp(-(h @ W2)))
    d = (y - t) * (y - y**2)
    return x.T @ ((d @ W2.T) * (h - h**2)), h.T @ d


def bug_penalty__sums(x, t, w, b, strength):
    n = len(x)
    r = x @ w + b - t
    loss = np.sum(r**2) / (2 * n) + strength / 2 * np.sum(w * w)
    return loss, x.T @ r / n + strength * w, np.sum(r) / n
