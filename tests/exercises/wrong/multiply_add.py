"""Wrong solutions of `multiply-add`."""


def not_swapped(dy, a, b, c):
    return a * dy, b * dy, dy


def forgets_dy(dy, a, b, c):
    return b, a, 1


def forgets_dy__factors(dy, a, b, c):
    return b, a, dy


def product_as_sum(dy, a, b, c):
    return dy, dy, dy


def sum_as_product(dy, a, b, c):
    ab = a * b
    return dy * b, dy * a, ab * dy


def sum_times_c(dy, a, b, c):
    return b * dy, a * dy, c * dy


def sum_stops(dy, a, b, c):
    return b * dy, a * dy, 0


def adds(dy, a, b, c):
    return b + dy, a + dy, dy


def includes_c(dy, a, b, c):
    return (c + b) * dy, (c + a) * dy, dy


def divides(dy, a, b, c):
    return dy / b, dy / a, dy


def forward(dy, a, b, c):
    y = a * b + c
    return y, dy * a, dy


def wrong_kind__two(dy, a, b, c):
    return dy * b, dy * a


def both_factors(dy, a, b, c):
    d = dy * a * b
    return d, d, dy


def sign(dy, a, b, c):
    return dy * b, dy * a, -dy
