"""The table, computed once."""

import pytest

from evanesce.reproduce import run


@pytest.fixture(scope="session")
def rows():
    return run()


@pytest.fixture(scope="session")
def table(rows):
    return {row.id: row for row in rows}
