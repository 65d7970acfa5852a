"""The vocabulary of programs: what each operation is called, and what its numbers mean.

A program is a table of integers with one operation a row, and a table of floats beside it. An
offset is a place in ``work`` (activations and their gradients) or in ``theta`` and ``state``; −1 is
"none". Widths are those of one sample: a buffer of width d holds n rows of d numbers.

=============  =====================================================================================
operation      its integers, in the order of the columns; its floats
=============  =====================================================================================
PACK           W, room for it, d_in, d_out
GATHER         out, width, shared by rows or by inputs; scale, offset
AFFINE         x, y, d_in, d_out, W, b, activation, slope, shared by what, where x is,
               room for the sums of other threads, or W as it was packed, or −1; the
               activation's two settings,
               the scale of a sparse x
ACTIVATE       x, y, width, activation, slope; the activation's two settings
AFFINE_BACK    dy, x, dx, d_in, d_out, W, b, is x sparse?, room for Wᵀ; the scale of a sparse x
ACTIVATE_BACK  dy, y, width, activation, slope; the activation's two settings
SOFTMAX        x, y, width
SOFTMAX_BACK   dy, y, width
NORMALIZE      x, y, x_hat, features, size of a feature, gamma, beta, mean, variance, weight,
               statistics; momentum, eps
NORMALIZE_BACK dy, x_hat, features, size of a feature, gamma, beta, statistics
DROP           x, y, mask, width, numbers drawn before for one sample; rate
DROP_BACK      dy, mask, width
COPY           from, to, width
ADD            from, to, width
LOSS           scores, dscores, width, loss, may there be classes?; label smoothing
SCORES         scores, width
LOOK           ; λ₁, λ₂ of the penalty
CLIP_VALUE     ; limit
CLIP_NORM      ; limit
UPDATE         rule, room for what is updated as it was before; its settings
=============  =====================================================================================
"""

(
    PACK,
    GATHER,
    AFFINE,
    ACTIVATE,
    AFFINE_BACK,
    ACTIVATE_BACK,
    SOFTMAX,
    SOFTMAX_BACK,
    NORMALIZE,
    NORMALIZE_BACK,
    DROP,
    DROP_BACK,
    COPY,
    ADD,
    LOSS,
    SCORES,
    LOOK,
    CLIP_VALUE,
    CLIP_NORM,
    UPDATE,
) = range(20)

COLUMNS, SETTINGS = 12, 6
"""The widths of the two tables."""

IN_WORK, SPARSE_INPUTS, IN_PLACE = range(3)
"""Where the x of a product is: in ``work``, or the inputs themselves, sparse or row after row."""

BY_ROWS, BY_COLUMNS, BY_INPUTS = range(3)
"""How threads share a product xW: rows of x, columns of W, or the inputs that are summed over.

By inputs, each reads and updates rows of W that no other thread ever has in its cache; the sums of
all are added up afterwards.
"""

VECTOR = 32
"""Bytes of a vector: narrower outputs are not worth a tile (see the kernels' `tiles`)."""
NARROW = 256
"""Outputs of a layer below which its products are done in tiles, and from which by BLAS."""

# activations
IDENTITY, SIGMOID, TANH, RELU, LEAKY_RELU, ELU, GELU, SILU, SOFTPLUS, RESCALE = range(10)

# losses
SUM_SQUARED, MEAN_SQUARED, SOFTMAX_CROSS_ENTROPY, SIGMOID_CROSS_ENTROPY = range(4)

# update rules
SGD, MOMENTUM, NESTEROV, ADAGRAD, RMSPROP, ADAM, ADAMW = range(7)

# how inputs are stored
BYTES, SINGLES, DOUBLES, SPARSE = range(4)
