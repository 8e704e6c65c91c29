((variable_declaration
  (assignment_statement
    (variable_list . name: (identifier) @name)
    (expression_list .
      value: (function_call
        name: (identifier) @callee
        arguments: (arguments . (string) @module))))) @import
  (#eq? @callee "require"))
