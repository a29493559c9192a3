"""What people do with cards. Every call takes the acting person and asks `rights` first."""
