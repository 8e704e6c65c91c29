(function_definition name: (identifier) @name) @function
(class_definition name: (identifier) @name) @type
(type_alias_statement left: (type (identifier) @name)) @type
(assignment left: (identifier) @name) @variable
(assignment left: (identifier) @name right: (lambda)) @function
(lambda) @closure
