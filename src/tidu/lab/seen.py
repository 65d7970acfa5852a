"""Which layers a person sees: the last of each hidden block."""

from __future__ import annotations


def blocks(names: list[str]) -> list[str]:
    """Return the last layer of each hidden block: the one before the next `Affine`.

    Parameters
    ----------
    names
        Those of all layers, as `Network.trace` has them after the input.

    Examples
    --------
    >>> blocks(["Rescale1", "Affine1", "Tanh1", "Affine2", "BatchNorm1", "Tanh2", "Affine3"])
    ['Tanh1', 'Tanh2']
    """
    affine = [i for i, name in enumerate(names) if name.startswith("Affine")]
    return [names[i - 1] for i in affine[1:]]
