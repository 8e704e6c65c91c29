[
  (translation_unit)
  (function_definition)
  (compound_statement)
  (for_statement)
] @scope

(function_definition declarator: (function_declarator declarator: (identifier) @outer))
(function_definition
  declarator: (_ declarator: (function_declarator declarator: (identifier) @outer)))
(function_definition
  declarator: (_
    declarator: (_ declarator: (function_declarator declarator: (identifier) @outer))))

(parameter_declaration declarator: (identifier) @name)
(parameter_declaration declarator: (_ declarator: (identifier) @name))
(parameter_declaration declarator: (_ declarator: (_ declarator: (identifier) @name)))
(parameter_declaration
  declarator: (function_declarator
    declarator: (parenthesized_declarator
      (pointer_declarator declarator: (identifier) @name))))

(declaration declarator: (identifier) @name)
(declaration declarator: (_ declarator: (identifier) @name))
(declaration declarator: (_ declarator: (_ declarator: (identifier) @name)))
(declaration declarator: (_ declarator: (_ declarator: (_ declarator: (identifier) @name))))

(struct_specifier name: (type_identifier) @name body: (_))
(union_specifier name: (type_identifier) @name body: (_))
(enum_specifier name: (type_identifier) @name body: (_))
(enumerator name: (identifier) @name)
(type_definition declarator: (type_identifier) @name)
(type_definition declarator: (_ declarator: (type_identifier) @name))
(type_definition
  declarator: (function_declarator
    declarator: (parenthesized_declarator
      (pointer_declarator declarator: (type_identifier) @name))))

(preproc_def name: (identifier) @name)
(preproc_function_def name: (identifier) @name)
