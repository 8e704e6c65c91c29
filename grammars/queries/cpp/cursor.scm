(raw_string_literal) @string
[
  (alias_declaration)
  (field_declaration)
  (template_declaration)
  (using_declaration)
  (static_assert_declaration)
  (namespace_definition)
] @statement
(declaration_list) @block
