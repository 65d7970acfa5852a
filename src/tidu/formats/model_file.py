"""A network in a file: safetensors, with the architecture as JSON in its metadata.

The file holds one tensor a parameter and statistic, under its name (W1, b1, running_mean1, ...),
so other programs can read it too; the metadata holds a format version and a checksum beside the
architecture, and equal networks make equal files. A saved run (`tidu.formats.run_file`) is such a
file with more in it. Reading never runs code, never allocates more than the file holds, and raises
one sentence on a file that is damaged or of another program.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from tidu.atomic import write_atomically
from tidu.errors import FileFormatError, TiduError, clause
from tidu.formats.architecture import UnknownClassError, decoded, encoded
from tidu.layers import Chain, Layer
from tidu.layout import Layout
from tidu.network import Network
from tidu.schema import Schema

KEY, VERSION = "tidu", 2
"""The one entry of the metadata (of several, safetensors keeps no order), and its version."""

READ = (1, 2)
"""The versions that are read: 2 added the schema of a table, and the weight of running averages."""


def save(network: Network, path: str | Path) -> None:
    """Write a network to a safetensors file, in one step that never leaves half a file behind.

    Raises
    ------
    InputError
        If a layer's settings are not numbers, strings or objects of such.
    OSError
        If the file cannot be written.
    """
    write_atomically(path, content(network))


def load(path: str | Path, *, layers: Mapping[str, type[Layer]] | None = None) -> Network:
    """Read a network that `Network.save` wrote: the same bits, the same predictions.

    Parameters
    ----------
    path : str or Path
        The file.
    layers : mapping of names to classes, optional
        The layers that you wrote yourself, by the names of their classes.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    FileFormatError
        If it is damaged, is not a network of Tidu's, or needs a class that is not known.

    Examples
    --------
    >>> import tempfile, tidu as td
    >>> net = td.Network([td.Affine(3)], input_shape=2, loss=td.SoftmaxCrossEntropy())
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     net.save(folder + "/net.safetensors")
    ...     again = td.load(folder + "/net.safetensors")
    >>> bool((again.theta == net.theta).all())
    True
    """
    return read(path, layers)[0]


def content(
    network: Network, more: Mapping[str, np.ndarray] | None = None, run: Any = None
) -> bytes:
    """Return the bytes of a file that holds a network and, of a run, more tensors and settings."""
    from safetensors.numpy import save as safetensors_bytes

    names = [*network.layout, *network.state_layout]
    tensors = {name: network[name] for name in names} | dict(more or {})
    tensors = {name: np.ascontiguousarray(tensor) for name, tensor in tensors.items()}
    settings = {
        **settings_of(network),
        "fingerprint": network.fingerprint,
        "image_shape": network.image_shape,
    }
    saved = {"version": VERSION, "network": settings}
    saved |= {} if run is None else {"run": run}
    saved["sha256"] = _checksum(tensors, _covered(saved))
    return safetensors_bytes(tensors, metadata={KEY: json.dumps(saved)})


def read(
    path: str | Path, layers: Mapping[str, type[Layer]] | None = None
) -> tuple[Network, dict[str, np.ndarray], dict[str, Any]]:
    """Return the network in a file, all of its tensors, and what it says of network and run."""
    path = Path(path)
    if not isinstance(layers, Mapping | None):
        raise TypeError(f"`layers` must be a mapping of names to classes, got {layers!r}")
    own = dict(layers or {})
    for name, kind in own.items():
        if not (isinstance(kind, type) and issubclass(kind, Layer)):
            raise TypeError(f"`layers[{name!r}]` must be a class of layers, got {kind!r}")
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {path}")
    tensors, saved = contents(path)
    with refusing(path):
        return _network(tensors, saved["network"], own), tensors, saved


@contextmanager
def refusing(path: Path) -> Iterator[None]:
    """Turn any error in a file's settings into one sentence about the file."""
    try:
        yield
    except UnknownClassError as error:
        raise FileFormatError(f"{path} cannot be loaded: {error}") from error
    except RecursionError as error:
        raise FileFormatError(f"{path} is damaged: its layers nest too deep") from error
    except (KeyError, TypeError, ValueError, AttributeError, TiduError, OverflowError) as error:
        reason = clause(f"it lacks {error}") if type(error) is KeyError else str(error)
        raise FileFormatError(
            f"{path} is damaged, or another program wrote it: {reason}"
        ) from error


