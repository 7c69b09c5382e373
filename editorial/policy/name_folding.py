"""Folding: bring the spellings of one name to one form, so that names can be compared.

Three forms, because no single one suffices: the plain form drops case, accents and invisible characters; the
look-alike form also reads a letter of another script as the Latin letter it looks like; the digit form also reads
digits and signs as the letters they stand for ("R0e", "$mith").
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

# Letters that no decomposition brings to Latin base letters.
_LATIN = {
    "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŧ": "t", "ĸ": "k",
    "ŋ": "n", "ȷ": "j", "ɑ": "a", "ɡ": "g", "ɩ": "i", "ʟ": "l", "ɴ": "n", "ʀ": "r", "ᴀ": "a", "ʙ": "b", "ᴄ": "c",
    "ᴅ": "d", "ᴇ": "e", "ꜰ": "f", "ɢ": "g", "ʜ": "h", "ɪ": "i", "ᴊ": "j", "ᴋ": "k", "ᴍ": "m", "ᴏ": "o", "ᴘ": "p",
    "ꜱ": "s", "ᴛ": "t", "ᴜ": "u", "ᴠ": "v", "ᴡ": "w", "ʏ": "y", "ᴢ": "z", "ƒ": "f", "ʋ": "v", "ƙ": "k", "ɓ": "b",
    "ɗ": "d", "ɛ": "e", "ɔ": "o", "ƴ": "y", "ə": "e", "ɦ": "h", "ɱ": "m", "ɲ": "n", "ʂ": "s", "ƶ": "z",
}  # fmt: skip

# Capitals and small letters of other scripts, by the Latin letter they look like (after Unicode's confusables.txt).
# A capital and its small letter may look like different letters (Η like H, η like n), so they are listed by themselves.
_LOOK_ALIKES = {
    "a": "АаΑαᗅ", "b": "ВЬвьΒβᏏ", "c": "СсϹϲⅽᏟ", "d": "ԁժⅾᎠ", "e": "ЕеЁёЄєΕεҽ℮Ꭼ", "f": "Ϝϝϸք", "g": "ԌԍցᏀ",
    "h": "НһհнΗᎻ", "i": "ІіЇїΙιӏӀӏⅰᎥ", "j": "ЈјϳᎫ", "k": "КкΚκҜҝҚқᏦ", "l": "ⅼլᏞ", "m": "МмΜϺⅿᎷ", "n": "ΝηпՈոռ",
    "o": "ОоΟοσՕօ०০੦௦ഠᎤ", "p": "РрΡρᏢ", "q": "ԚԛգԳ", "r": "гЯᏒᎡ", "s": "ЅѕՏᏚ", "t": "ТтΤτᎢ", "u": "υսՍцᑌ",
    "v": "ѴѵνⅴᏙ", "w": "ԜԝшωѡᎳ", "x": "ХхΧχⅹ", "y": "УуΥγүҮҰұᎩ", "z": "ΖζᏃ",
}  # fmt: skip

# The letter that a digit or sign replaces. One and bar stand for both i and l, so these become one letter in this form.
_SIGNS = {"0": "o", "1": "i", "|": "i", "!": "i", "l": "i", "3": "e", "€": "e", "4": "a", "@": "a", "5": "s", "$": "s",
          "7": "t", "+": "t", "8": "b", "6": "g", "9": "g", "2": "z"}  # fmt: skip

_LATIN_TABLE = str.maketrans(_LATIN)
_LOOK_ALIKE_TABLE = str.maketrans({sign: latin for latin, signs in _LOOK_ALIKES.items() for sign in signs})
_SIGN_TABLE = str.maketrans(_SIGNS)


@dataclass(frozen=True, slots=True)
class Token:
    """A word in one folded form, what stands before it, and whether it was written with a capital letter."""

    text: str
    gap: str
    capital: bool

    @property
    def follows_space(self) -> bool:
        """Whether white space separates it from the token before. A line that ends in a hyphen does not count."""
        if "\n" in self.gap and unicodedata.category(self.gap[0]) == "Pd":
            return False
        return any(character.isspace() for character in self.gap)


def forms(text: str) -> list[list[Token]]:
    """The text's tokens in each of the forms."""
    return [_tokens(text, fold) for fold in (plain, look_alike, digits_as_letters)]


def words(text: str) -> list[Token]:
    """The text's tokens in the plain form."""
    return _tokens(text, plain)


@lru_cache(maxsize=8192)
def plain(character: str) -> str:
    """Drop case, accents and invisible characters."""
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", character).casefold())
    return "".join(each for each in decomposed if not _is_mark(each)).translate(_LATIN_TABLE)


@lru_cache(maxsize=8192)
def look_alike(character: str) -> str:
    """The plain form, with a letter of another script read as the Latin letter it looks like."""
    latin = unicodedata.normalize("NFKD", character).translate(_LOOK_ALIKE_TABLE)
    return "".join(plain(each) for each in latin)


@lru_cache(maxsize=8192)
def digits_as_letters(character: str) -> str:
    """The look-alike form, with digits and signs read as letters."""
    return look_alike(character).translate(_SIGN_TABLE)


def _tokens(text: str, fold: Callable[[str], str]) -> list[Token]:
    """Split the text into words. A sign that the fold reads as a letter belongs to the word in which it stands."""
    tokens: list[Token] = []
    word, gap, capital = "", "", False
    for character in f"{text} ":
        letters = fold(character)
        if not letters and _is_mark(character):
            continue
        if letters and all(map(_is_letter, letters)):
            capital = capital if word else unicodedata.normalize("NFKC", character)[0].isupper()
            word += letters
            continue
        if word:
            tokens.append(Token(word, gap, capital))
            word, gap = "", ""
        gap += character
    return tokens


def _is_mark(character: str) -> bool:
    """Whether it is a Latin, Greek or Cyrillic accent, or invisible. The vowel signs of other scripts are neither."""
    return (
        "\u0300" <= character <= "\u036f"
        or "\ufe00" <= character <= "\ufe0f"
        or character in "\u115f\u1160\u3164\uffa0"
        or (unicodedata.category(character) in ("Cf", "Cc", "Me") and not character.isspace())
    )


def _is_letter(character: str) -> bool:
    return unicodedata.category(character)[0] in "LMN"
