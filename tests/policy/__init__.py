"""The rules: who may do and see what."""
