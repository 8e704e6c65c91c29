// The open documents, as the client synchronises them. Belongs to the loop's thread.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "lsp/server/model.h"
#include "lsp/wire/protocol.h"

namespace lsp::server {

// Larger documents are synchronised and offered nothing.
constexpr size_t max_completed_bytes = size_t{4} << 20;

// Between bytes of a document and positions as the client counts them.
wire::Span span_of(const text::Document& document, const text::Range& range,
                   text::Encoding encoding);
text::Range range_of(const text::Document& document, const wire::Span& span,
                     text::Encoding encoding);

class Documents {
 public:
  // A document that is open already is replaced; the error says so.
  base::Status open(wire::DidOpenParams params);
  // An edit for a document that is not open changes nothing. Positions outside are clamped. An edit
  // that later ones overtook on their way (Helix 25.01 sends each from a task of its own) is put
  // where its version belongs; the error says so.
  base::Status change(const wire::DidChangeParams& params, text::Encoding encoding);
  // An edit was lost: what the document says is unknown until its whole text comes again.
  void lose(const std::string& uri);
  base::Status close(const std::string& uri);

  bool contains(const std::string& uri) const { return open_.contains(uri); }
  // `uri` is open. Null for documents that are offered nothing, see withheld().
  Snapshot snapshot(const std::string& uri);
  // The same where nobody has turned to the document: it does not count as used.
  Snapshot snapshot_unused(const std::string& uri) { return snapshot(open_.at(uri)); }
  // `uri` is open. Why it is offered nothing, as a sentence goes on after "it": too large, a file
  // of secrets, with a lost edit, or neither a file nor untitled nor a notebook's cell. Else empty.
  std::string withheld(const std::string& uri) const;
  // What would be snapshots of the other documents, the most recently used first; of those alone
  // that `wanted` holds for, where it is given.
  using Wanted = std::function<bool(const std::string& uri)>;
  std::vector<Snapshot> others(const std::string& uri, const Wanted& wanted = {});
  std::vector<std::string> uris() const;
  std::string last_used() const;  // empty where none is open
  // Null for a document that is not open, or has a lost edit.
  const text::Document* find(const std::string& uri) const;
  // The version now; nothing for a document that is not open.
  std::optional<int64_t> version(const std::string& uri) const;

 private:
  struct Undo {
    size_t begin;     // bytes
    size_t inserted;  // bytes
    std::string removed;
  };
  using Changes = std::vector<wire::ContentChange>;
  struct Applied {
    int64_t version;
    Changes changes;
    std::vector<Undo> undo;  // one for each change
  };
  struct Entry {
    text::Document document;  // edited in place
    Snapshot snapshot;        // of the current version; null until somebody asks
    uint64_t last_use;
    bool is_lost;                  // by lose()
    int64_t settled;               // no edit is put before the one that made this version
    std::deque<Applied> recent{};  // ascending versions after it, small ones only
  };
  static void apply(Entry& entry, int64_t version, const Changes& changes, text::Encoding encoding);
  static bool is_overtaken(const Entry& entry, int64_t version);
  static void put_back(Entry& entry, int64_t version, const Changes& changes,
                       text::Encoding encoding);
  static std::string withheld(const Entry& entry);
  Snapshot snapshot(Entry& entry);

  std::map<std::string, Entry> open_;
  uint64_t uses_ = 0;
};

}  // namespace lsp::server
