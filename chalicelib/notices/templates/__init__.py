"""The words of notices, of the letters around them and of the pages behind their links."""
