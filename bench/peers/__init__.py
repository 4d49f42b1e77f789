"""The same requests on the same tables, written as a good engineer would with other tools."""
