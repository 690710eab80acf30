"""Tests of the command line: what is typed, what is answered, and the code it ends with."""
