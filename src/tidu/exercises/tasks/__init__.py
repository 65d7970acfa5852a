"""The exercises, a file for each part of the course.

**How to add one.** Write its solution as a function, with the task as its docstring, and make an
exercise of it::

    @exercise(
        "Half the mean of the squares",
        results="E",  # the names of what is returned; those of gradients begin with d
        inputs=lambda rng: [{"y": numbers(rng, 3), "t": numbers(rng, 3)}],  # the calls
        mistakes=[
            mistake("no-half", "E lacks the factor ½", "0.5 * ", ""),  # find, put there
        ],
    )
    def half_square(y, t):
        \"\"\"Return E = ½ Σ (y − t)².\"\"\"
        return 0.5 * ((y - t) ** 2).sum()

and give it a line in `tidu.exercises.EXERCISES`. The first call is the example in the learner's
file. Choose calls on which each mistake shows: batches of several samples, matrices that are not
square, numbers that overflow. Then write ten wrong solutions as a learner would, in
``tests/exercises/wrong/half_square.py``, each named after the mistake that it should be told.
"""
