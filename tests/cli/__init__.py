"""The shell, on real SQLite files and, where processes matter, in real processes."""
