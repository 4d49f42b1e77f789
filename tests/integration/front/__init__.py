"""The front of the API: health, the document, the page."""
