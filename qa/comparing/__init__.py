"""What changed between two documents, and over the years."""
