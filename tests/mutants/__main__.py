"""``python -m tests.mutants``: do the tests that are there to notice a known fault fail on it? Words: some faults only.

For each fault the code as it stands in the working directory is copied, the fault is put into the copy, and its tests
run there. They must pass without the fault and fail with it. Exit status 1 if a fault was not noticed, or is broken: it
cannot be put in any more, or its tests do not run or are skipped. Then a check was lost, or the fault has to follow the
code and the tests.
"""

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from tests.mutants.mutant import Mutant, files_of, mutants

ROOT = Path(__file__).resolve().parents[2]
BESIDE = ROOT.parent / "shared"  # descriptions of Slack's that some tests look for beside the repository
LIMIT = 300.0  # seconds for the tests of one line
LAST_WORDS = 15.0  # seconds in which tests that run over may stop the servers that they have started
PYTEST = (sys.executable, "-m", "pytest", "-n", "0", "-x", "-m", "", "-p", "no:cacheprovider")
PASS = "Its tests pass with it"
TAIL = 12  # lines of pytest's output that are shown


class Run(NamedTuple):
    """How pytest ended; ``code`` is None if it ran over its time."""

    code: int | None
    output: str


def noticed(run: Run) -> bool:
    """Whether a test has failed: an error in its set-up, or while tests are looked for, shows nothing of them."""
    return run.code == 1 and re.search(r"\b\d+ failed\b.* in \d", run.output) is not None


def passed(run: Run) -> bool:
    """Whether tests ran, and all of them passed: one that is skipped would notice nothing."""
    return run.code == 0 and " passed" in run.output and " skipped" not in run.output


def verdict(run: Run, limit: float = LIMIT) -> str:
    """What it says of the tests that ran with a fault; "" if they have noticed it."""
    if noticed(run):
        return ""
    if run.code is None:
        return f"Its tests ran for more than {limit:.0f} s with it"
    return PASS if run.code == 0 else f"Its tests do not run with it (pytest ended with {run.code})"


def copy_code(to: Path) -> None:
    """The working directory as git sees it, with what has not been added yet, without what is ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        source = ROOT / name
        if source.is_file() and not source.is_symlink():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, to / name)


def run_tests(directory: Path, tests: str, limit: float = LIMIT) -> Run:
    """Run some tests of a copy (an expression of ``pytest -k``), in a process group of its own."""
    files = files_of(tests, directory)
    if not files:
        return Run(5, f"no test has {tests.split()[0]} in its name")
    process = subprocess.Popen(
        [*PYTEST, *files, "-k", tests],
        cwd=directory,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        output, _ = process.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        return Run(None, _end(process))
    except BaseException:
        _end(process)
        raise
    return Run(process.returncode, output)


def _end(process: subprocess.Popen[str]) -> str:
    """Stop it, as Ctrl+C would, then for good; what it has said."""
    os.killpg(process.pid, signal.SIGINT)
    try:
        return process.communicate(timeout=LAST_WORDS)[0]
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        return process.communicate()[0]


class Trial:
    """Tries one fault after the other on copies of the code. ``trouble`` holds the names of those that went wrong."""

    def __init__(self, directory: Path, say: Callable[[str], None], *, trust: bool) -> None:
        """``trust``: that the tests pass without a fault."""
        self._directory = directory
        self._say = say
        self._clean = directory / "without-a-fault"
        self._passes: dict[str, str] = {}
        self._trust = trust
        self.trouble: list[str] = []
        copy_code(self._clean)
        if BESIDE.is_dir():
            (directory / BESIDE.name).symlink_to(BESIDE)

    def put(self, mutant: Mutant) -> None:
        """One fault."""
        began = time.monotonic()
        wrong = self._try(mutant)
        word = "noticed" if not wrong else "NOT NOTICED" if wrong.startswith(PASS) else "BROKEN"
        self._say(f"{word:12}{mutant.name:44}{time.monotonic() - began:5.0f} s")
        if wrong:
            self.trouble.append(mutant.name)
            self._say(f"  {mutant.says}\n  {wrong}")

    def _try(self, mutant: Mutant) -> str:
        """What is wrong with it; "" if every line of its tests passes without it and fails with it."""
        copy = self._directory / mutant.name
        shutil.copytree(self._clean, copy)
        try:
            if refused := mutant.apply(copy):
                return f"It cannot be put in any more: {refused}"
            for tests in mutant.tests:
                if wrong := self._without(tests) or _shown(run_tests(copy, tests), tests):
                    return wrong
        finally:
            shutil.rmtree(copy, ignore_errors=True)
        return ""

    def _without(self, tests: str) -> str:
        if self._trust:
            return ""
        if tests not in self._passes:
            run = run_tests(self._clean, tests)
            self._passes[tests] = "" if passed(run) else _words("Its tests do not pass without it", run, tests)
        return self._passes[tests]


def _shown(run: Run, tests: str) -> str:
    wrong = verdict(run)
    return _words(wrong, run, tests) if wrong else ""


def _words(wrong: str, run: Run, tests: str) -> str:
    tail = "\n".join(f"    {line}" for line in run.output.splitlines()[-TAIL:])
    return f'{wrong}: pytest -k "{tests}"\n{tail}'


def _say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def main() -> int:
    """All faults, or those that are named; the exit status."""
    known = {mutant.name: mutant for mutant in mutants()}
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"of {', '.join(known)}; all if none is named")
    parser.add_argument("--trust", action="store_true", help="do not run the tests without the fault first")
    asked = parser.parse_args()
    if unknown := set(asked.names) - set(known):
        parser.error(f"there is no fault {', '.join(sorted(unknown))}")
    # As a shell's background job we would ignore it, and so would the tests that we stop with it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="mutants-") as directory:
        trial = Trial(Path(directory), _say, trust=asked.trust)
        for name in asked.names or known:
            trial.put(known[name])
    tried = len(asked.names or known)
    _say(f"\n{tried - len(trial.trouble)} of {tried} faults noticed" + "".join(f"\n  not: {n}" for n in trial.trouble))
    return 1 if trial.trouble else 0


if __name__ == "__main__":
    sys.exit(main())
