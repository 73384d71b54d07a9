"""What tests of programs that use Holdfast want."""

from holdfast.testing.proxy import Proxy

__all__ = ["Proxy"]
