(using_declaration (qualified_identifier name: (identifier) @name) @module) @import
(using_declaration "namespace" [(identifier) (qualified_identifier)] @module) @import
