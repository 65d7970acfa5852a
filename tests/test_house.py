"""The house: imports point upward, public names are true, and an import loads NumPy alone."""

from __future__ import annotations

import ast
import importlib
import importlib.metadata
import json
import os
import pkgutil
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

import tidu

SRC = Path(tidu.__file__).parent

ORDER = [
    "errors",
    "outcome",
    "arrays",
    "config",
    "plain",
    "language",
    "html",
    "schema",
    "randomness",
    "threads",
    "atomic",
    "cache",
    "native",
    "doors",
    "numeric",
    "autodiff",
    "functions",
    "initializers",
    "optimizers",
    "descent",
    "layers",
    "layout",
    "losses",
    "penalties",
    "objective",
    "perturbation",
    "witnesses",
    "checking",
    "engines",
    "model",
    "network",
    "attribution",
    "landscape",
    "training",
    "doctor",
    "datasets",
    "formats",
    "plots",
    "recipes",
    "estimators",
    "experiments",
    "exercises",
    "learn",
    "lab",
    "cli",
]
"""The rooms, in the order in which one learns and in which data flows."""

CORE = ("numpy", "safetensors", "typer", "rich", "platformdirs")


def room_of(path: Path) -> str:
    return path.relative_to(SRC).parts[0].removesuffix(".py")


def imported_rooms(tree: ast.AST) -> list[tuple[str, int]]:
    """Return the rooms that a piece of code imports from, with the lines."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "tidu":
            found += [(alias.name, node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("tidu."):
            found.append((node.module.split(".")[1], node.lineno))
        elif isinstance(node, ast.Import):
            found += [
                (a.name.split(".")[1], node.lineno)
                for a in node.names
                if a.name.startswith("tidu.")
            ]
    return [(room, line) for room, line in found if not room.startswith("__")]


def type_checking_lines(tree: ast.Module) -> set[int]:
    blocks = [
        n for n in ast.walk(tree) if isinstance(n, ast.If) and "TYPE_CHECKING" in ast.dump(n.test)
    ]
    return {line for b in blocks for line in range(b.lineno, (b.end_lineno or 0) + 1)}


FRONT = SRC / "__init__.py", SRC / "__main__.py"
MODULES = sorted(path for path in SRC.rglob("*.py") if path not in FRONT)


def test_every_room_has_its_place():
    assert {room_of(path) for path in MODULES} == set(ORDER)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SRC)))
def test_imports_point_upward(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    here, for_types = room_of(path), type_checking_lines(tree)
    inside = {line for door in doors_in(tree, here) for line in range(door.first, door.last + 1)}
    for room, line in imported_rooms(tree):
        if line not in for_types and ORDER.index(room) > ORDER.index(here):
            assert line in inside, f"{path.name}:{line} imports {room}, which is below {here}"


class FoundDoor(NamedTuple):
    """A method that is a function of a room below, and the lines it takes."""

    name: str
    first: int
    last: int
    body: list[ast.stmt]


def doors_in(tree: ast.Module, here: str) -> Iterator[FoundDoor]:
    """Yield the methods that import a room below, and those that are a `Door` to one."""
    for kind in (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)):
        for node in ast.walk(kind):
            found: ast.AST | None = None
            if isinstance(node, ast.FunctionDef):
                rooms = [room for room, _ in imported_rooms(node)]
                found = node if any(ORDER.index(r) > ORDER.index(here) for r in rooms) else None
                name, body = node.name, node.body
            elif isinstance(node, ast.Assign) and ast.unparse(node.value).startswith("Door("):
                found, name, body = node, ast.unparse(node.targets[0]), []
            if found is not None:
                yield FoundDoor(f"{kind.name}.{name}", found.lineno, found.end_lineno, body)


ALL_DOORS = [
    door
    for path in MODULES
    if path.stem != "doors"
    for door in doors_in(ast.parse(path.read_text(encoding="utf-8")), room_of(path))
]


@pytest.mark.parametrize("door", ALL_DOORS, ids=lambda door: door.name)
def test_doors_hold_no_logic(door):
    statements = [
        s for s in door.body if not isinstance(s, ast.Expr) or isinstance(s.value, ast.Call)
    ]
    if statements:
        assert len(statements) == 2, f"{door.name} does more than import and call"
        assert isinstance(statements[0], ast.ImportFrom)


def test_the_architecture_names_every_door():
    told = (SRC.parents[1] / "ARCHITECTURE.md").read_text(encoding="utf-8")
    passage = told[told.index("A few methods are *doors*") :].split(".\n")[0]
    named = re.findall(r"`(\w+\.\w+)`", passage)
    assert named == sorted({door.name for door in ALL_DOORS})


def test_public_names_are_true():
    assert len(set(tidu.__all__)) == len(tidu.__all__)
    for name in tidu.__all__:
        assert hasattr(tidu, name), name
    assert dir(tidu) == sorted(tidu.__all__)


@pytest.mark.parametrize("room", [r for r in ORDER if (SRC / r).is_dir()])
def test_each_rooms_public_names_are_true(room):
    module = importlib.import_module(f"tidu.{room}")
    assert module.__doc__
    for name in getattr(module, "__all__", []):
        assert hasattr(module, name), f"tidu.{room}.{name}"


def test_every_module_says_what_it_is_for():
    for path in MODULES:
        assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), path


def test_a_class_name_names_one_class():
    """Classes within functions aside: a module of PyTorch is named after its layer."""
    named: dict[str, list[str]] = {}
    for path in MODULES:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef):
                named.setdefault(node.name, []).append(str(path.relative_to(SRC)))
    assert not {name: files for name, files in named.items() if len(files) > 1}


def test_no_file_is_two_ideas_long():
    long = {p.name: n for p in MODULES if (n := len(p.read_text("utf-8").splitlines())) > 400}
    assert not long


def python(code: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_import_loads_numpy_and_no_other_library():
    code = "import sys, tidu; print('\\n'.join({m.partition('.')[0] for m in sys.modules}))"
    loaded = set(python(code).split())
    for name in (
        "matplotlib",
        "scipy",
        "numba",
        "rich",
        "sklearn",
        "typer",
        "safetensors",
        "PIL",
        "platformdirs",
    ):
        assert name not in loaded
    assert "numpy" in loaded


def requirements_of(names: tuple[str, ...]) -> set[str]:
    """Return the distributions that these need, directly or not, without any extras."""
    needed: set[str] = set()
    waiting = list(names)
    while waiting:
        name = re.sub(r"[-_.]+", "-", waiting.pop()).lower()
        if name in needed:
            continue
        try:
            requirements = importlib.metadata.requires(name) or []
        except importlib.metadata.PackageNotFoundError:
            continue  # for another platform
        needed.add(name)
        for requirement in requirements:
            if "extra ==" not in requirement:
                waiting.append(re.split(r"[ ;<>=!~\[(]", requirement, maxsplit=1)[0])
    return needed


@pytest.fixture(name="core_only", scope="module")
def core_environment(tmp_path_factory) -> Path:
    """Return a folder with Tidu and its core requirements, and nothing else to import."""
    folder = tmp_path_factory.mktemp("core")
    (folder / "tidu").symlink_to(SRC)
    for name in requirements_of(CORE):
        distribution = importlib.metadata.distribution(name)
        for file in distribution.files or []:
            top = file.parts[0]
            target = folder / top
            if top not in ("..", "__pycache__") and not target.exists():
                target.symlink_to(Path(distribution.locate_file(top)))
    return folder


def in_core(core: Path, code: str) -> str:
    prelude = f"""import sys
