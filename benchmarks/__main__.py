"""Run every benchmark: ``python -m benchmarks``."""

from benchmarks import (
    autodiff,
    checkers,
    derivatives,
    import_time,
    lab,
    many,
    numeric_gradient,
    scale,
    scikit_learn,
    training,
)

for benchmark in (
    import_time,
    training,
    numeric_gradient,
    derivatives,
    autodiff,
    checkers,
    scikit_learn,
    many,
    scale,
    lab,
):
    benchmark.main()
