[(interface_declaration) (type_alias_declaration) (function_signature)] @scope

(required_parameter pattern: (identifier) @name)
(optional_parameter pattern: (identifier) @name)
(abstract_class_declaration name: (type_identifier) @name)
(interface_declaration name: (type_identifier) @outer)
(type_alias_declaration name: (type_identifier) @outer)
(function_signature name: (identifier) @outer)
(enum_declaration name: (identifier) @name)
(internal_module name: (identifier) @name)
(type_parameter name: (type_identifier) @name)
(import_require_clause (identifier) @name)
