"""Numbers in sentences: fast, and exactly what Babel says."""

import pytest
from babel.numbers import format_decimal

from punchcard.foundation import locale


@pytest.mark.parametrize("language", locale.LANGUAGES)
@pytest.mark.parametrize("value", [0, 1, 12, 999, 1000, 9_999, 10_000, 12_904, 1_234_567, 10**12, -1, -12_904])
def test_a_number_is_written_as_babel_writes_it(language: str, value: int):
    written = locale.number(value, language)

    assert written == format_decimal(value, locale=locale.BABEL[language], numbering_system="latn")
