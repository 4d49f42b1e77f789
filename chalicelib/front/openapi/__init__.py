"""The OpenAPI 3.1 document, made from declared endpoints and from nothing else."""

from chalicelib.front.openapi.document import document

__all__ = ["document"]
