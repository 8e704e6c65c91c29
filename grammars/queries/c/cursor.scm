(comment) @comment
[(string_literal) (char_literal) (system_lib_string)] @string
[(statement) (declaration) (type_definition) (function_definition)] @statement
[
  (translation_unit)
  (compound_statement)
  (field_declaration_list)
  (enumerator_list)
] @block
