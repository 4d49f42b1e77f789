"""Tests over HTTP against a whole stack, deployed from the package by the template."""
