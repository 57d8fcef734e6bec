"""Tests of the service guides."""
