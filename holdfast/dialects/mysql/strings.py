"""The strings of MySQL and MariaDB, with their character sets; bytes of several sizes."""

from __future__ import annotations

from typing import Any

from holdfast.sql import types


class CharacterString:
    """What strings share.

    Args:
        length: characters at most.
        charset, collation: of the column.
        ascii, unicode: short for the charsets ``latin1`` and ``ucs2``.
        binary: the charset's binary collation.
        national: the charset that SQL calls national.
    """

    _arguments = ("charset", "collation", "ascii", "binary", "unicode", "national", "length")

    def __init__(
        self,
        length: int | None = None,
        charset: str | None = None,
        collation: str | None = None,
        ascii: bool = False,
        binary: bool = False,
        unicode: bool = False,
        national: bool = False,
        **keywords: Any,
    ) -> None:
        super().__init__(length, collation, **keywords)  # type: ignore[call-arg]
        self.charset = charset
        self.ascii = ascii
        self.binary = binary
        self.unicode = unicode
        self.national = national


class VARCHAR(CharacterString, types.VARCHAR):
    """``VARCHAR(length)``."""


class CHAR(CharacterString, types.CHAR):
    """``CHAR(length)``."""


class NVARCHAR(CharacterString, types.NVARCHAR):
    """``NATIONAL VARCHAR(length)``."""

    def __init__(self, length: int | None = None, national: bool = True, **keywords: Any) -> None:
        super().__init__(length, national=True, **keywords)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({'' if self.length is None else f'length={self.length}, '}national=True)"


class NCHAR(CharacterString, types.NCHAR):
    """``NATIONAL CHAR(length)``."""

    def __init__(self, length: int | None = None, national: bool = True, **keywords: Any) -> None:
        super().__init__(length, national=True, **keywords)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({'' if self.length is None else f'length={self.length}, '}national=True)"


class TEXT(CharacterString, types.TEXT):
    """``TEXT``: 64 kB."""


class _SizedText(CharacterString, types.Text):
    _arguments = ("charset", "collation", "ascii", "binary", "unicode", "national")

    def __init__(
        self,
        charset: str | None = None,
        collation: str | None = None,
        ascii: bool = False,
        binary: bool = False,
        unicode: bool = False,
        national: bool = False,
        **keywords: Any,
    ) -> None:
        super().__init__(None, charset, collation, ascii, binary, unicode, national, **keywords)


class TINYTEXT(_SizedText):
    """``TINYTEXT``: 255 bytes."""

    visit_name = "TINYTEXT"


class MEDIUMTEXT(_SizedText):
    """``MEDIUMTEXT``: 16 MB."""

    visit_name = "MEDIUMTEXT"


class LONGTEXT(_SizedText):
    """``LONGTEXT``: 4 GB."""

    visit_name = "LONGTEXT"


class TINYBLOB(types.LargeBinary):
    """``TINYBLOB``: 255 bytes."""

    visit_name = "TINYBLOB"


class MEDIUMBLOB(types.LargeBinary):
    """``MEDIUMBLOB``: 16 MB."""

    visit_name = "MEDIUMBLOB"


class LONGBLOB(types.LargeBinary):
    """``LONGBLOB``: 4 GB."""

    visit_name = "LONGBLOB"
