"""The steps that turn sources and wheels into the package that Lambda gets."""
