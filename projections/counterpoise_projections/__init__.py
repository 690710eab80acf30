"""The views: one a module, each a pure function over the log as a frame."""
