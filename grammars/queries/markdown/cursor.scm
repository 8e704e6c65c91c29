[
  (paragraph)
  (list_item)
  (fenced_code_block)
  (pipe_table)
  (atx_heading)
  (setext_heading)
] @statement
[(document) (section) (code_fence_content)] @block
