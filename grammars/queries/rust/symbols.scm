(function_item name: (identifier) @name) @function
(function_signature_item name: (identifier) @name) @function
(macro_definition name: (identifier) @name) @function
(struct_item name: (type_identifier) @name) @type
(union_item name: (type_identifier) @name) @type
(enum_item name: (type_identifier) @name) @type
(trait_item name: (type_identifier) @name) @type
(type_item name: (type_identifier) @name) @type
(associated_type name: (type_identifier) @name) @type
(impl_item type: (type_identifier) @name) @type
(impl_item type: (generic_type type: (type_identifier) @name)) @type
(mod_item name: (identifier) @name) @module
(const_item name: (identifier) @name) @variable
(static_item name: (identifier) @name) @variable
(enum_variant name: (identifier) @name) @field
(field_declaration name: (field_identifier) @name) @field
(closure_expression) @closure
