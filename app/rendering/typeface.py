"""The typefaces of a PDF, and which characters they can draw.

A PDF that is kept for years may not ask for a character that its typefaces lack (PDF/A-2, 6.2.11.8), and
Typst refuses to write one. So whoever renders asks here first. Both are unmodified Noto Sans, under the SIL
Open Font License: one for Latin, Greek and Cyrillic, one for Chinese.
"""

from __future__ import annotations

import struct
from functools import cache
from importlib.resources import files
from pathlib import Path

FAMILIES = ("Noto Sans", "Noto Sans SC")
_FILES = ("NotoSans[wdth,wght].ttf", "NotoSansSC-Regular.otf")
_WINDOWS, _FULL_UNICODE, _SEGMENTED_COVERAGE = 3, 10, 12


def folders() -> tuple[Path, ...]:
    """The folders that hold the typefaces' files, in the order of ``FAMILIES``."""
    return Path(str(files("fontpkg_noto_sans"))) / "files", Path(str(files("pylopdf_fonts_zh_cn")))


@cache
def drawable() -> frozenset[str]:
    """Every character that one of them has a glyph for."""
    fonts = [folder / name for folder, name in zip(folders(), _FILES, strict=True)]
    return frozenset[str]().union(*(_characters(font.read_bytes()) for font in fonts))


def _characters(font: bytes) -> frozenset[str]:
    """The characters of the table ``cmap``, from its subtable of format 12 (ISO 14496-22)."""
    cmap = _table(font, b"cmap")
    (count,) = struct.unpack_from(">H", font, cmap + 2)
    for place in range(cmap + 4, cmap + 4 + 8 * count, 8):
        platform, encoding, offset = struct.unpack_from(">HHI", font, place)
        (form,) = struct.unpack_from(">H", font, cmap + offset)
        if (platform, encoding, form) == (_WINDOWS, _FULL_UNICODE, _SEGMENTED_COVERAGE):
            return _mapped(font, cmap + offset)
    raise ValueError("the typeface does not say which characters it holds")


def _table(font: bytes, name: bytes) -> int:
    """Where in the file a table begins."""
    (count,) = struct.unpack_from(">H", font, 4)
    for place in range(12, 12 + 16 * count, 16):
        tag, _, offset, _ = struct.unpack_from(">4sIII", font, place)
        if tag == name:
            return int(offset)
    raise ValueError(f"the typeface has no table {name.decode()}")


def _mapped(font: bytes, subtable: int) -> frozenset[str]:
    (groups,) = struct.unpack_from(">I", font, subtable + 12)
    ranges = struct.iter_unpack(">III", font[subtable + 16 : subtable + 16 + 12 * groups])
    return frozenset(chr(code) for first, last, _ in ranges for code in range(first, last + 1))
