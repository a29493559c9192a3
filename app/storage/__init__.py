"""Storage: what is remembered on disk. It knows paths, bytes and revisions, no people and no pages."""
