"""Benchmarks: the product held against a named peer or a bar, each printing both."""
