"""Particles fit the word before them, as read aloud."""

import pytest

from office.i18n import language
from office.particles import josa


@pytest.mark.parametrize(
    ("word", "particle", "said"),
    [
        ("교통국", "을", "교통국을"),
        ("재단", "이", "재단이"),
        ("복지과", "은", "복지과는"),
        ("의료원", "과", "의료원과"),
        ("서울", "으로", "서울로"),
        ("교통국", "으로", "교통국으로"),
        ("시연기관 2", "이", "시연기관 2가"),
        ("시연기관 3", "은", "시연기관 3은"),
        ("시연기관 7", "으로", "시연기관 7로"),
        ("「약속」", "을", "「약속」을"),
        ("Police (56)", "은", "Police (56)은"),
        ("96%", "을", "96%를"),
        ("", "이", "가"),
    ],
)
def test_the_particle_follows_the_last_sound(word: str, particle: str, said: str) -> None:
    assert josa(word, particle) == said


def test_in_english_the_word_stands_alone() -> None:
    chosen = language.set("en")
    try:
        assert josa("Transport Bureau", "을") == "Transport Bureau"
    finally:
        language.reset(chosen)
