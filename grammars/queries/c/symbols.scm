(function_definition
  declarator: (function_declarator declarator: (identifier) @name)) @function
(function_definition
  declarator: (_ declarator: (function_declarator declarator: (identifier) @name))) @function
(function_definition
  declarator: (_
    declarator: (_ declarator: (function_declarator declarator: (identifier) @name)))) @function

(declaration declarator: (function_declarator declarator: (identifier) @name)) @function
(declaration
  declarator: (pointer_declarator
    declarator: (function_declarator declarator: (identifier) @name))) @function
(preproc_function_def name: (identifier) @name) @function

(struct_specifier name: (type_identifier) @name body: (_)) @type
(union_specifier name: (type_identifier) @name body: (_)) @type
(enum_specifier name: (type_identifier) @name body: (_)) @type
(type_definition declarator: (type_identifier) @name) @type
(type_definition declarator: (_ declarator: (type_identifier) @name)) @type
(type_definition
  declarator: (function_declarator
    declarator: (parenthesized_declarator
      (pointer_declarator declarator: (type_identifier) @name)))) @type

(enumerator name: (identifier) @name) @field
(field_declaration declarator: (field_identifier) @name) @field
(field_declaration declarator: (_ declarator: (field_identifier) @name)) @field
(field_declaration declarator: (_ declarator: (_ declarator: (field_identifier) @name))) @field
(field_declaration
  declarator: (function_declarator
    declarator: (parenthesized_declarator
      (pointer_declarator declarator: (field_identifier) @name)))) @field

(preproc_def name: (identifier) @name) @variable
(declaration declarator: (identifier) @name) @variable
(declaration declarator: (_ declarator: (identifier) @name)) @variable
(declaration declarator: (_ declarator: (_ declarator: (identifier) @name))) @variable
(declaration
  declarator: (_ declarator: (_ declarator: (_ declarator: (identifier) @name)))) @variable
