"""Invented families whose cards show what the program does; nobody in them exists."""
