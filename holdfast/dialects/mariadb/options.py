"""Options that MariaDB alone understands: those of MySQL."""

from holdfast.dialects.mysql.options import OPTIONS

__all__ = ["OPTIONS"]
