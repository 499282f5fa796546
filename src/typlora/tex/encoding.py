"""Which characters a file's bytes stand for.

LaTeX files carry no reliable mark. In this order: a byte order mark; JIS escape sequences; valid UTF-8;
what the file itself declares (``inputenc``, editor comments); Japanese text recognised by its kana;
UTF-8 with a few damaged bytes; at last Windows-1252, which is a superset of Latin-1's printable part.
"""

import codecs
import re
from dataclasses import dataclass

from typlora.errors import ProjectError

_DECLARED = {
    "latin1": "cp1252", "ansinew": "cp1252", "cp1252": "cp1252", "iso-8859-1": "cp1252", "latin2":
    "iso8859-2", "latin3": "iso8859-3", "latin4": "iso8859-4", "latin5": "iso8859-9", "latin9":
    "iso8859-15", "latin10": "iso8859-16", "cp1250": "cp1250", "cp1251": "cp1251", "cp1257": "cp1257",
    "cp437": "cp437", "cp850": "cp850", "cp852": "cp852", "cp858": "cp858", "cp866": "cp866", "koi8-r":
    "koi8-r", "koi8-u": "koi8-u", "applemac": "mac_roman", "macce": "mac_latin2", "euc-jp": "euc_jp",
    "eucjp": "euc_jp", "euc": "euc_jp", "sjis": "cp932", "shift_jis": "cp932", "shift-jis": "cp932",
    "cp932": "cp932", "gbk": "gb18030", "gb2312": "gb18030", "big5": "big5", "euc-kr": "euc_kr", "utf8":
    "utf-8", "utf8x": "utf-8", "utf-8": "utf-8",
}  # fmt: skip

# What TeX calls an invalid character; in the output it would stand in nobody's way but the HTML export's.
_INVALID = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")

# A file of these types is never LaTeX, whatever its name says.
_MAGIC = (
    b"%PDF-",
    b"\x89PNG",
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"\x7fELF",
    b"\xff\xd8\xff",
    b"GIF8",
    b"\xd0\xcf\x11\xe0",
)


@dataclass(frozen=True, slots=True)
class Decoded:
    """``text`` has ``\\n`` line ends only; ``notes`` are sentences for the report (none when certain)."""

    text: str
    encoding: str
    notes: tuple[str, ...] = ()


def decode(data: bytes, name: str, declared: str = "") -> Decoded:
    """Turn a file's bytes into text.

    ``declared`` is the encoding of the main file, used where this file says nothing. Raises
    ``ProjectError`` for files that are not text.
    """
    if data.startswith(_MAGIC) or _looks_binary(data):
        raise ProjectError(f"{name} is a binary file, not LaTeX; give a .tex file")
    text, encoding, note = _decode(data, declared_encoding(data) or declared)
    notes = [note] if note else []
    text, count = _INVALID.subn("", text)
    if count:
        notes.append(f"{count} control characters (NUL and the like) were ignored, as TeX does")
    return Decoded(text.replace("\r\n", "\n").replace("\r", "\n"), encoding, tuple(notes))


def declared_encoding(data: bytes) -> str:
    """The Python codec that a file names in ``inputenc`` or in an editor comment; empty if none."""
    head = data[:20_000].decode("latin-1")
    for line in head.splitlines()[:400]:
        stripped = line.strip()
        lowered = stripped.lower()
        if stripped.startswith("%"):
            if "coding" in lowered:
                for word in lowered.replace("=", " ").replace(":", " ").replace(";", " ").split():
                    if word in _DECLARED:
                        return _DECLARED[word]
            continue
        code = lowered.partition("%")[0]
        if "inputenc" in code or "inputencoding" in code:
            for word in (
                code.replace("{", ",").replace("}", ",").replace("[", ",").replace("]", ",").split(",")
            ):
                if word.strip() in _DECLARED:
                    return _DECLARED[word.strip()]
    return ""


def _looks_binary(data: bytes) -> bool:
    """Many control bytes, and no byte order mark that would explain the NULs."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return False
    sample = data[:65_536]
    if wide := _wide(sample):
        sample = sample.decode(wide, "replace").encode()
    controls = sum(sample.count(byte) for byte in range(32) if byte not in (9, 10, 11, 12, 13, 27))
    return controls > max(8, len(sample) // 20)


def _wide(data: bytes) -> str:
    """UTF-16 without a byte order mark: NULs are frequent, and all at odd or all at even places."""
    even, odd = data[::2].count(0), data[1::2].count(0)
    if max(even, odd) <= len(data) // 10 or min(even, odd) > max(even, odd) // 50:
        return ""
    return "utf-16-be" if even > odd else "utf-16-le"


def _decode(data: bytes, declared: str) -> tuple[str, str, str]:
    """Text, codec and a note where the codec is a guess."""
    if data.startswith(codecs.BOM_UTF8):
        return data.decode("utf-8-sig", "replace"), "utf-8", ""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace"), "utf-16", ""
    if wide := _wide(data[:65_536]):
        return data.decode(wide, "replace"), wide, "the file was read as UTF-16, without a mark that says so"
    if b"\x1b$B" in data or b"\x1b$@" in data:
        return data.decode("iso2022_jp", "replace"), "iso2022_jp", ""
    if (text := _strictly(data, "utf-8")) is not None:
        return text, "utf-8", ""
    if declared and declared != "utf-8" and (text := _strictly(data, declared)) is not None:
        return text, declared, ""
    for codec in ("euc_jp", "cp932"):
        if (text := _strictly(data, codec)) is not None and _is_japanese(text):
            return text, codec, f"the encoding was recognised as {codec}"
    damaged = data.decode("utf-8", "replace")
    bad = damaged.count("\ufffd")
    good = sum(1 for character in damaged if character > "\x7f") - bad
    if declared == "utf-8" or good > bad:
        line = damaged.count("\n", 0, damaged.find("\ufffd")) + 1
        return (
            damaged,
            "utf-8",
            f"{bad} bytes are not valid UTF-8 (the first in line {line}); shown as \ufffd",
        )
    if (text := _strictly(data, "cp1252")) is not None:
        return text, "cp1252", "the file is not UTF-8; it was read as Latin-1 (Windows-1252)"
    return data.decode("latin-1"), "latin-1", "the file is not UTF-8; it was read as Latin-1"


def _strictly(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except (UnicodeDecodeError, LookupError):
        return None


def _is_japanese(text: str) -> bool:
    """At least one character in ten beyond ASCII is full-width kana; chance decodings have hardly any."""
    beyond = sum(1 for character in text if character > "\x7f")
    kana = sum(1 for character in text if "\u3041" <= character <= "\u30fe")
    return beyond > 0 and kana * 10 >= beyond
