[(comment) (hash_bang_line)] @comment
(string) @string
[(statement) (return_statement)] @statement
[(chunk) (block)] @block
