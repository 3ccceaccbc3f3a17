"""A few mutants of the fold at every run; `make mutants` has them all."""

import pytest

from tests.mutants.programme import killed_by


@pytest.mark.parametrize("name", ["a return may earn", "a used voucher stays usable"])
def test_a_mutant_dies(name: str):
    assert killed_by(name, examples=20)
