"""The table of what is in the paper, computed once."""

import pytest

from evanesce.reproduce import run


@pytest.fixture(scope="session")
def rows():
    return run(paper_only=True)


@pytest.fixture(scope="session")
def table(rows):
    return {row.id: row for row in rows}
