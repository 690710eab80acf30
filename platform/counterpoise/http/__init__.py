"""The API and the dashboard; this room is furnished when the windows are built."""
