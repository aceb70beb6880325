"""The type stub names what the native half has, and nothing else."""

import ast
from pathlib import Path

import sharpest
from sharpest import _native


def stubbed():
    tree = ast.parse((Path(sharpest.__file__).parent / "_native.pyi").read_text())
    names = {}
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            names[node.name] = {item.name for item in node.body if isinstance(item, ast.FunctionDef)}
        elif isinstance(node, ast.FunctionDef):
            names[node.name] = [argument.arg for argument in node.args.posonlyargs + node.args.args]
        elif isinstance(node, ast.AnnAssign):
            names[node.target.id] = None
    return names


def test_every_name_is_in_the_stub():
    own = {name for name in vars(_native) if not name.startswith("__") or name == "__version__"}
    public = {name for name in stubbed() if not name.startswith("_") or name == "__version__"}
    assert own == public


def test_functions_take_the_arguments_of_the_stub():
    for name, arguments in stubbed().items():
        signature = getattr(getattr(_native, name, None), "__text_signature__", None)
        if isinstance(arguments, list) and signature:
            taken = [part.split("=")[0].strip() for part in signature.strip("()").split(",")]
            assert [part for part in taken if part and part != "/"] == arguments, name


def test_methods_are_in_the_stub():
    for name, methods in stubbed().items():
        if isinstance(methods, set):
            own = {item for item in vars(getattr(_native, name)) if not item.startswith("_")}
            assert own <= methods, name


def test_importing_is_light():
    import subprocess
    import sys

    code = "import sharpest, sys; print(*{name.partition('.')[0] for name in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    heavy = {"pandas", "polars", "pyarrow", "matplotlib", "sklearn", "skfolio", "tqdm", "narwhals", "scipy", "IPython"}
    assert heavy.isdisjoint(loaded)
