[
  (program)
  (function_declaration)
  (function_expression)
  (generator_function_declaration)
  (generator_function)
  (arrow_function)
  (method_definition)
  (statement_block)
  (switch_body)
  (for_statement)
  (for_in_statement)
  (catch_clause)
] @scope

(function_declaration name: (identifier) @outer)
(generator_function_declaration name: (identifier) @outer)
(function_expression name: (identifier) @name)
(class_declaration name: (_) @name)

(arrow_function parameter: (identifier) @name)
(variable_declarator name: (identifier) @name)
(shorthand_property_identifier_pattern) @name
(pair_pattern value: (identifier) @name)
(array_pattern (identifier) @name)
(assignment_pattern left: (identifier) @name)
(rest_pattern (identifier) @name)
(for_in_statement left: (identifier) @name)
(catch_clause parameter: (identifier) @name)

(import_clause (identifier) @name)
(import_specifier name: (identifier) @name !alias)
(import_specifier alias: (identifier) @name)
(namespace_import (identifier) @name)
