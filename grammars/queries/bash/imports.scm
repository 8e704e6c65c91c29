((command name: (command_name (word) @callee) . argument: (_) @module) @import
  (#eq? @callee "source"))
((command name: (command_name (word) @callee) . argument: (_) @module) @import
  (#eq? @callee "."))
