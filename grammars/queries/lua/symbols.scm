(function_declaration name: (identifier) @name) @function
(function_declaration name: (dot_index_expression field: (identifier) @name)) @function
(function_declaration name: (method_index_expression method: (identifier) @name)) @method
(assignment_statement
  (variable_list . name: [
    (identifier) @name
    (dot_index_expression field: (identifier) @name)
  ])
  (expression_list . value: (function_definition))) @function
(field name: (identifier) @name value: (function_definition)) @function
(assignment_statement (variable_list name: (identifier) @name)) @variable
(variable_declaration (variable_list name: (identifier) @name)) @variable
(function_definition) @closure
