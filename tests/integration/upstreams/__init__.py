"""The stand-in upstreams: as strict as the real ones."""
