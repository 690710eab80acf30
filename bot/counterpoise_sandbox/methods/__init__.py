"""The methods of the Web API, one function each, in modules by family."""
