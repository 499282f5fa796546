"""The house rules of docs/architecture.md that a machine can check."""

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "typlora"
# A package imports only what stands to its left.
ORDER = [
    *("errors", "config", "files", "tex", "verify", "model", "engines", "convert", "data", "train"),
    *("evaluate", "improve", "serve", "cli", "__main__"),
]
HEAVY = {"torch", "transformers", "peft", "trl", "typst", "tylax", "pypandoc", "lxml", "pylatexenc", "rich"}


def imports_of(file: Path) -> set[str]:
    """The packages of typlora that a file imports, anywhere in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        names = [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
        names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        found |= {name.split(".")[1] for name in names if name.startswith("typlora.")}
    return found


@pytest.mark.parametrize("file", sorted(SOURCE.rglob("*.py")), ids=lambda file: str(file.relative_to(SOURCE)))
def test_imports_go_one_way(file: Path) -> None:
    package = file.relative_to(SOURCE).parts[0].removesuffix(".py")
    if package == "__init__":
        return
    allowed = set(ORDER[: ORDER.index(package) + 1])
    assert imports_of(file) <= allowed, f"{file.name} imports from its right: {imports_of(file) - allowed}"


def test_help_needs_no_heavy_library() -> None:
    code = (
        "import sys; from typlora.cli.main import main; main(['--help']);print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "convert" in done.stdout
    assert not HEAVY & set(done.stderr.split())


def test_the_pinned_typst_is_the_installed_and_the_documented_one() -> None:
    from importlib.metadata import version

    from typlora.config import TYPST_VERSION

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert f"typst=={TYPST_VERSION}" in project["project"]["dependencies"]
    assert version("typst") == TYPST_VERSION


def test_requirements_of_the_original_layout_are_in_step_with_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = [*project["dependencies"], *extras["train"], *extras["nf4"]]
    lines = (ROOT / "python" / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line and not line.startswith("#")] == wanted


def test_every_verb_of_the_command_line_exists() -> None:
    from typlora.cli.main import VERBS

    for verb in VERBS:
        assert (SOURCE / "cli" / f"{verb}.py").exists(), f"typlora {verb} has no module"
