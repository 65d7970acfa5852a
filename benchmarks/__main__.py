"""Run every benchmark: ``python -m benchmarks``."""

from benchmarks import checkers, derivatives, import_time, numeric_gradient, scikit_learn, training

for benchmark in (import_time, training, numeric_gradient, derivatives, checkers, scikit_learn):
    benchmark.main()
