"""Every command in the documentation parses, and the files it names exist."""

import argparse
import importlib
import re
import shlex
from pathlib import Path

import pytest

from typlora.cli.main import VERBS, dashed

ROOT = Path(__file__).parents[1]
PAGES = [
    ROOT / "README.md",
    ROOT / "README.ja.md",
    ROOT / "jsonl" / "README.md",
    *sorted((ROOT / "docs").glob("*.md")),
]
# The notebook tells what was run at the time, with files that are not part of the repository.
PAGES.remove(ROOT / "docs" / "log.md")
BLOCK = re.compile(r"```bash\n(.*?)```", re.S)


def commands() -> list[tuple[str, str]]:
    """(page, command line) of every line in a bash block."""
    found = []
    for page in PAGES:
        for block in BLOCK.findall(page.read_text(encoding="utf-8")):
            for line in block.replace("\\\n", " ").splitlines():
                if line.strip() and not line.lstrip().startswith("#"):
                    found.append((page.name, line.strip()))
    return found


TYPLORA = [(page, line) for page, line in commands() if re.match(r"(\.venv/bin/)?typlora ", line)]


def test_the_documentation_has_commands() -> None:
    assert len(TYPLORA) >= 15


@pytest.mark.parametrize(("page", "line"), TYPLORA, ids=lambda value: value[:60])
def test_a_documented_command_parses(page: str, line: str) -> None:
    verb, *arguments = shlex.split(line, comments=True)[1:]
    assert verb in VERBS, f"{page}: no verb {verb}"
    module = importlib.import_module(f"typlora.cli.{verb}")
    parser = argparse.ArgumentParser(prog=verb, allow_abbrev=False, exit_on_error=False)
    module.add_arguments(parser)
    parser.parse_args(dashed(arguments))


@pytest.mark.parametrize(("page", "line"), commands(), ids=lambda value: value[:60])
def test_files_that_a_command_reads_exist(page: str, line: str) -> None:
    written = {"jsonl/train_005.jsonl"}
    for path in re.findall(r"(?:python|sample|configs|benchmarks)/[\w./-]+\.\w+|jsonl/\w+\.jsonl", line):
        assert path in written or (ROOT / path).exists(), f"{page}: {path}"
