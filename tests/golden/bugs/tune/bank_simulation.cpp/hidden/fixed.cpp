// A bank with accounts, transfers that can be undone, and monthly interest.
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

using Cents = long long;

struct Transfer {
  std::string from, to;
  Cents amount;
};

class Bank {
 public:
  // A new account with nothing in it; throws std::invalid_argument if the name is taken.
  void open(const std::string& name) {
    if (!accounts_.emplace(name, 0).second) throw std::invalid_argument("taken: " + name);
  }

  Cents balance(const std::string& name) const { return account(name); }

  // Pays in; the amount must be positive.
  void pay_in(const std::string& name, Cents amount) {
    check(amount);
    mutable_account(name) += amount;
  }

  // Moves money. Throws std::invalid_argument, and changes nothing, if an account does not exist,
  // the amount is not positive or there is not enough money.
  void transfer(const std::string& from, const std::string& to, Cents amount) {
    check(amount);
    account(to);
    Cents& source = mutable_account(from);
    if (source < amount) throw std::invalid_argument("not enough money");
    source -= amount;
    mutable_account(to) += amount;
    history_.push_back({from, to, amount});
  }

  // Takes back the last transfer that was not taken back yet; false if there is none. The money is
  // moved back even if the receiver has not enough any more.
  bool undo() {
    if (history_.empty()) return false;
    const Transfer last = history_.back();
    history_.pop_back();
    mutable_account(last.from) += last.amount;
    mutable_account(last.to) -= last.amount;
    return true;
  }

  // Adds interest to every account that is not below zero, rounded down to whole cents. The
  // transfers before can no longer be undone.
  void add_interest(int percent) {
    for (auto& entry : accounts_) {
      if (entry.second > 0) entry.second += entry.second * percent / 100;
    }
    history_.clear();
  }

  Cents total() const {
    Cents sum = 0;
    for (const auto& entry : accounts_) sum += entry.second;
    return sum;
  }

 private:
  static void check(Cents amount) {
    if (amount <= 0) throw std::invalid_argument("amounts are positive");
  }

  const Cents& account(const std::string& name) const {
    const auto found = accounts_.find(name);
    if (found == accounts_.end()) throw std::invalid_argument("unknown: " + name);
    return found->second;
  }

  Cents& mutable_account(const std::string& name) { return const_cast<Cents&>(account(name)); }

  std::map<std::string, Cents> accounts_;
  std::vector<Transfer> history_;
};
