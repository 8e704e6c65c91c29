// The run's own words say what is missing, in the few forms that interpreters, compilers and shells
// have for it. Whether it is a slip of the pen is told by what is at hand: modules that come with
// the language, installed packages, headers that come with the language, and files beside the
// program.
#include "lsp/features/debug/missing.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

#include "engine/base/format.h"
#include "lsp/features/debug/includes.h"
#include "lsp/features/debug/likeness.h"
#include "sandbox/languages/toolchain.h"

namespace lsp::features::debug {
namespace {

namespace fs = std::filesystem;
using engine::base::concat;
using text::said;
using text::Sentence;
using text::Tongue;

constexpr double alike = 0.65;  // a name and what it is a slip of
// Packages have names that others made up: one letter of five at most.
constexpr double alike_packages = 0.8;
constexpr size_t most_meant = 4;

constexpr std::string_view python_modules =
    "abc aifc antigravity argparse array ast asynchat asyncio asyncore atexit audioop base64 bdb "
    "binascii bisect builtins bz2 cProfile calendar cgi cgitb chunk cmath cmd code codecs codeop "
    "collections colorsys compileall concurrent configparser contextlib contextvars copy copyreg "
    "crypt csv ctypes curses dataclasses datetime dbm decimal difflib dis distutils doctest email "
    "encodings ensurepip enum errno faulthandler fcntl filecmp fileinput fnmatch fractions ftplib "
    "functools gc getopt getpass gettext glob graphlib grp gzip hashlib heapq hmac html http "
    "imaplib imghdr imp importlib inspect io ipaddress itertools json keyword linecache locale "
    "logging lzma mailbox mailcap marshal math mimetypes mmap modulefinder multiprocessing netrc "
    "nntplib numbers opcode operator optparse os pathlib pdb pickle pickletools pipes pkgutil "
    "platform plistlib poplib posix posixpath pprint profile pstats pty pwd pyclbr pydoc queue "
    "quopri random re readline reprlib resource runpy sched secrets select selectors shelve shlex "
    "shutil signal site smtpd smtplib sndhdr socket socketserver sqlite3 ssl stat statistics "
    "string stringprep struct subprocess sunau symtable sys sysconfig syslog tabnanny tarfile "
    "telnetlib tempfile termios textwrap threading time timeit tkinter token tokenize tomllib "
    "trace traceback tracemalloc tty turtle types typing unicodedata unittest urllib uu uuid venv "
    "warnings wave weakref webbrowser wsgiref xdrlib xml xmlrpc zipapp zipfile zipimport zlib "
    "zoneinfo";
constexpr std::string_view node_modules =
    "assert async_hooks buffer child_process cluster console crypto dgram dns domain events fs "
    "http http2 https inspector module net os path perf_hooks process punycode querystring "
    "readline repl stream string_decoder test timers tls tty url util v8 vm worker_threads zlib";

// Where the name of a package is not that of its module.
constexpr std::pair<std::string_view, std::string_view> packages[] = {
    {"cv2", "opencv-python"},
    {"PIL", "Pillow"},
    {"sklearn", "scikit-learn"},
    {"skimage", "scikit-image"},
    {"yaml", "PyYAML"},
    {"bs4", "beautifulsoup4"},
    {"dateutil", "python-dateutil"},
    {"dotenv", "python-dotenv"},
    {"serial", "pyserial"},
    {"Crypto", "pycryptodome"},
    {"attr", "attrs"},
    {"git", "GitPython"},
    {"jwt", "PyJWT"},
    {"docx", "python-docx"},
    {"psycopg2", "psycopg2-binary"},
    {"MySQLdb", "mysqlclient"},
    {"OpenSSL", "pyOpenSSL"},
    {"usb", "pyusb"}};

std::set<std::string> words_of(std::string_view text) {
  std::istringstream words{std::string(text)};
  std::set<std::string> all;
  for (std::string word; words >> word;) all.insert(word);
  return all;
}

// What stands behind `before` and before one of `ends`; "" where `before` is not there.
std::string between(const std::string& text, std::string_view before, std::string_view ends) {
  const size_t at = text.find(before);
  if (at == text.npos) return "";
  const size_t begin = at + before.size();
  return text.substr(begin, text.find_first_of(ends, begin) - begin);
}

std::vector<fs::path> entries_of(const fs::path& folder) {
  std::vector<fs::path> entries;
  std::error_code error;
  for (fs::directory_iterator each(folder, error), end; !error && each != end;
       each.increment(error)) {
    entries.push_back(each->path());
  }
  return entries;
}

// Names of files beside the program, with their endings; other programs' tests among them.
std::vector<std::string> files_beside(const Subject& subject) {
  std::vector<std::string> names;
  const fs::path file = subject.question.file;
  for (const fs::path& each : entries_of(file.parent_path())) {
    if (each != file) names.push_back(each.filename());
  }
  return names;
}

// The modules that are installed for the Python that runs the program.
std::set<std::string> installed_modules(const Question& asked) {
  std::set<std::string> modules;
  const auto python = sandbox::languages::find_python(asked.python, asked.workspace);
  if (!python) return modules;
  const fs::path prefix = fs::path(python->path).parent_path().parent_path();
  std::vector<fs::path> libraries = entries_of(prefix / "lib");
  if (prefix == "/usr") {
    for (fs::path& each : entries_of("/usr/local/lib")) libraries.push_back(std::move(each));
  }
  for (const fs::path& library : libraries) {
    if (!library.filename().string().starts_with("python3")) continue;
    for (const char* below : {"site-packages", "dist-packages"}) {
      for (const fs::path& entry : entries_of(library / below)) {
        const std::string file = entry.filename();
        const std::string name = file.substr(0, file.find('.'));
        const bool is_module = file == name || file.ends_with(".py") || file.ends_with(".so");
        if (is_module && !name.starts_with('_')) modules.insert(name);
      }
    }
  }
  return modules;
}

// The likest first.
std::vector<std::string> likest(const std::string& name, std::set<std::string> all,
                                const std::set<std::string>& installed = {}) {
  for (const std::string& each : installed) {
    if (likeness(name, each) >= alike_packages) all.insert(each);
  }
  all.erase(name);
  std::vector<std::string> like;
  for (const std::string& each : all) {
    if (likeness(name, each) >= alike) like.push_back(each);
  }
  std::stable_sort(like.begin(), like.end(), [&](const std::string& a, const std::string& b) {
    return likeness(name, a) > likeness(name, b);
  });
  like.resize(std::min(like.size(), most_meant));
  return like;
}

// The folder of the project that has a module of this name as its own; empty where none has.
fs::path home_of(const std::string& module, const Subject& subject) {
  std::error_code error;
  for (const fs::path& each : folders_above(subject)) {
    for (const fs::path& place : {each / module, each / "src" / module}) {
      if (fs::is_directory(place, error) || fs::exists(place.string() + ".py", error)) return each;
    }
  }
  return {};
}

std::optional<Missing> in_python(const Subject& subject, const std::string& message) {
  const std::string whole = between(message, "No module named '", "'");
  const std::string name = whole.substr(0, whole.find('.'));
  std::set<std::string> known = words_of(python_modules);
  if (name.empty() || known.contains(name)) return std::nullopt;
  for (const std::string& file : files_beside(subject)) {
    const fs::path path = file;
    // `name` is there and something within it is not.
    if (path.stem() == name && (path.extension().empty() || path.extension() == ".py")) {
      return std::nullopt;
    }
    if (path.extension() == ".py") known.insert(path.stem());
  }
  // Something of that name from elsewhere would be another's.
  if (const fs::path project = home_of(name, subject); !project.empty()) {
    std::error_code error;
    const bool installable =
        fs::exists(project / "pyproject.toml", error) || fs::exists(project / "setup.py", error);
    if (!installable) return std::nullopt;
    return Missing{Missing::Kind::python_package, name, name, {}, project};
  }
  const auto* other = std::find_if(std::begin(packages), std::end(packages),
                                   [&](const auto& each) { return each.first == name; });
  const bool is_known = other != std::end(packages);
  std::string package(is_known ? other->second : name);
  const auto installed = is_known ? std::set<std::string>() : installed_modules(subject.question);
  return Missing{Missing::Kind::python_package, name, std::move(package),
                 likest(name, std::move(known), installed)};
}

// "@scope/name" of "@scope/name/part", "name" of "name/part".
std::string node_package(const std::string& name) {
  const size_t first = name.find('/');
  const bool scoped = name.starts_with('@') && first != name.npos;
  return name.substr(0, scoped ? name.find('/', first + 1) : first);
}

// Whether a package.json above the tests has the package between quotes.
bool is_named_in_project(const std::string& package, const Subject& subject) {
  for (const fs::path& folder : folders_above(subject)) {
    std::error_code error;
    const fs::path path = folder / "package.json";
    if (!fs::is_regular_file(path, error) || fs::file_size(path, error) > (1U << 20)) continue;
    std::ifstream file(path);
    const std::string text(std::istreambuf_iterator<char>(file), {});
    if (text.find(concat("\"", package, "\"")) != std::string::npos) return true;
  }
  return false;
}

std::optional<Missing> in_node(const Subject& subject, const std::string& message) {
  std::string name = between(message, "Cannot find module '", "'");
  if (name.empty()) name = between(message, "Cannot find package '", "'");
  if (name.empty()) return std::nullopt;
  if (!name.starts_with('.') && !name.starts_with('/')) {
    const std::string package = node_package(name);
    // What the project names itself is no slip.
    if (is_named_in_project(package, subject)) {
      return Missing{Missing::Kind::node_package, name, package};
    }
    return Missing{Missing::Kind::node_package, name, package,
                   likest(name, words_of(node_modules))};
  }
  // As it is written in the program, where an import names the whole path.
  const fs::path path = name;
  const std::string last = path.filename();
  std::set<std::string> known;
  for (const std::string& file : files_beside(subject)) {
    known.insert(path.has_extension() ? file : fs::path(file).stem().string());
  }
  return Missing{Missing::Kind::file, last, "", likest(last, std::move(known))};
}

std::optional<Missing> in_cpp(const Subject& subject, const Trial& trial) {
  for (const auto& diagnostic : trial.run.diagnostics) {
    const std::string& message = diagnostic.message;
    const size_t gcc = message.find(": No such file or directory");
    const size_t clang = message.find("' file not found");
    if (gcc == message.npos && clang == message.npos) continue;
    std::string name = message.substr(0, std::min(gcc, clang));
    name = name.substr(name.find_last_of(" '") + 1);  // npos + 1 is 0
    std::set<std::string> known = standard_headers();
    for (std::string& file : files_beside(subject)) known.insert(std::move(file));
    return Missing{Missing::Kind::header, name, "", likest(name, std::move(known))};
  }
  const std::string library = between(trial.run.compiler_output, "cannot find -l", ": \n");
  if (library.empty()) return std::nullopt;
  return Missing{Missing::Kind::library, library, ""};
}

// A shell's word for a program that is not there, or make's; else what a tool says that was given
// no work it could do.
std::optional<Missing> of_command(const runner::Outcome& outcome) {
  static constexpr std::string_view idle[] = {": can't open file '/", "sh: 0: cannot open ",
                                              "make: *** No ", "Error: Cannot find module '/"};
  const std::string said = outcome.errors.text();
  const bool unknown = outcome.exit_code == 127 || said.find("Error 127") != said.npos;
  std::optional<Missing> found;
  std::istringstream lines(said);
  for (std::string line; outcome.exit_code != 0 && std::getline(lines, line);) {
    for (const std::string_view words :
         {": command not found", ": not found", ": No such file or directory"}) {
      if (!unknown || !line.ends_with(words)) continue;
      const std::string name = line.substr(0, line.size() - words.size());
      return Missing{Missing::Kind::command, name.substr(name.rfind(' ') + 1),
                     ""};  // npos + 1 is 0
    }
    const bool says = std::any_of(std::begin(idle), std::end(idle), [&](std::string_view words) {
      return line.find(words) != line.npos;
    });
    if (says) found = Missing{Missing::Kind::work, line, ""};
  }
  return found;
}

// By Kind; {name}, {package}, {runs} (the interpreter), {folder} (of the project).
constexpr Sentence whats[] = {
    {"The package '{package}' is not installed for {runs}, which runs it: no module is named "
     "'{name}'.",
     "运行它的 {runs} 没有安装软件包“{package}”：没有名为“{name}”的模块。",
     "Le paquet « {package} » n'est pas installé pour {runs}, qui l'exécute : aucun module ne "
     "s'appelle « {name} ».",
     "Das Paket „{package}“ ist für {runs}, womit es läuft, nicht installiert: Kein Modul heißt "
     "„{name}“."},
    {"The package '{package}' is not installed: Node finds no module '{name}'.",
     "没有安装软件包“{package}”：Node 找不到模块“{name}”。",
     "Le paquet « {package} » n'est pas installé : Node ne trouve pas de module « {name} ».",
     "Das Paket „{package}“ ist nicht installiert: Node findet kein Modul „{name}“."},
    {"There is no file '{name}' where it is imported from.", "导入的位置没有文件“{name}”。",
     "Il n'y a pas de fichier « {name} » à l'endroit d'où on l'importe.",
     "Es gibt keine Datei „{name}“, wo sie importiert wird."},
    {"The header '{name}' is not there.", "没有头文件“{name}”。",
     "L'en-tête « {name} » n'est pas là.", "Der Header „{name}“ ist nicht da."},
    {"The library '{name}', which it is linked with, is not there.", "没有要链接的库“{name}”。",
     "La bibliothèque « {name} », à laquelle on le lie, n'est pas là.",
     "Die Bibliothek „{name}“, mit der es gebunden wird, ist nicht da."},
    {"The command needs '{name}', and there is no such program where it is run.",
     "命令需要“{name}”，而运行环境中没有这个程序。",
     "La commande a besoin de « {name} », et ce programme n'existe pas là où elle s'exécute.",
     "Der Befehl braucht „{name}“, und wo er läuft, gibt es dieses Programm nicht."},
    {"The command found nothing to do: {name}", "命令无事可做：{name}",
     "La commande n'a rien trouvé à faire : {name}", "Der Befehl fand nichts zu tun: {name}"}};
constexpr Sentence hows[] = {
    {"Install it: `{install}`. A run sees the virtual environment that VIRTUAL_ENV names, else "
     ".venv "
     "in the project's folder, else /usr/bin/python3.",
     "安装它：`{install}`。运行时先看 VIRTUAL_ENV 指定的虚拟环境，其次是项目文件夹中的 "
     ".venv，最后是 "
     "/usr/bin/python3。",
     "Installez-le : `{install}`. Une exécution voit l'environnement virtuel que nomme "
     "VIRTUAL_ENV, "
     "sinon .venv dans le dossier du projet, sinon /usr/bin/python3.",
     "Installieren Sie es: `{install}`. Ein Lauf sieht die virtuelle Umgebung, die VIRTUAL_ENV "
     "nennt, "
     "sonst .venv im Ordner des Projekts, sonst /usr/bin/python3."},
    {"Install it: `{install}`. A run sees node_modules in the project's folder.",
     "安装它：`{install}`。运行时能看到项目文件夹中的 node_modules。",
     "Installez-le : `{install}`. Une exécution voit node_modules dans le dossier du projet.",
     "Installieren Sie es: `{install}`. Ein Lauf sieht node_modules im Ordner des Projekts."},
    {"Is its name right, and is the path written from the file that imports it?",
     "文件名写对了吗？路径是从导入它的文件算起的吗？",
     "Son nom est-il exact, et le chemin part-il du fichier qui l'importe ?",
     "Stimmt ihr Name, und geht der Pfad von der Datei aus, die sie importiert?"},
    {"Is its name right? Install the package that has it, or name its folder by -I in --command. A "
     "run sees /usr and the project's folder.",
     "名称写对了吗？请安装提供它的软件包，或在 --command 中用 -I 指出它的文件夹。运行时能看到 /usr "
     "和项目文件夹。",
     "Son nom est-il exact ? Installez le paquet qui le contient, ou nommez son dossier par -I "
     "dans "
     "--command. Une exécution voit /usr et le dossier du projet.",
     "Stimmt sein Name? Installieren Sie das Paket, das ihn enthält, oder nennen Sie seinen Ordner "
     "mit "
     "-I in --command. Ein Lauf sieht /usr und den Ordner des Projekts."},
    {"Install it, or name its folder by -L in --command. A run sees /usr and the project's folder.",
     "请安装它，或在 --command 中用 -L 指出它的文件夹。运行时能看到 /usr 和项目文件夹。",
     "Installez-la, ou nommez son dossier par -L dans --command. Une exécution voit /usr et le "
     "dossier "
     "du projet.",
     "Installieren Sie sie, oder nennen Sie ihren Ordner mit -L in --command. Ein Lauf sieht /usr "
     "und "
     "den Ordner des Projekts."},
    {"Is it spelled right, and installed below /usr? One of the project is named by its path, as "
     "./test or node_modules/.bin/jest; a run sees nothing else of the home folder.",
     "名称写对了吗？安装在 /usr 下了吗？项目自己的程序要写出路径，如 ./test 或 "
     "node_modules/.bin/jest；运行时看不到主文件夹的其他内容。",
     "Est-il bien écrit, et installé sous /usr ? Un programme du projet se nomme par son chemin, "
     "comme "
     "./test ou node_modules/.bin/jest ; une exécution ne voit rien d'autre du dossier personnel.",
     "Ist es richtig geschrieben und unter /usr installiert? Eines des Projekts wird mit seinem "
     "Pfad "
     "genannt, wie ./test oder node_modules/.bin/jest; vom Home-Ordner sieht ein Lauf sonst "
     "nichts."},
    {"Try it by hand in the project's folder, where it is run.",
     "请在项目文件夹中手工试一试，命令就在那里运行。",
     "Essayez-la à la main dans le dossier du projet, où elle s'exécute.",
     "Versuchen Sie ihn von Hand im Ordner des Projekts, wo er läuft."}};

std::string line_to_install(const Missing& missing, const Subject& subject) {
  if (missing.kind != Missing::Kind::python_package) return "npm install " + missing.package;
  const auto& asked = subject.question;
  const std::string package = missing.project.empty() ? missing.package : "-e " + missing.project;
  const auto python = sandbox::languages::find_python(asked.python, asked.workspace);
  const bool environment = python && !python->environment.empty();
  if (environment || !asked.workspace) {
    return concat(environment ? python->path : "python3", " -m pip install ", package);
  }
  const std::string folder = *asked.workspace + "/.venv";
  return concat("python3 -m venv ", folder, " && ", folder, "/bin/pip install ", package);
}

}  // namespace

std::optional<Missing> missing_in(const Subject& subject, const Trial& trial) {
  using syntax::Language;
  if (subject.proof == Proof::command) return of_command(trial.run.outcome);
  if (subject.language == Language::cpp || subject.language == Language::c) {
    return in_cpp(subject, trial);
  }
  std::optional<Missing> missing;
  for (const languages::Failure& failure : trial.run.findings.failures) {
    const std::string told = failure.type + failure.message;
    auto its = subject.language == Language::python ? told.find("ModuleNotFoundError") == told.npos
                                                          ? std::nullopt
                                                          : in_python(subject, told)
                                                    : in_node(subject, told);
    if (!its) return std::nullopt;
    if (!missing) missing = std::move(its);
  }
  return missing;
}

std::string what_is_missing(const Missing& missing, const Subject& subject, Tongue tongue) {
  const auto& asked = subject.question;
  std::string runs = "Python";
  if (missing.kind == Missing::Kind::python_package) {
    const auto python = sandbox::languages::find_python(asked.python, asked.workspace);
    if (python) runs = python->path;
  }
  return said(whats[static_cast<size_t>(missing.kind)], tongue,
              {{"name", missing.name}, {"package", missing.package}, {"runs", runs}});
}

std::string how_to_get(const Missing& missing, const Subject& subject, Tongue tongue) {
  static constexpr Sentence slip = {"Is it a slip for '{meant}', which is at hand?",
                                    "是不是把现有的“{meant}”写错了？",
                                    "Est-ce une faute pour « {meant} », qui est disponible ?",
                                    "Ist es verschrieben für „{meant}“, das vorhanden ist?"};
  if (!missing.meant.empty()) return said(slip, tongue, {{"meant", missing.meant.front()}});
  return said(hows[static_cast<size_t>(missing.kind)], tongue,
              {{"install", line_to_install(missing, subject)}});
}

}  // namespace lsp::features::debug
