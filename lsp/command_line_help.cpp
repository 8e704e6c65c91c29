#include "lsp/command_line_help.h"

#include "engine/base/format.h"
#include "lsp/commands.h"

namespace lsp {
namespace {

using engine::base::concat;

struct Option {
  std::string names;  // "--model", "-h,--help"
  std::string argument;
  std::string description;
};

struct Command {
  std::string path;  // "model info"; empty: the program itself
  std::string description;
  std::vector<std::string> arguments;
  std::vector<Option> options;
  std::vector<std::pair<std::string, std::string>> below;  // names and descriptions
  std::string footer;
};

std::vector<const CLI::App*> below(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

void add(const CLI::App& app, const std::string& path, std::vector<Command>& commands) {
  Command command{path, app.get_description(), {}, {}, {}, app.get_footer()};
  for (const CLI::Option* option : app.get_options()) {
    const std::string type = option->get_type_name();
    if (option->get_positional()) {
      command.arguments.push_back(type.empty() || type == "TEXT" ? option->get_name() : type);
    } else {
      const bool flag = option->get_items_expected_max() == 0;
      const auto names = option->get_name(false, true);
      command.options.push_back({names, flag ? "" : type, option->get_description()});
    }
  }
  for (const CLI::App* each : below(app)) {
    command.below.emplace_back(each->get_name(), each->get_description());
  }
  commands.push_back(std::move(command));
  for (const CLI::App* each : below(app)) {
    add(*each, path + (path.empty() ? "" : " ") + each->get_name(), commands);
  }
}

std::vector<Command> commands_of(const CLI::App& app) {
  std::vector<Command> commands;
  add(app, "", commands);
  return commands;
}

// The long names of a command's options and the names of the commands below it, as one line.
std::string words_of(const Command& command) {
  std::string words;
  for (const auto& [name, description] : command.below) words += name + " ";
  for (const Option& option : command.options) {
    words += option.names.substr(option.names.find("--")) + " ";
  }
  return words;
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  for (size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size()) {
    text.replace(at, what.size(), by);
  }
  return text;
}

std::string roff(const std::string& text) {
  const std::string escaped = replaced(replaced(text, "\\", "\\e"), "-", "\\-");
  return escaped.starts_with('.') || escaped.starts_with('\'') ? "\\&" + escaped : escaped;
}

void print_man(const std::vector<Command>& commands, std::ostream& out) {
  out << ".TH LEMMA 1 \"\" \"lemma " << version << "\"\n.SH NAME\nlemma \\- "
      << "code completion by a local model\n.SH SYNOPSIS\n.B lemma\n.I COMMAND\n"
      << "[OPTION...]\n.SH DESCRIPTION\n"
      << roff(commands.front().description)
      << ".\nEditors start\n.B lemma lsp\nby themselves; one daemon serves them all.\n"
      << ".SH COMMANDS\n";
  for (const Command& command : commands) {
    if (command.path.empty()) continue;
    out << ".SS lemma " << roff(command.path);
    for (const std::string& argument : command.arguments) out << ' ' << roff(argument);
    out << '\n' << roff(command.description) << ".\n";
    for (const Option& option : command.options) {
      out << ".TP\n.B " << roff(replaced(option.names, ",", ", "));
      if (!option.argument.empty()) out << " \\fI" << roff(option.argument) << "\\fR";
      out << '\n' << roff(option.description) << '\n';
    }
    if (!command.footer.empty()) out << ".PP\n" << roff(command.footer) << ".\n";
  }
  out << ".SH FILES\n.TP\n.I ~/.config/lemma/config.toml\nsettings of this machine\n"
      << ".TP\n.I ~/.config/lemma/http\\-tokens\nbearer tokens of the endpoint\n"
      << ".SH EXIT STATUS\n0: done; 1: it failed, and standard error says why; 2: wrong usage.\n";
}

void print_bash(const std::vector<Command>& commands, std::ostream& out) {
  out << "# Completions of lemma for bash: made by `lemma help bash`.\n_lemma() {\n"
      << "  local word path= words=\n"
      << "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n    case \"$path $word\" in\n";
  for (const Command& command : commands) {
    if (!command.path.empty())
      out << "      \" " << command.path << "\") path=\" " << command.path << "\" ;;\n";
  }
  out << "    esac\n  done\n  case \"$path\" in\n";
  for (const Command& command : commands) {
    const std::string path = command.path.empty() ? "" : " " + command.path;
    out << "    \"" << path << "\") words=\"" << words_of(command) << "\" ;;\n";
  }
  out << "  esac\n  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- "
      << "\"${COMP_WORDS[COMP_CWORD]}\")\n}\ncomplete -o default -F _lemma lemma\n";
}

void print_zsh(const std::vector<Command>& commands, std::ostream& out) {
  out << "#compdef lemma\n# Completions of lemma for zsh: made by `lemma help zsh`.\n_lemma() {\n"
      << "  local word name= ; local -a offered\n"
      << "  for word in \"${words[@]:1:$((CURRENT - 2))}\"; do\n    case \"$name $word\" in\n";
  for (const Command& command : commands) {
    if (!command.path.empty())
      out << "      \" " << command.path << "\") name=\" " << command.path << "\" ;;\n";
  }
  out << "    esac\n  done\n  case \"$name\" in\n";
  for (const Command& command : commands) {
    const std::string path = command.path.empty() ? "" : " " + command.path;
    out << "    \"" << path << "\") offered=(" << words_of(command) << ") ;;\n";
  }
  out << "  esac\n  compadd -- $offered\n  [[ $PREFIX == -* || -z $name ]] || _files\n}\n"
      << "_lemma \"$@\"\n";
}

std::string fish_quoted(const std::string& text) {
  return "'" + replaced(replaced(text, "\\", "\\\\"), "'", "\\'") + "'";
}

// True in fish where exactly this command has been typed.
std::string fish_condition(const Command& command) {
  if (command.path.empty()) return "__fish_use_subcommand";
  const size_t space = command.path.find(' ');
  std::string condition = "__fish_seen_subcommand_from " + command.path.substr(0, space);
  if (space != std::string::npos) {
    condition += "; and __fish_seen_subcommand_from " + command.path.substr(space + 1);
  }
  return condition;
}

void print_fish(const std::vector<Command>& commands, std::ostream& out) {
  out << "# Completions of lemma for fish: made by `lemma help fish`.\n";
  for (const Command& command : commands) {
    const std::string start = "complete -c lemma -n " + fish_quoted(fish_condition(command));
    for (const auto& [name, description] : command.below) {
      out << start << " -f -a " << name << " -d " << fish_quoted(description) << '\n';
    }
    for (const Option& option : command.options) {
      out << start << " -l " << option.names.substr(option.names.find("--") + 2)
          << (option.argument.empty() ? "" : " -r") << " -d " << fish_quoted(option.description)
          << '\n';
    }
  }
}

}  // namespace

bool print_help_as(const std::string& form, const CLI::App& app, std::ostream& out) {
  const std::vector<Command> commands = commands_of(app);
  if (form == "man") {
    print_man(commands, out);
  } else if (form == "bash") {
    print_bash(commands, out);
  } else if (form == "zsh") {
    print_zsh(commands, out);
  } else if (form == "fish") {
    print_fish(commands, out);
  } else {
    return false;
  }
  return true;
}

}  // namespace lsp
