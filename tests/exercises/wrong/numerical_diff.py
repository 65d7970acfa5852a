"""Wrong solutions of `numerical-diff`."""


def forward(f, x):
    step = 1e-5
    return (f(x + step) - f(x)) / step


def forward__large_step(f, x):
    dx = 0.001
    y0 = f(x)
    y1 = f(x + dx)
    return (y1 - y0) / dx


def backward(f, x):
    eps = 1e-5
    return (f(x) - f(x - eps)) / eps


def not_divided_by_2h(f, x):
    h = 1e-5
    rise = f(x + h) - f(x - h)
    return rise / h


def half_step(f, x):
    h = 1e-4
    return (f(x + 0.5 * h) - f(x - 0.5 * h)) / (2 * h)


def step_vanishes(f, x):
    h = 10e-50
    return (f(x + h) - f(x - h)) / (2 * h)


def step_vanishes__forward(f, x):
    h = 1e-30
    return (f(x + h) - f(x)) / h


def sign(f, x):
    h = 0.0001
    return (f(x - h) - f(x + h)) / 2 / h


def precedence(f, x):
    h = 1e-4
    return f(x + h) - f(x - h) / (2 * h)


def precedence__half(f, x):
    h = 1e-4
    return (f(x + h) - f(x - h)) / 2 * h


def not_divided(f, x):
    h = 1e-4
    return f(x + h) - f(x - h)


def value(f, x):
    return f(x)


def returns_none(f, x):
    h = 1e-4
    slope = (f(x + h) - f(x - h)) / (2 * h)
    print(slope)


def step_large(f, x):
    h = 1
    return (f(x + h) - f(x - h)) / (2 * h)


def inexact__rounding(f, x):
    h = 1e-13
    return (f(x + h) - f(x - h)) / (2 * h)


def inexact__chord(f, x):
    h = 0.05
    return (f(x + h) - f(x - h)) / (2 * h)
