"""Run every benchmark: ``python -m benchmarks``."""

from benchmarks import import_time, training

for benchmark in (import_time, training):
    benchmark.main()
