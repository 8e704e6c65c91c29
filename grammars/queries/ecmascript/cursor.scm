[(comment) (hash_bang_line)] @comment
[(string) (template_string) (regex)] @string
(template_substitution) @code
(statement) @statement
[(program) (statement_block) (class_body) (switch_body)] @block
