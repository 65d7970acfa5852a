"""Run every benchmark: ``python -m benchmarks``."""

from benchmarks import (
    autodiff,
    checkers,
    derivatives,
    import_time,
    lab,
    many,
    neighbours,
    numeric_gradient,
    race,
    scale,
    scikit_learn,
    training,
)

for benchmark in (
    import_time,
    training,
    race,
    neighbours,
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
