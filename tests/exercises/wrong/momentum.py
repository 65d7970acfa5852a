"""Wrong solutions of `momentum`."""


def uphill(w, v, g, lr, mu):
    v_new = mu * v + lr * g
    return w + v_new, v_new


def no_memory(w, v, g, lr, mu):
    v = -lr * g
    return w + v, v


def no_friction(w, v, g, lr, mu):
    step = v - lr * g
    return w + step, step


def old_velocity(w, v, g, lr, mu):
    w = w + v
    v = mu * v - lr * g
    return w, v


def subtracts_v(w, v, g, lr, mu):
    v = mu * v - lr * g
    w = w - v
    return w, v


def no_rate(w, v, g, lr, mu):
    v = v * mu - g
    return w + v, v


def rate_twice(w, v, g, lr, mu):
    v = v * mu - lr * g
    return w + v * lr, v


def sgd_step(w, v, g, lr, mu):
    return w - g * lr, mu * v - g * lr


def averaged(w, v, g, lr, mu):
    v = mu * v - lr * (1 - mu) * g
    return w + v, v


def weights_swapped(w, v, g, lr, mu):
    v = v - mu * v - lr * g
    return w + v, v


def rate_on_both(w, v, g, lr, mu):
    v = mu * v - g
    v = lr * v
    return w + v, v


def not_moved(w, v, g, lr, mu):
    v = mu * v - lr * g
    w + v
    return w, v


def nesterov(w, v, g, lr, mu):
    v = mu * v - lr * g
    return w + (mu * v - lr * g), v


def changes_argument(w, v, g, lr, mu):
    v *= mu
    v -= lr * g
    w += v
    return w, v


def wrong_kind__w_alone(w, v, g, lr, mu):
    v = mu * v - lr * g
    return {"w": w + v, "v": v}
