(import_declaration (import_spec path: (_) @module)) @import
(import_declaration (import_spec name: (package_identifier) @name path: (_) @module)) @import
(import_declaration (import_spec_list (import_spec path: (_) @module))) @import
(import_declaration
  (import_spec_list
    (import_spec name: (package_identifier) @name path: (_) @module))) @import
