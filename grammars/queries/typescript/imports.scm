(import_statement
  (import_require_clause (identifier) @name source: (string) @module)) @import
