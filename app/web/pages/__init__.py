"""The pages: for each address, what is asked of the services and what is shown."""
