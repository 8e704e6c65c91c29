(import_statement source: (string) @module) @import
(import_statement (import_clause (identifier) @name) source: (string) @module) @import
(import_statement
  (import_clause (named_imports (import_specifier name: (identifier) @name !alias)))
  source: (string) @module) @import
(import_statement
  (import_clause (named_imports (import_specifier alias: (identifier) @name)))
  source: (string) @module) @import
(import_statement
  (import_clause (namespace_import (identifier) @name))
  source: (string) @module) @import

((_
  (variable_declarator
    name: (identifier) @name
    value: (call_expression
      function: (identifier) @callee
      arguments: (arguments . (string) @module)))) @import
  (#eq? @callee "require"))
((_
  (variable_declarator
    name: (object_pattern (shorthand_property_identifier_pattern) @name)
    value: (call_expression
      function: (identifier) @callee
      arguments: (arguments . (string) @module)))) @import
  (#eq? @callee "require"))
