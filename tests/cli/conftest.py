import json
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from evanesce.cli import main


class Outcome(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """The output as JSON, which must be strict and all there is."""
        assert (self.code, self.err) == (0, "")

        def refuse(constant: str) -> None:
            raise AssertionError(f"{constant} is not JSON")

        return json.loads(self.out, parse_constant=refuse)


Run = Callable[..., Outcome]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """One command in this process."""

    def run(*argv: str) -> Outcome:
        code = main(list(argv))
        return Outcome(code, *capsys.readouterr())

    return run