def settings_of(network: Network) -> dict[str, Any]:
    """Return all that makes a network, except for its values, as JSON can hold it."""
    return {
        "layers": encoded(network.layers),
        "loss": encoded(network.loss_function),
        "penalty": encoded(network.penalty),
        "input_shape": list(network.input_shape),
        "dtype": str(network.dtype),
        "seed": network.seed,
        "classes": encoded(network.classes),
        "schema": encoded(network.schema),
        "frozen": [e.name for e in network.layout.entries if not e.trainable],
        "rate_factors": {
            e.name: e.rate_factor for e in network.layout.entries if e.rate_factor != 1
        }
        or None,  # as in files from before there were any
        "decay": {
            e.name: e.decays for e in network.layout.entries if e.decays != (e.kind == "weight")
        }
        or None,
    }


def contents(path: Path) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Return the tensors and the settings of a file, or raise if it is damaged."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as file:
            header = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, TypeError, ValueError, KeyError, AttributeError) as error:
        raise FileFormatError(f"{path} is no safetensors file, or is damaged: {error}") from error
    if KEY not in header:
        raise FileFormatError(f"{path} is a safetensors file, but not of a network saved by Tidu")
    try:
        saved = json.loads(header[KEY])
        version = saved["version"]
        intact = version not in READ or saved["sha256"] == _checksum(tensors, _covered(saved))
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise FileFormatError(f"{path} is damaged: its architecture cannot be read") from error
    if version not in READ:
        raise FileFormatError(
            f"{path} has format version {version}; this Tidu reads {VERSION} and older: a newer "
            "Tidu may have written it"
        )
    if not intact:
        raise FileFormatError(
            f"{path} is damaged: its content is not what was saved (the checksum differs)"
        )
    network = saved["network"]
    schema = network.get("schema") if isinstance(network, dict) else None
    if isinstance(schema, dict) and "fingerprint" in schema:  # where it stood before
        network["fingerprint"] = schema.pop("fingerprint")
    return tensors, saved


def _covered(saved: dict[str, Any]) -> Any:
    """Return the settings that the checksum covers."""
    return [saved["network"], saved["run"]] if "run" in saved else saved["network"]


def _checksum(tensors: Mapping[str, np.ndarray], settings: Any) -> str:
    """Return the SHA-256 of the settings and of each tensor's name, dtype, shape and bytes."""
    found = hashlib.sha256(json.dumps(settings).encode())
    for name, tensor in sorted(tensors.items()):
        found.update(f"{name} {tensor.dtype} {tensor.shape}".encode())
        found.update(np.ascontiguousarray(tensor).data)
    return found.hexdigest()


def _network(
    tensors: dict[str, np.ndarray], settings: dict[str, Any], own: Mapping[str, type]
) -> Network:
    layers = decoded(settings["layers"], own)
    input_shape = tuple(settings["input_shape"])
    chain = Chain(layers)
    compare(tensors, Layout.of(chain.parameters(input_shape)), settings["dtype"])
    buffers = Layout.of(chain.buffers(input_shape))
    add_missing_weights(tensors, buffers, settings["dtype"])
    compare(tensors, buffers, settings["dtype"])
    network = Network(
        layers,
        input_shape,
        decoded(settings["loss"], own),
        penalty=decoded(settings["penalty"], own),
        seed=settings["seed"],
        dtype=settings["dtype"],
        classes=settings["classes"],
    )
    network.schema = decoded(settings.get("schema"), own)
    if not isinstance(network.schema, Schema | None):
        raise FileFormatError(f"its schema is a {type(network.schema).__name__}")
    network.fingerprint = str(settings.get("fingerprint", ""))
    if (image_shape := settings.get("image_shape")) is not None:
        network.image_shape = tuple(image_shape)
        if math.prod(network.image_shape) != math.prod(input_shape):
            raise FileFormatError(f"its pictures of {image_shape} are no inputs of {input_shape}")
    for name in (*network.layout, *network.state_layout):
        network[name] = tensors[name]
    network.freeze(*settings["frozen"])
    network.set_rate_factors(settings.get("rate_factors") or {})
    network.set_decay(settings.get("decay") or {})
    return network


def add_missing_weights(tensors: dict[str, np.ndarray], buffers: Layout, dtype: str) -> None:
    """Give running averages of version 1 their weight, which is 1: they go on as they did."""
    for entry in buffers.entries:
        if entry.path[-1] == "running_weight":
            tensors.setdefault(entry.name, np.ones(entry.shape, dtype))


def compare(tensors: dict[str, np.ndarray], layout: Layout, dtype: str) -> None:
    """Refuse tensors that are not what the layers need, before anything is allocated for them."""
    for entry in layout.entries:
        found = tensors[entry.name]
        if found.shape != entry.shape or str(found.dtype) != dtype:
            raise FileFormatError(
                f"{entry.name} is a {found.dtype} array of shape {found.shape}, but its layer "
                f"needs {dtype} of shape {entry.shape}"
            )
