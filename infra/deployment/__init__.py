"""The steps of a deploy, the same ones against AWS and against the emulator."""
