"""Sentences people might write, with what they mean; read by the tests of understanding."""
