"""What looks after the project itself."""
