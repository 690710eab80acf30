"""The seeded history: three theatres over two years, told by those who were there, through the verbs."""
