"""The front of the API: whether it lives, whether it is ready, and the text that says what there is."""

VERSION = "0.1.0"
