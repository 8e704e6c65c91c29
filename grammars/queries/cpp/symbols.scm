(class_specifier name: (_) @name body: (_)) @type
(struct_specifier name: (template_type) @name body: (_)) @type
(alias_declaration name: (type_identifier) @name) @type
(concept_definition name: (identifier) @name) @type
(namespace_definition name: (_) @name) @module

; References have no field for what they refer to.
(function_definition
  declarator: (reference_declarator
    (function_declarator declarator: (identifier) @name))) @function
(declaration
  declarator: (reference_declarator
    (function_declarator declarator: (identifier) @name))) @function
(declaration declarator: (init_declarator
  declarator: (reference_declarator (identifier) @name))) @variable
(field_declaration declarator: (reference_declarator (field_identifier) @name)) @field

; Within a class.
(function_definition
  declarator: (function_declarator
    declarator: [(field_identifier) (destructor_name) (operator_name)] @name)) @method
(function_definition
  declarator: (_
    (function_declarator declarator: [(field_identifier) (operator_name)] @name))) @method
(field_declaration
  declarator: (function_declarator declarator: [(field_identifier) (operator_name)] @name)) @method
(field_declaration
  declarator: (_
    (function_declarator declarator: [(field_identifier) (operator_name)] @name))) @method
(declaration
  declarator: (function_declarator declarator: [(destructor_name) (operator_name)] @name)) @method

; Defined outside: void Shape::draw(), int a::b::f().
(function_definition
  declarator: (function_declarator
    declarator: (qualified_identifier
      name: [(identifier) (destructor_name) (operator_name)] @name))) @method
(function_definition
  declarator: (_
    (function_declarator
      declarator: (qualified_identifier
        name: [(identifier) (operator_name)] @name)))) @method
(function_definition
  declarator: (function_declarator
    declarator: (qualified_identifier
      name: (qualified_identifier
        name: [(identifier) (destructor_name) (operator_name)] @name)))) @method
(function_definition
  declarator: (_
    (function_declarator
      declarator: (qualified_identifier
        name: (qualified_identifier name: [(identifier) (operator_name)] @name))))) @method

(lambda_expression) @closure
