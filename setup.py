"""The packages of the wheel; everything else about it stands in pyproject.toml."""

from __future__ import annotations

from setuptools import find_packages, setup

# The data lie at the top of the repository and inside the package in a wheel (`package-dir`), so
# that an installation puts nothing but `toolkit` among the packages of others.
setup(packages=[*find_packages(include=["toolkit", "toolkit.*"]), "toolkit.geodata"])
