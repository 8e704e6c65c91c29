(comment) @comment
[(interpreted_string_literal) (raw_string_literal) (rune_literal)] @string
[
  (_statement)
  (function_declaration)
  (method_declaration)
  (import_declaration)
  (package_clause)
] @statement
[
  (source_file)
  (block)
  (field_declaration_list)
  (interface_type)
] @block
