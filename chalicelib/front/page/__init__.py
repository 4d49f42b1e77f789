"""The document as a page for people: one HTML text, made here, with nothing from elsewhere."""

from chalicelib.front.page.shell import render

__all__ = ["render"]
