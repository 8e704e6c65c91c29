// How the evidence is weighed is the scorer's affair and fitted on held-out text; here it is only
// collected and brought to a scale of about −1 … 3.
//
// Contexts are visited from the longest to the shortest, in the buffers as in the corpus, the way
// prediction by partial matching does (Cleary and Witten 1984): a token is described by the longest
// context it was seen in, and the blended probability gives each shorter context what the longer
// ones left over.

#include "engine/decode/memory/evidence.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "engine/decode/distribution.h"

namespace engine::decode::memory {

namespace {

constexpr size_t history_tokens = 512;  // kept of the history
constexpr size_t matched_tokens = 256;  // of it matched against other texts from the start
constexpr size_t recent_tokens = 40;    // distinct tokens taken as candidates for being recent
constexpr size_t most_successors = 64;  // of one context in one text, the most recent ones
constexpr int contexts_visited = 24;    // of one text
constexpr size_t model_candidates = 32;
constexpr float count_discount = 0.4f;  // of each count, in favour of shorter contexts

float log2_of(float x) { return std::log2(1 + x); }

// Log-probabilities are brought to −2 … 1; 0 is left to "not known".
float log_scaled(float probability) { return 1 + std::max(-12.0f, std::log(probability)) / 4; }

int indentation_after_line_end(std::span<const Token> after,
                               const tokenizer::Tokenizer& tokenizer) {
  std::string text;
  for (const Token token : after.first(std::min<size_t>(after.size(), 200))) {
    text += tokenizer.bytes(token);
  }
  for (size_t begin = text.find('\n'); begin != std::string::npos; begin = text.find('\n', begin)) {
    ++begin;
    int indentation = 0;
    while (begin < text.size() && (text[begin] == ' ' || text[begin] == '\t')) {
      indentation += text[begin++] == '\t' ? 4 : 1;
    }
    if (begin < text.size() && text[begin] != '\n' && text[begin] != '\r') return indentation;
  }
  return -1;
}

}  // namespace

Evidence::Evidence(const Corpus& corpus, std::shared_ptr<const Buffers> buffers,
                   std::span<const Token> prompt)
    : corpus_(&corpus), buffers_(std::move(buffers)) {
  index_.assign(corpus.tokenizer().size(), -1);
  pooled_ = index_;
  std::span<const Token> history = prompt;
  if (buffers_ != nullptr) {
    family_ = corpus.family(buffers_->language_id);
    history = buffers_->before ? buffers_->before->tokens() : std::span<const Token>();
    if (buffers_->before) sources_.push_back({buffers_->before.get(), 0, buffers_->before->all()});
    if (buffers_->after) {
      sources_.push_back({buffers_->after.get(), 1, {}});
      next_indentation_ = indentation_after_line_end(buffers_->after->tokens(), corpus.tokenizer());
    }
    for (const auto& other : buffers_->others) sources_.push_back({other.get(), 2, {}});
  }
  for (const Token token : history) line_.feed(corpus.tokenizer().bytes(token));
  history = history.last(std::min(history.size(), history_tokens));
  history_.assign(history.begin(), history.end());
  for (Source& source : sources_) {
    if (source.kind == 0) continue;
    for (const Token token : history.last(std::min(history.size(), matched_tokens))) {
      source.match = source.text->follow(source.match, token);
    }
  }
}

void Evidence::advance(Token token) {
  history_.push_back(token);
  line_.feed(corpus_->tokenizer().bytes(token));
  for (Source& source : sources_) source.match = source.text->follow(source.match, token);
}

void Evidence::gather(std::span<const float> log_probabilities, bool model_speaks,
                      Candidates& result) {
  log_probabilities_ = log_probabilities;
  result_ = &result;
  result.tokens.clear();
  result.features.clear();
  result.context = {};
  if (model_speaks) from_model();
  for (const Source& source : sources_) {
    if (source.kind < 2) from_own(source);
  }
  from_others();
  from_corpus();
  from_history();
  describe_tokens();
  describe_context();
  result.features.push_back({});
  result.features.back()[at_another] = 1;
  for (const Token token : result.tokens) index_[token] = -1;
}

bool Evidence::is_possible(Token token) const {
  return log_probabilities_.empty() || !std::isinf(log_probabilities_[static_cast<size_t>(token)]);
}

// The features of a candidate, which is added where it is new; null for a token that is impossible
// or one too many.
float* Evidence::candidate(Token token) {
  if (static_cast<size_t>(token) >= index_.size()) return nullptr;
  int16_t& index = index_[token];
  if (index < 0) {
    if (result_->tokens.size() >= max_candidates || !is_possible(token)) {
      return nullptr;
    }
    index = static_cast<int16_t>(result_->tokens.size());
    result_->tokens.push_back(token);
    result_->features.push_back({});
  }
  return result_->features[index].data();
}

// Tells of `following_`, which is all that follows one context, the most recent first. `left_over`:
// what longer contexts left of the probability; `distinct`: how many tokens follow it.
void Evidence::from_context(size_t kind, const Followed& context, float& left_over) {
  const float length = std::min(6.0f, log2_of(static_cast<float>(context.length))) / 3;
  if (context.longest) {
    result_->context[Context::longest + kind] = length;
    if (context.distinct == 1) result_->context[Context::certain + kind] = 1;
  }
  for (size_t i = 0; i < following_.size(); ++i) {
    float* features = candidate(following_[i].token);
    if (features == nullptr) continue;
    features += at_buffers + kind * FromBuffer::size;
    const float count = following_[i].count;
    if (features[FromBuffer::known] == 0) {
      features[FromBuffer::known] = 1;
      features[FromBuffer::length] = length;
      features[FromBuffer::share] = log_scaled(count / context.total);
      features[FromBuffer::count] = log2_of(count) / 4;
      features[FromBuffer::latest] = i == 0;
      features[FromBuffer::longest] = context.longest;
      features[FromBuffer::distance] = log2_of(following_[i].distance) / 10;
      features[FromBuffer::whole_line] = context.length > line_.tokens && !line_.blank;
    } else if (i == 0) {
      features[FromBuffer::agreement] += 0.3f;
    }
    features[FromBuffer::blended] += left_over * (count - count_discount) / context.total;
  }
  left_over *= count_discount * static_cast<float>(context.distinct) / context.total;
}

void Evidence::from_own(const Source& source) {
  const Buffer& text = *source.text;
  const float size = static_cast<float>(text.tokens().size());
  const bool is_before = source.kind == 0;
  float left_over = 1;
  bool longest = true;
  int visited = 0;
  for (Buffer::Match match = source.match; match.length > 0 && visited < contexts_visited;
       match = text.shorter(match)) {
    const std::span<const Successor> successors = text.successors(match);
    if (successors.empty()) continue;
    ++visited;
    following_.clear();
    for (const Successor& each : successors.first(std::min(successors.size(), most_successors))) {
      const float distance =
          is_before ? size - static_cast<float>(each.last) : static_cast<float>(each.first);
      following_.push_back({each.token, static_cast<float>(each.count), distance});
    }
    const float total = static_cast<float>(text.total(match));
    from_context(source.kind, {match.length, total, successors.size(), longest}, left_over);
    longest = false;
  }
}

// The other texts as if they were one. Each is followed from its longest match to shorter ones; at
// a length, all those have their say whose match is at least as long.
void Evidence::from_others() {
  walks_.clear();
  int32_t length = 0;
  for (const Source& source : sources_) {
    if (source.kind != 2 || source.match.length == 0) continue;
    walks_.push_back({source.text, source.match, source.text->shorter(source.match)});
    length = std::max(length, source.match.length);
  }
  float left_over = 1;
  bool longest = true;
  for (int visited = 0; length > 0 && visited < contexts_visited;) {
    const float total = follow_others(length);
    if (total > 0) {
      ++visited;
      from_context(2, {length, total, following_.size(), longest}, left_over);
      longest = false;
    }
    int32_t next = 0;
    for (const Walk& walk : walks_) {
      const bool has_spoken = walk.match.length >= length;
      next = std::max(next, has_spoken ? walk.shorter.length : walk.match.length);
    }
    length = next;
    for (Walk& walk : walks_) {
      if (walk.shorter.length < length || length == 0) continue;
      walk.match = walk.shorter;
      walk.shorter = walk.text->shorter(walk.match);
    }
  }
}

// Into `following_`: what follows the last `length` tokens in the other texts; returns how often
// something does.
float Evidence::follow_others(int32_t length) {
  following_.clear();
  float total = 0;
  for (const Walk& walk : walks_) {
    if (walk.match.length < length) continue;
    const auto successors = walk.text->successors(walk.match);
    for (const Successor& each : successors.first(std::min(successors.size(), most_successors))) {
      int16_t& place = pooled_[each.token];
      if (place < 0) {
        place = static_cast<int16_t>(following_.size());
        following_.push_back({each.token, 0, 0});
      }
      following_[place].count += static_cast<float>(each.count);
    }
    total += static_cast<float>(walk.text->total(walk.match));
  }
  for (const Following& each : following_) pooled_[each.token] = -1;
  return total;
}

void Evidence::from_corpus() {
  if (family_ < 0) return;
  const int orders = std::min(corpus_->max_order(), static_cast<int>(history_.size()));
  std::array<uint64_t, 65> contexts;
  contexts[0] = empty_context(family_);
  for (int k = 1; k <= orders; ++k) {
    contexts[k] = extend_context(contexts[k - 1], history_[history_.size() - k]);
  }
  float left_over = 1;
  bool longest = true;
  for (int k = orders; k > 0; --k) {
    corpus_->find(contexts[k], entries_);
    if (entries_.empty()) continue;
    if (longest) {
      result_->context[Context::corpus_order] = static_cast<float>(k) / 4;
      result_->context[Context::corpus_share] = entries_[0].share;
    }
    float sum = 0;
    for (size_t i = 0; i < entries_.size(); ++i) {
      const Corpus::Entry& entry = entries_[i];
      sum += entry.share;
      float* features = candidate(entry.token);
      if (features == nullptr) continue;
      features += at_corpus;
      if (features[FromCorpus::known] == 0) {
        features[FromCorpus::known] = 1;
        features[FromCorpus::order] = static_cast<float>(k) / 4;
        features[FromCorpus::share] = log_scaled(entry.share);
        features[FromCorpus::projects] = std::log2(entry.projects) / 5;
        features[FromCorpus::first] = i == 0;
        features[FromCorpus::longest] = longest;
      } else if (i == 0) {
        features[FromCorpus::agreement] += 0.3f;
      }
      features[FromCorpus::blended] += left_over * entry.share;
    }
    left_over *= std::max(0.02f, 1 - sum);
    longest = false;
  }
}

void Evidence::from_history() {
  size_t taken = 0;
  for (size_t back = 1; back <= history_.size() && taken < recent_tokens; ++back) {
    float* features = candidate(history_[history_.size() - back]);
    if (features == nullptr) continue;
    features += at_history;
    if (features[FromHistory::recent] != 0) continue;
    features[FromHistory::recent] = 1;
    features[FromHistory::recency] = log2_of(static_cast<float>(back)) / 8;
    ++taken;
  }
}

// The likeliest tokens, found in one pass with a rising threshold.
void Evidence::from_model() {
  std::vector<std::pair<float, Token>> best;
  float threshold = -12;
  for_each_from(log_probabilities_, threshold, [&](size_t token) {
    if (log_probabilities_[token] == threshold) return;
    best.push_back({log_probabilities_[token], static_cast<Token>(token)});
    if (best.size() < 4 * model_candidates) return;
    std::nth_element(best.begin(), best.begin() + model_candidates, best.end(), std::greater<>());
    best.resize(model_candidates);
    threshold = std::min_element(best.begin(), best.end())->first;
  });
  std::sort(best.begin(), best.end(), std::greater<>());
  for (size_t i = 0; i < std::min(best.size(), model_candidates); ++i) {
    if (!corpus_->tokenizer().is_special(best[i].second)) candidate(best[i].second);
  }
  if (!best.empty()) result_->context[Context::model_best] = 1 + best[0].first / 4;
}

int Evidence::next_line_relation() const {
  if (next_indentation_ < 0) return 0;
  if (next_indentation_ > line_.indentation) return 1;
  return next_indentation_ == line_.indentation ? 2 : 3;
}

void Evidence::describe_tokens() {
  const bool deeper = next_line_relation() == 1;
  const float best_log_probability = (result_->context[Context::model_best] - 1) * 4;
  for (size_t i = 0; i < result_->tokens.size(); ++i) {
    const Token token = result_->tokens[i];
    CandidateFeatures& features = result_->features[i];
    for (size_t s = 0; s < buffer_sources; ++s) {
      float& blended = features[at_buffers + s * FromBuffer::size + FromBuffer::blended];
      if (blended > 0) blended = log_scaled(blended);
    }
    float& blended = features[at_corpus + FromCorpus::blended];
    if (blended > 0) blended = log_scaled(blended);

    float* seen = features.data() + at_history;
    if (buffers_ != nullptr && buffers_->before) {
      if (const Successor* found = buffers_->before->find({}, token)) {
        const size_t distance = buffers_->before->tokens().size() - found->last;
        seen[FromHistory::times_before] = log2_of(static_cast<float>(found->count)) / 6;
        seen[FromHistory::last_before] = log2_of(static_cast<float>(distance)) / 10;
      }
    }
    if (buffers_ != nullptr && buffers_->after) {
      if (const Successor* found = buffers_->after->find({}, token)) {
        seen[FromHistory::times_after] = log2_of(static_cast<float>(found->count)) / 6;
      }
    }
    seen[FromHistory::frequency] = corpus_->frequency(family_, token) * 2;

    const TokenTraits& traits = corpus_->traits(token);
    float* of_token = features.data() + at_token;
    of_token[FromToken::shape + static_cast<size_t>(traits.shape)] = 1;
    of_token[FromToken::ending + static_cast<size_t>(traits.ending)] = 1;
    of_token[FromToken::bracket_change] = traits.bracket_change;
    if (traits.ends_line) {
      const int depth = line_.depth + traits.bracket_change;
      of_token[depth == 0 ? FromToken::ends_balanced_line : FromToken::ends_open_line] = 1;
      of_token[FromToken::ends_quoted_line] = line_.quote != 0;
      of_token[FromToken::ends_like_previous] =
          line_.column + traits.head_bytes == line_.previous_column;
      of_token[FromToken::indents_next] =
          deeper ? (traits.ending == Ending::opens_block ? 1.0f : -1.0f) : 0;
    }

    if (result_->context[Context::model_best] != 0) {
      const float log_probability = log_probabilities_[token];
      float* of_model = features.data() + at_model;
      of_model[FromModel::known] = 1;
      of_model[FromModel::log_probability] = 1 + std::max(-12.0f, log_probability) / 4;
      of_model[FromModel::behind_best] =
          std::max(-12.0f, log_probability - best_log_probability) / 4;
      of_model[FromModel::best] = log_probability >= best_log_probability;
      const auto end = corpus_->tokenizer().eos();
      if (traits.ends_line && end) {
        of_model[FromModel::end] =
            1 + std::max(-12.0f, log_probabilities_[static_cast<size_t>(*end)]) / 4;
      }
    }
  }
}

void Evidence::describe_context() {
  ContextFeatures& context = result_->context;
  if (!history_.empty()) {
    const TokenTraits& last = corpus_->traits(history_.back());
    context[Context::last_shape + static_cast<size_t>(last.shape)] = 1;
    context[Context::last_ending + static_cast<size_t>(last.ending)] = 1;
  }
  context[Context::next_line + next_line_relation()] = 1;
  context[Context::column] = std::min(2.0f, static_cast<float>(line_.column) / 60);
  context[Context::depth] = static_cast<float>(std::clamp(line_.depth, -2, 3)) / 2;
  context[Context::open_brackets] = static_cast<float>(std::min(line_.open_brackets, 4)) / 3;
  context[Context::quoted] = line_.quote != 0;
  context[Context::blank_line] = line_.blank;
  context[Context::previous_column] =
      std::min(2.0f, static_cast<float>(line_.previous_column) / 60);
}

}  // namespace engine::decode::memory
