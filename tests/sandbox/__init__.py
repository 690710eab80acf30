"""The pretend workspace: what it refuses, draws, serves and lets a person do."""
