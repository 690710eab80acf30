"""The log on disk: append, read, prove, seal. The only room that imports eventsourcing."""
