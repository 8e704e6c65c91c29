(import_statement name: (dotted_name . (identifier) @name) @module) @import
(import_statement
  name: (aliased_import name: (dotted_name) @module alias: (identifier) @name)) @import
(import_from_statement
  module_name: (_) @module name: (dotted_name . (identifier) @name .)) @import
(import_from_statement
  module_name: (_) @module name: (aliased_import alias: (identifier) @name)) @import
(import_from_statement module_name: (_) @module (wildcard_import)) @import
(future_import_statement) @import
