[(line_comment) (block_comment)] @comment
[(string_literal) (character_literal)] @string
(string_interpolation) @code
[
  (statement)
  (method_declaration)
  (constructor_declaration)
  (field_declaration)
] @statement
[
  (program)
  (block)
  (constructor_body)
  (class_body)
  (interface_body)
  (enum_body)
  (switch_block)
] @block
