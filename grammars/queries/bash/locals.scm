[(program) (function_definition)] @scope

(function_definition name: (word) @outer)
(variable_assignment name: (variable_name) @name)
(declaration_command (variable_name) @name)
(for_statement variable: (variable_name) @name)
