// What an editor and the daemon have told each other, as far as a new daemon must know it when the
// old one has died; and what the editor is owed then.
//
// Messages are bodies, without their frame. A request of the daemon gets another id on its way to
// the editor once a daemon has died, so that the answer to a dead one's question reaches nobody.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "lsp/server/documents.h"
#include "lsp/server/notebooks.h"
#include "lsp/wire/message.h"

namespace lsp::daemon {

class EditorState {
 public:
  // What to hand on to the other side; nothing where it concerns a daemon that is gone.
  std::optional<std::string> from_editor(std::string body);
  std::optional<std::string> from_daemon(std::string body);

  // The daemon is gone: answers to what the editor has asked, and ends of what was announced.
  // Completions get null. What else was asked may have been done or not, and is not repeated.
  std::vector<std::string> lose_daemon();
  // What brings a new daemon to where the old one was.
  std::vector<std::string> introduction() const;

  bool wants_daemon() const { return !shut_down_ && !left_; }
  bool has_left() const { return left_; }  // has said exit
  bool shut_down() const { return shut_down_; }

 private:
  void see(wire::Request request, const std::string& body);
  void see(wire::Notification notification, const std::string& body);
  void see_document(wire::Notification notification);
  void see_notebook(wire::Notification notification);

  int64_t incarnation_ = 0;                  // how many daemons have died
  std::map<wire::Id, std::string> pending_;  // requests of the editor: the method
  std::set<std::string> progress_;           // tokens that were begun
  std::map<wire::Id, std::string> asked_;    // of them, questions: the conversation
  std::set<std::string> answered_;           // conversations: an answer has been begun
  std::set<std::string> conversations_;      // those that the daemon would go on with
  std::string initialize_;                   // bodies, as they came
  std::string initialized_;
  std::string configuration_;
  text::Encoding encoding_ = text::Encoding::utf16;
  std::vector<std::string> folders_;  // bodies: what came and went, in order
  server::Documents documents_;
  server::Notebooks notebooks_;
  bool shut_down_ = false;
  bool left_ = false;
};

}  // namespace lsp::daemon
