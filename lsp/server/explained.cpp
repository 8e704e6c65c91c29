#include "lsp/server/explained.h"

#include <utility>

namespace lsp::server {
namespace {

constexpr size_t most_explained = 8;

}  // namespace

void Explained::add(std::vector<wire::Explanation> offered) {
  offers_.push_front({std::move(offered)});
  if (offers_.size() > most_explained) offers_.pop_back();
}

void Explained::went_on_with(const std::string& uri, size_t which) {
  for (Offer& offer : offers_) {
    if (offer.offered.front().uri != uri) continue;
    if (which < offer.offered.size()) offer.meant = which;
    return;
  }
}

std::deque<wire::Explanation> Explained::told() const {
  std::deque<wire::Explanation> told;
  for (const auto& [offered, meant] : offers_) {
    wire::Explanation& one = told.emplace_back(offered[meant]);
    for (size_t i = 0; i < offered.size(); ++i) {
      if (i == meant) continue;
      one.others.push_back({offered[i].text, offered[i].provenance.probability});
    }
  }
  return told;
}

}  // namespace lsp::server
