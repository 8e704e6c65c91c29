// What was seen of a change that passes, and what is not known of it; and how people are told that.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "lsp/features/debug/compare.h"
#include "lsp/features/debug/subject.h"
#include "lsp/text/tongue.h"

namespace lsp::features::debug {

using text::Tongue;

// How a run with the change ended.
struct Passing {
  Proof proof = Proof::none;
  size_t passed = 0;
  size_t tests = 0;
  std::string test = {};  // the one that is asked about, where others fail
};
// "passes 5 of 5 tests"
std::string said(const Passing& passing, Tongue tongue);

// What keeps a change from being verified, where nothing differs.
enum class Doubt {
  nothing,
  not_all_tried,  // of the changes of the program
  too_many,       // other changes pass
  not_compared,   // with all of those that pass, for want of time
  alike,          // other changes pass, and there are too few inputs to tell them apart
  none_near,      // changes of the change were not tried
  may_not_have_run,
  one_value,  // whatever the input, what it changes comes out as the same number
  elsewhere,  // a change of another file passes
};

struct Judgement {
  std::optional<Difference> difference = {};  // from another change that passes
  bool is_the_other = false;                  // of the two that differ, the one shown below
  Doubt doubt = Doubt::nothing;
  size_t tried = 0;
  size_t candidates = 0;   // of which `tried` were
  size_t near = 0;         // changes of the change that were tried
  size_t rivals = 0;       // other changes that pass
  size_t inputs = 0;       // on which they do the same
  std::string file = {};   // where else a change passes
  std::string value = {};  // what comes out whatever the input
};
// "of 80 other changes and 12 near to this one none passes"
std::string said(const Judgement& judgement, Tongue tongue);

// "f(0) gives 1, with the other change 0", or "…, before 0": what the second of the two texts is.
enum class Versus { another_change, before };
std::string said(const Difference& difference, Versus other, Tongue tongue);

// The name of a kind of change (Fix::what) for people; kinds that have none stay as they are.
std::string name_of_kind(std::string_view what, Tongue tongue);

}  // namespace lsp::features::debug
