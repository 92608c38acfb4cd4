"""The line-by-line front: one question a line, for screen readers, serial lines and pipes."""
