(comment) @comment
[
  (string)
  (raw_string)
  (ansi_c_string)
  (heredoc_body)
] @string
[
  (command_substitution)
  (expansion)
  (simple_expansion)
  (arithmetic_expansion)
] @code
[
  (c_style_for_statement)
  (case_statement)
  (command)
  (declaration_command)
  (for_statement)
  (function_definition)
  (if_statement)
  (list)
  (pipeline)
  (redirected_statement)
  (test_command)
  (unset_command)
  (variable_assignment)
  (while_statement)
] @statement
[
  (program)
  (compound_statement)
  (do_group)
  (subshell)
  (if_statement)
  (case_statement)
] @block
