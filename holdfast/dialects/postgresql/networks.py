"""Addresses of networks and devices."""

from __future__ import annotations

from typing import Any

from holdfast.dialects.postgresql.own_type import TextType
from holdfast.sql.operator_classes import OperatorClass
from holdfast.sql.types import TypeEngine


class NetworkAddress(TextType):
    """What the types of addresses share: plain values beside them are addresses too."""

    operator_classes = OperatorClass.BASE | OperatorClass.EQUALITY | OperatorClass.ORDERING
    _family = "network"

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        return self


class INET(NetworkAddress):
    """``INET``: addresses of hosts, with their network where it is known; read as objects of `ipaddress`."""

    visit_name = "INET"


class CIDR(NetworkAddress):
    """``CIDR``: addresses of networks; read as objects of `ipaddress`."""

    visit_name = "CIDR"


class MACADDR(NetworkAddress):
    """``MACADDR``: addresses of devices, as strings."""

    visit_name = "MACADDR"


class MACADDR8(NetworkAddress):
    """``MACADDR8``: addresses of devices in EUI-64 format, as strings."""

    visit_name = "MACADDR8"
