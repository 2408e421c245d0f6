"""``make quick``: lint, types, and in less than a minute the tests that are nearest to what differs from main.

Nearest are the test modules that differ themselves, and those named after a module that differs; then come those of the
modules that import it, and so on. What is not reached within the time is left out, and counted as skipped.
"""

import ast
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).resolve().parents[1]
BOT, TESTS = ROOT / "bot", ROOT / "tests"
SECONDS = 50.0  # after which no test begins; what is running then has ten more
DEADLINE = "SMS_DESK_QUICK_DEADLINE"
NOT_OURS = ("bench", "browser", "mutants", "shared")  # they have commands of their own
CHECKS = (
    ("ruff", "format", "--check", "--quiet", "."),
    ("ruff", "check", "--quiet", "."),
    ("mypy", "--no-error-summary"),
)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """Leave out what begins too late."""
    if time.time() > float(os.environ.get(DEADLINE, "inf")):
        pytest.skip("there was no time left for it in a quick look: make test")


def main() -> int:
    """Run the checks beside the tests; 0 if all are content, 2 if nobody can say what differs."""
    if not _git("rev-parse", "HEAD"):
        print("make quick compares with main, and this is no git clone: make test runs everything.")  # noqa: T201
        return 2
    os.environ[DEADLINE] = str(time.time() + SECONDS)
    checks = [(check, subprocess.Popen([Path(sys.executable).parent / check[0], *check[1:]])) for check in CHECKS]
    failed = [] if _test(nearest(_differing())) else ["pytest"]
    failed += [" ".join(check) for check, process in checks if process.wait()]
    print(f"Not content: {', '.join(failed)}" if failed else "All content.")  # noqa: T201
    return bool(failed)


def _test(modules: list[Path]) -> bool:
    names = [str(module.relative_to(ROOT)) for module in modules]
    if not names:
        print("No test is near to what differs from main: only lint and types are looked at.", flush=True)  # noqa: T201
        return True
    print(f"{len(names)} test modules, the nearest first: {' '.join(names[:6])} …", flush=True)  # noqa: T201
    pytest_ = [sys.executable, "-m", "pytest", "-p", "tests.quick", "-n", "auto", "-m", "not faults", *names]
    return subprocess.run(pytest_, cwd=ROOT, check=False).returncode in (0, pytest.ExitCode.NO_TESTS_COLLECTED)


def _differing() -> list[Path]:
    """The files that differ from the last commit that this branch has in common with main."""
    base = _git("merge-base", "HEAD", "origin/main") or _git("merge-base", "HEAD", "main") or ["HEAD"]
    names = {*_git("diff", "--name-only", base[0]), *_git("ls-files", "--others", "--exclude-standard")}
    return [ROOT / name for name in sorted(names) if (ROOT / name).is_file()]


def _git(*words: str) -> list[str]:
    asked = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    return asked.stdout.split("\n")[:-1] if asked.returncode == 0 else []


def nearest(files: Iterable[Path]) -> list[Path]:
    """The test modules of these files, the nearest first, each once."""
    files = list(files)
    found = dict.fromkeys(file for file in files if _is_test(file))
    for used in (file for file in files if file.suffix == ".py" and TESTS in file.parents and not _is_test(file)):
        found.update(dict.fromkeys(test for test in _tests() if _module(used) in _imports(test)))
    for ring in _rings({module for file in files for module in _modules_of(file)}):
        found.update(dict.fromkeys(test for module in sorted(ring) for test in _named_after(module)))
        found.update(dict.fromkeys(test for test in _tests() if ring & _imports(test)))
    return list(found)


def _rings(modules: set[str]) -> Iterator[set[str]]:
    """These modules of the bot, then those that import one of them, then those that import one of those …"""
    graph = grimp.build_graph("bot", cache_dir=None)
    ring, seen = modules & graph.modules, set[str]()
    while ring:
        yield ring
        seen |= ring
        ring = {user for module in ring for user in graph.find_modules_that_directly_import(module)} - seen


def _modules_of(file: Path) -> Iterator[str]:
    """The module that a file of the bot is; of a script or a page, whoever names it."""
    if BOT in file.parents and file.suffix == ".py":
        yield _module(file)
    elif BOT in file.parents:
        for user in file.parent.rglob("*.py"):
            if f'"{file.stem}"' in user.read_text("utf-8") or file.name in user.read_text("utf-8"):
                yield _module(user)


def _named_after(module: str) -> list[Path]:
    """``bot.store.flood`` → ``tests/store/test_flood.py``; a private module of a package counts as the package."""
    parts = [part for part in module.split(".")[1:] if not part.startswith("_")]
    if not parts:
        return []
    place = TESTS.joinpath(*parts[:-1])
    return sorted({*place.glob(f"test_{parts[-1]}.py"), *place.joinpath(parts[-1]).glob("test_*.py")})


@cache
def _tests() -> list[Path]:
    return sorted(file for file in TESTS.rglob("test_*.py") if _is_test(file))


def _is_test(file: Path) -> bool:
    inside = TESTS in file.parents and file.relative_to(TESTS).parts[0] not in NOT_OURS
    return inside and file.name.startswith("test_") and file.suffix == ".py"


@cache
def _imports(test: Path) -> frozenset[str]:
    """The modules that a test module imports, and of a name that it imports the module with that name too."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(test.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.update((node.module, *(f"{node.module}.{alias.name}" for alias in node.names)))
    return frozenset(names)


def _module(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


if __name__ == "__main__":
    raise SystemExit(main())
