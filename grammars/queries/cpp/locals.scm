[
  (declaration_list)
  (field_declaration_list)
  (for_range_loop)
  (if_statement)
  (while_statement)
  (switch_statement)
  (catch_clause)
  (lambda_expression)
  (template_declaration)
] @scope

(function_definition
  declarator: (reference_declarator (function_declarator declarator: (identifier) @outer)))
(function_definition
  declarator: (function_declarator declarator: (field_identifier) @outer))
(function_definition
  declarator: (_ (function_declarator declarator: (field_identifier) @outer)))
(field_declaration declarator: (field_identifier) @name)
(field_declaration declarator: (_ declarator: (field_identifier) @name))
(field_declaration declarator: (_ declarator: (_ declarator: (field_identifier) @name)))
(field_declaration declarator: (reference_declarator (field_identifier) @name))
(field_declaration
  declarator: (reference_declarator (function_declarator declarator: (field_identifier) @name)))

(parameter_declaration declarator: (reference_declarator (identifier) @name))
(optional_parameter_declaration declarator: (identifier) @name)
(optional_parameter_declaration declarator: (_ declarator: (identifier) @name))
(optional_parameter_declaration declarator: (reference_declarator (identifier) @name))
(variadic_declarator (identifier) @name)
(declaration declarator: (init_declarator
  declarator: (reference_declarator (identifier) @name)))
(declaration
  declarator: (reference_declarator (function_declarator declarator: (identifier) @name)))
(structured_binding_declarator (identifier) @name)
(for_range_loop declarator: (identifier) @name)
(for_range_loop declarator: (reference_declarator (identifier) @name))
(for_range_loop declarator: (pointer_declarator declarator: (identifier) @name))
(lambda_capture_initializer left: (identifier) @name)

(class_specifier name: (type_identifier) @name body: (_))
(alias_declaration name: (type_identifier) @name)
(concept_definition name: (identifier) @name)
(namespace_definition name: (namespace_identifier) @name)
(namespace_alias_definition name: (namespace_identifier) @name)
(type_parameter_declaration (type_identifier) @name)
(optional_type_parameter_declaration name: (type_identifier) @name)
(variadic_type_parameter_declaration (type_identifier) @name)
(using_declaration (qualified_identifier name: (identifier) @name))
