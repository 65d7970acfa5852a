import json

import numpy as np
import pytest

from tidu.cli.output import percent, print_json, print_table


def test_json_is_json_whatever_the_numbers(capsys):
    print_json(
        {"a": np.float32(0.5), "b": np.arange(2), "c": (float("nan"), np.inf), "猫": None, 3: "x"}
    )
    out = capsys.readouterr().out
    assert "猫" in out
    assert json.loads(out) == {"a": 0.5, "b": [0, 1], "c": [None, None], "猫": None, "3": "x"}


def test_tables_stand_in_columns_and_are_never_cut(capsys):
    long = "x" * 300
    print_table(("name", "n"), [("a", 1), ("[b]", 222), (long, 3)])
    head, _, *rows = capsys.readouterr().out.splitlines()
    assert head.split() == ["name", "n"]
    assert rows[1].split() == ["[b]", "222"]
    assert long in rows[2]
    assert len({len(row.rstrip()) for row in rows}) == 1


@pytest.mark.parametrize(("share", "text"), [(0, "0.00 %"), (0.9725, "97.25 %"), (1, "100.00 %")])
def test_shares(share, text):
    assert percent(share) == text
