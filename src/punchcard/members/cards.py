"""The code on a card: 16 characters of chance (80 bits) and one that checks them, in Crockford's alphabet.

The check is a sum over GF(32) with the weights 1, 2, 4, … of its generator, so that every single mistaken character and
every two that changed places are told apart from a card that nobody was given."""

import secrets

from .model import CardMistyped

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CHARACTERS = 16
LENGTH = CHARACTERS + 1
MODULUS = 0b100101  # x⁵ + x² + 1, primitive: its powers of 2 differ up to the 31st
LOOKALIKES = str.maketrans("OIL", "011", " -")


def new_code() -> str:
    """A code that nobody can guess."""
    code = "".join(secrets.choice(ALPHABET) for _ in range(CHARACTERS))
    return code + check_of(code)


def read(text: str) -> str:
    """The code as it is kept, from what was scanned or typed: in groups, in lower case, with O for 0 and I or L for 1."""
    code = text.upper().translate(LOOKALIKES) if text.isascii() else ""
    if len(code) != LENGTH or not set(code) <= set(ALPHABET) or check_of(code[:CHARACTERS]) != code[-1]:
        raise CardMistyped
    return code


def grouped(code: str) -> str:
    """The code as people read it: 7QK4-M2XV-…"""
    return "-".join(code[start : start + 4] for start in range(0, LENGTH, 4))


def check_of(code: str) -> str:
    """The check character: Horner's rule over GF(32)."""
    total = 0
    for character in code:
        total = doubled(total ^ ALPHABET.index(character))
    return ALPHABET[total]


def doubled(element: int) -> int:
    return element << 1 if element < 16 else element << 1 ^ MODULUS
