// Notebooks over the wire: cells are completed with their neighbours around them.
#include <future>

#include "tests/lsp/server/client.h"
#include "tests/support/catch.h"

using namespace server_test;
using lsp::server::Answer;
using lsp::server::Question;

namespace {

const std::string notebook = "file:///n.ipynb";

std::string cell(int number) { return "vscode-notebook-cell:/n.ipynb#" + std::to_string(number); }

json code(int number) { return {{"kind", 2}, {"document", cell(number)}}; }

json document(int number, const std::string& text, const std::string& language = "python") {
  return {{"uri", cell(number)}, {"languageId", language}, {"version", 1}, {"text", text}};
}

// A model that keeps what it is asked, and answers with what stands in the cursor's line.
struct Asked {
  std::promise<Question> question;
  lsp::server::LoadModel model() {
    return model_that([this](const Question& asked, std::stop_token) {
      question.set_value(asked);
      const auto& text = *asked.document;
      const auto line = text.line_range(text.line_at(asked.cursor));
      return std::optional(Answer{"completed", line});
    });
  }
  std::string text() { return std::string(seen().document->text()); }
  Question& seen() {
    if (!kept) kept = question.get_future().get();
    return *kept;
  }
  std::optional<Question> kept;
};

void open_notebook(Client& client) {
  client.notify("notebookDocument/didOpen",
                {{"notebookDocument",
                  {{"uri", notebook},
                   {"notebookType", "jupyter-notebook"},
                   {"version", 1},
                   {"cells", {code(1), {{"kind", 1}, {"document", cell(2)}}, code(3), code(4)}}}},
                 {"cellTextDocuments",
                  {document(1, "import os"), document(2, "# A title", "markdown"),
                   document(3, "é = 1\nos."), document(4, "print(é)")}}});
}

}  // namespace

TEST_CASE("the server asks for notebooks, cells of text and of code") {
  Client client;
  const json sync = client.start().at("capabilities").at("notebookDocumentSync");
  CHECK(sync.at("notebookSelector").at(0).at("notebook") == "*");
}

TEST_CASE("a cell is completed between the code cells around it") {
  Asked asked;
  Client client({.load = asked.model()});
  client.start();
  client.open("file:///other.py", "other");
  open_notebook(client);
  const json answer = client.response(client.ask(cell(3), 1, 3));
  CHECK(asked.text() == "import os\n\né = 1\nos.\n\nprint(é)");
  CHECK(asked.seen().cursor == std::string("import os\n\né = 1\nos.").size());
  CHECK(asked.seen().document->uri() == cell(3));
  // Its own cells are no other documents; text for people is, like any open document.
  REQUIRE(asked.seen().others.size() == 2);
  CHECK(asked.seen().others.back()->uri() == "file:///other.py");
  // The answer's range is the cell's own.
  const json item = answer.at("result").at("items").at(0);
  CHECK(item.at("range").at("start") == json{{"line", 1}, {"character", 0}});
  CHECK(item.at("range").at("end") == json{{"line", 1}, {"character", 3}});
}

TEST_CASE("many cells leave other documents their place") {
  Asked asked;
  Client client({.load = asked.model()});
  client.start();
  client.open("file:///other.py", "other");
  json cells = json::array();
  json documents = json::array();
  for (int number = 1; number <= 40; ++number) {
    cells.push_back(code(number));
    documents.push_back(document(number, "x"));
  }
  client.notify("notebookDocument/didOpen", {{"notebookDocument",
                                              {{"uri", notebook},
                                               {"notebookType", "jupyter-notebook"},
                                               {"version", 1},
                                               {"cells", cells}}},
                                             {"cellTextDocuments", documents}});
  client.response(client.ask(cell(3), 0, 1));
  REQUIRE(asked.seen().others.size() == 1);
  CHECK(asked.seen().others.back()->uri() == "file:///other.py");
}

TEST_CASE("cells that are added, moved and edited count at once") {
  Asked asked;
  Client client({.load = asked.model()});
  client.start();
  open_notebook(client);
  // Cell 1 goes, cell 5 comes in its place, and cell 4 says something else.
  client.notify("notebookDocument/didChange",
                {{"notebookDocument", {{"uri", notebook}, {"version", 2}}},
                 {"change",
                  {{"cells",
                    {{"structure",
                      {{"array", {{"start", 0}, {"deleteCount", 1}, {"cells", {code(5)}}}},
                       {"didOpen", {document(5, "import re")}},
                       {"didClose", {{{"uri", cell(1)}}}}}},
                     {"textContent",
                      {{{"document", {{"uri", cell(4)}, {"version", 2}}},
                        {"changes", {{{"text", "print(re)"}}}}}}}}}}}});
  client.response(client.ask(cell(3), 1, 3));
  CHECK(asked.text() == "import re\n\né = 1\nos.\n\nprint(re)");
}

TEST_CASE("a change of cells that are not there is refused and ends nothing") {
  Asked asked;
  Client client({.load = asked.model()});
  client.start();
  open_notebook(client);
  client.notify(
      "notebookDocument/didChange",
      {{"notebookDocument", {{"uri", notebook}, {"version", 2}}},
       {"change", {{"cells", {{"structure", {{"array", {{"start", 3}, {"deleteCount", 2}}}}}}}}}});
  client.response(client.ask(cell(4), 0, 8));
  CHECK(asked.text() == "import os\n\né = 1\nos.\n\nprint(é)");
  CHECK(client.leave() == 0);
  CHECK(client.log().find("cells 3 to 5 of a notebook with 4 cells") != std::string::npos);
}

TEST_CASE("a closed notebook closes its cells") {
  Client client;
  client.start();
  open_notebook(client);
  client.notify("notebookDocument/didClose",
                {{"notebookDocument", {{"uri", notebook}}},
                 {"cellTextDocuments", {{{"uri", cell(1)}}, {{"uri", cell(3)}}}}});
  CHECK(client.response(client.ask(cell(3), 0, 0)).contains("error"));
}
