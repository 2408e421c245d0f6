"""One fault: what is wrong in it, the change that makes it so, and the tests that must notice it."""

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
TESTS = "Tests:"


@dataclass(frozen=True, slots=True)
class Mutant:
    """A file ``<name>.patch``: a sentence, a line ``Tests: <expression of pytest -k>`` or several, and a unified diff.

    Every one of these lines must fail by itself. It begins with a piece of a test's name, by which the file is found.
    """

    name: str
    says: str
    tests: tuple[str, ...]
    path: Path

    def apply(self, directory: Path, *, check: bool = False) -> str:
        """Put the fault into the copy of the code in ``directory`` (``check``: only try). What git has against it."""
        command = ["git", "apply", *(["--check"] if check else []), str(self.path)]
        clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        # Else git would look for a repository further up, and quietly leave out what does not belong to that.
        clean["GIT_CEILING_DIRECTORIES"] = str(directory.parent)
        applied = subprocess.run(command, cwd=directory, env=clean, capture_output=True, text=True, check=False)
        return applied.stderr.strip() if applied.returncode else ""


def read(path: Path) -> Mutant:
    """Raises ``ValueError`` if it does not say what is wrong, or which tests notice it."""
    lines = path.read_text("utf-8").splitlines()
    head = lines[: next((at for at, line in enumerate(lines) if line.startswith("--- ")), 0)]
    tests = tuple(line.removeprefix(TESTS).strip() for line in head if line.startswith(TESTS))
    says = " ".join(line for line in head if not line.startswith(TESTS))
    if not says.endswith(".") or not tests or not all(tests):
        raise ValueError(f"{path.name} needs a sentence, a line '{TESTS} …' and a diff")
    return Mutant(path.stem, says, tests, path)


def mutants() -> list[Mutant]:
    """All that stand here, by name."""
    return [read(path) for path in sorted(HERE.glob("*.patch"))]


def files_of(tests: str, root: Path) -> list[str]:
    """The files in which a test has the first word of this expression in its name: tests may move from file to file."""
    word = re.escape(tests.split()[0])
    named = re.compile(rf"^(?:async )?def (?=test_)\w*{word}", re.MULTILINE)
    found = (path for path in (root / "tests").rglob("test_*.py") if named.search(path.read_text("utf-8")))
    return sorted(str(path.relative_to(root)) for path in found)
