"""Run every benchmark: ``python -m benchmarks``."""

from benchmarks import import_time, numeric_gradient, training

for benchmark in (import_time, training, numeric_gradient):
    benchmark.main()
