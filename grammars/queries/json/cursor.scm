(comment) @comment
(string) @string
(pair) @statement
[(document) (object) (array)] @block
