"""What templates show: values of the services put into words, without a request."""
