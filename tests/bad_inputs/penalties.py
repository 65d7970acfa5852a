"""Settings of penalties that cannot work."""

import tidu as td
from tests.bad_inputs import Bad
from tidu.errors import InputError

ROWS = [
    Bad("L1.strength", lambda: td.L1(-0.1), InputError, "`strength` must be at least 0, got -0.1"),
    Bad("L2.strength", lambda: td.L2("1e-4"), TypeError, "`strength` must be a number, got '1e-4'"),
    Bad("ElasticNet.l1", lambda: td.ElasticNet(-1, 1), InputError, "`l1` must be at least 0"),
    Bad("ElasticNet.l2", lambda: td.ElasticNet(1, None), TypeError, "`l2` must be a number, got"),
]
