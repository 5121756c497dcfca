"""Tests of siting on cities whose cameras are known."""
