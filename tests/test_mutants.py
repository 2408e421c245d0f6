"""The check of the checks (``make test-mutants``) can still be made: every fault fits the code, and names its tests."""

import shutil
from pathlib import Path

import pytest

from tests.mutants.__main__ import Run, noticed, passed, verdict
from tests.mutants.mutant import Mutant, files_of, mutants, read

ROOT = Path(__file__).resolve().parents[1]
MUTANTS = mutants()
DIFF = "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n"


@pytest.mark.skipif(shutil.which("git") is None, reason="git puts the faults in")
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_every_fault_can_be_put_into_the_code_as_it_is(mutant: Mutant) -> None:
    """If not, the code that it changes has changed: make the same fault anew there."""
    assert mutant.apply(ROOT, check=True) == ""


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_every_fault_names_tests_that_exist(mutant: Mutant) -> None:
    for tests in mutant.tests:
        assert files_of(tests, ROOT), f"no test has {tests.split()[0]} in its name"


def test_a_fault_is_read_with_its_sentence_and_each_line_of_tests(tmp_path: Path) -> None:
    path = tmp_path / "one.patch"
    lines = ("one", "two and three")
    path.write_text("Something is\nwrong.\n" + "".join(f"Tests: {line}\n" for line in lines) + DIFF, "utf-8")
    assert read(path) == Mutant("one", "Something is wrong.", lines, path)


@pytest.mark.parametrize("head", ["", "Something is wrong.\n", "Tests: one\n", "Something is wrong.\nTests:\n"])
def test_a_fault_without_a_sentence_or_tests_is_refused(tmp_path: Path, head: str) -> None:
    path = tmp_path / "one.patch"
    path.write_text(head + DIFF, "utf-8")
    with pytest.raises(ValueError, match=r"one\.patch needs a sentence"):
        read(path)


@pytest.mark.parametrize(
    ("code", "output", "words"),
    [
        (1, "F\n1 failed in 0.10s", ""),
        (1, "F\n=== 1 failed, 3 deselected in 0.10s ===", ""),
        (1, "..F\n2 passed, 1 failed in 0.10s", ""),
        (0, "1 passed in 0.10s", "Its tests pass"),
        (1, "E\n1 error in 0.10s", "do not run with it (pytest ended with 1)"),
        (2, "ERROR tests/test_log.py\n1 error in 0.10s", "do not run with it (pytest ended with 2)"),
        (4, "ERROR: file or directory not found", "do not run with it (pytest ended with 4)"),
        (5, "2161 deselected in 0.10s", "do not run with it (pytest ended with 5)"),
        (None, "", "ran for more than 300 s"),
    ],
)
def test_a_fault_is_noticed_by_a_test_that_fails_and_by_nothing_else(code: int | None, output: str, words: str) -> None:
    run = Run(code, output)
    assert noticed(run) is (words == "")
    assert words in verdict(run)


@pytest.mark.parametrize(
    ("code", "output", "is_so"),
    [
        (0, "2 passed in 0.10s", True),
        (0, "2 passed, 2159 deselected in 0.10s", True),
        (0, "2 passed, 1 skipped in 0.10s", False),
        (0, "1 skipped in 0.10s", False),
        (1, "2 passed, 1 failed in 0.10s", False),
        (None, "", False),
    ],
)
def test_tests_that_are_skipped_without_a_fault_are_no_check_of_it(code: int | None, output: str, is_so: bool) -> None:
    assert passed(Run(code, output)) is is_so
