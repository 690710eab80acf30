"""The tests, in rooms named as the product's are."""