sys.path[:] = [{str(core)!r}, *(p for p in sys.path if "site-packages" not in p)]
"""
    done = subprocess.run(
        [sys.executable, "-S", "-I", "-c", prelude + code],
        capture_output=True,
        text=True,
        check=False,
        cwd=core,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_core_alone_trains_saves_and_loads(core_only, tmp_path):
    out = in_core(
        core_only,
        f"""
import tidu as td
data = td.datasets.load_digits("train")
net = td.Network([td.Rescale(1 / 16), td.Affine(20), td.ReLU(), td.Affine(10)], 64,
                 td.SoftmaxCrossEntropy())
net.fit(data.x, data.t, optimizer=td.Adam(0.01), epochs=5, progress=False)
net.save({str(tmp_path / "net.safetensors")!r})
again = td.load({str(tmp_path / "net.safetensors")!r})
print((again.predict(data.x) == net.predict(data.x)).all(), again.accuracy(data.x, data.t) > 0.9)
""",
    )
    assert out.split() == ["True", "True"]


@pytest.mark.parametrize(
    ("code", "extra"),
    [
        ("td.plots.confusion_matrix([0, 1], [0, 1])", "plots"),
        ("f = lambda x: (x**2).sum(); td.plots.descent(f, td.descend(f, [1.0, 2.0]))", "plots"),
    ],
)
def test_core_alone_names_the_extra_for_the_rest(core_only, code, extra):
    out = in_core(
        core_only,
        f"""
import tidu as td
try:
    {code}
except td.MissingExtraError as error:
    print(error)
""",
    )
    assert f"pip install 'tidu[{extra}]'" in out


def test_core_alone_has_the_command_line(core_only, tmp_path):
    out = in_core(
        core_only,
        f"""
from tidu.cli import main
main(["train", "digits", "--epochs", "1", "--hidden", "8", "--out", {str(tmp_path)!r}, "--json"])
""",
    )
    result = json.loads(out)
    assert result["figure"] is None
    assert Path(result["model"]).is_file()


def test_version_is_the_distributions():
    assert tidu.__version__ == importlib.metadata.version("tidu")


def test_packages_are_found():
    names = {m.name for m in pkgutil.walk_packages([str(SRC)], "tidu.")}
    assert "tidu.layers.affine" in names
