"""Tests of the house itself: its layout, its floors, what it ships."""
