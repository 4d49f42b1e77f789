"""The rules of the house: who may know whom, who may touch what, what callers rely on."""
