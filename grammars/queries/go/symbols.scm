(function_declaration name: (identifier) @name) @function
(method_declaration name: (field_identifier) @name) @method
(method_elem name: (field_identifier) @name) @method
(type_declaration (type_spec name: (type_identifier) @name)) @type
(type_declaration (type_alias name: (type_identifier) @name)) @type
(field_declaration name: (field_identifier) @name) @field
(const_spec name: (identifier) @name) @variable
(var_spec name: (identifier) @name) @variable
(func_literal) @closure
