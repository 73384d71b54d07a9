"""Drivers for MySQL and MariaDB."""
