"""Forms made from the schema, and what people typed into them."""
