(formal_parameters (identifier) @name)
