[(line_comment) (block_comment)] @comment
[(string_literal) (raw_string_literal) (char_literal)] @string
[
  (attribute_item)
  (const_item)
  (enum_item)
  (expression_statement)
  (function_item)
  (function_signature_item)
  (impl_item)
  (let_declaration)
  (macro_definition)
  (mod_item)
  (static_item)
  (struct_item)
  (trait_item)
  (type_item)
  (use_declaration)
] @statement
[
  (source_file)
  (block)
  (declaration_list)
  (match_block)
  (field_declaration_list)
  (enum_variant_list)
] @block
