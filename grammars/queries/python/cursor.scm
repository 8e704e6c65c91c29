(comment) @comment
(string) @string
(interpolation) @code
[
  (assert_statement)
  (break_statement)
  (class_definition)
  (continue_statement)
  (decorated_definition)
  (delete_statement)
  (expression_statement)
  (for_statement)
  (function_definition)
  (future_import_statement)
  (global_statement)
  (if_statement)
  (import_from_statement)
  (import_statement)
  (match_statement)
  (nonlocal_statement)
  (pass_statement)
  (raise_statement)
  (return_statement)
  (try_statement)
  (type_alias_statement)
  (while_statement)
  (with_statement)
] @statement
[(module) (block)] @block
