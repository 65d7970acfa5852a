"""The folder for results: refused before the work, and gone if nothing was put into it."""

import pytest

from tests.cli.running import tidu
from tidu.cli.folders import folder_for_results


@pytest.mark.parametrize("command", ["train digits", "sweep digits", "show slope", "show all"])
def test_a_name_that_is_taken_is_refused_before_the_work(command, tmp_path):
    (tmp_path / "taken").write_text("a file")
    ended = tidu(*command.split(), "--out", "taken", cwd=tmp_path)
    assert (ended.status, ended.out, ended.err) == (2, "", "tidu: taken: File exists\n")


def test_stays_if_something_is_in_it(tmp_path):
    wanted = tmp_path / "out" / "digits"
    with folder_for_results(wanted):
        (wanted / "model").write_text("a network")
    assert wanted.exists()


def test_is_gone_after_an_error_with_those_that_were_made_for_it(tmp_path):
    wanted = tmp_path / "out" / "digits"
    with pytest.raises(KeyboardInterrupt), folder_for_results(wanted):
        raise KeyboardInterrupt
    assert not (tmp_path / "out").exists()
