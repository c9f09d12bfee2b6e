"""First data: what the sources say of the province, and a made-up year to try the book with."""
