"""What ``make quick`` takes for near."""

from pathlib import Path

from tests.quick import BOT, ROOT, TESTS, nearest


def names(*files: Path) -> list[str]:
    """The test modules that are near to some files, by their names under tests/."""
    return [str(module.relative_to(TESTS)) for module in nearest(files)]


def test_the_tests_of_a_module_come_before_those_of_whoever_imports_it() -> None:
    found = names(BOT / "store" / "flood.py")
    assert found[0] == "store/test_flood.py"
    assert {"test_guards.py", "features/test_send.py"} <= set(found[1:])


def test_a_script_counts_as_the_module_that_runs_it() -> None:
    assert names(BOT / "store" / "flood.lua")[0] == "store/test_flood.py"


def test_a_private_module_of_a_feature_counts_as_the_feature() -> None:
    assert names(BOT / "features" / "answers" / "_form.py")[0] == "features/test_answers.py"


def test_a_module_of_tests_is_near_itself_and_what_tests_share_is_near_to_those_who_import_it() -> None:
    assert names(TESTS / "test_phone.py") == ["test_phone.py"]
    assert "rules/test_r01_killed_at_any_write.py" in names(TESTS / "rules" / "killing.py")


def test_what_nobody_tests_is_near_nothing() -> None:
    assert names(ROOT / "README.md", TESTS / "bench" / "load.py") == []
