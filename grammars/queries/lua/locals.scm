[
  (chunk)
  (function_declaration)
  (function_definition)
  (do_statement)
  (for_statement)
  (if_statement)
  (repeat_statement)
  (while_statement)
] @scope

(function_declaration name: (identifier) @outer)
(parameters name: (identifier) @name)
(variable_declaration (variable_list name: (identifier) @name))
(variable_declaration (assignment_statement (variable_list name: (identifier) @name)))
(assignment_statement (variable_list name: (identifier) @name))
(for_generic_clause (variable_list name: (identifier) @name))
(for_numeric_clause name: (identifier) @name)
