(use_declaration argument: (identifier) @module @name) @import
(use_declaration argument: (scoped_identifier name: (identifier) @name) @module) @import
(use_declaration
  argument: (use_as_clause path: (_) @module alias: (identifier) @name)) @import
(use_declaration
  argument: (scoped_use_list path: (_) @module list: (use_list (identifier) @name))) @import
(use_declaration
  argument: (scoped_use_list
    path: (_) @module
    list: (use_list (scoped_identifier name: (identifier) @name)))) @import
(use_declaration
  argument: (scoped_use_list
    path: (_) @module
    list: (use_list (use_as_clause alias: (identifier) @name)))) @import
(use_declaration
  argument: (scoped_use_list
    path: (_) @module
    list: (use_list (scoped_use_list list: (use_list (identifier) @name))))) @import
(use_declaration argument: (use_wildcard (_) @module)) @import
(extern_crate_declaration name: (identifier) @module @name !alias) @import
(extern_crate_declaration name: (identifier) @module alias: (identifier) @name) @import
(mod_item name: (identifier) @module @name !body) @import
