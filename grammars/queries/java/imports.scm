(package_declaration (_) @module) @import
(import_declaration (scoped_identifier name: (identifier) @name) @module .) @import
(import_declaration (_) @module (asterisk)) @import
